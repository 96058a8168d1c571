package dev.ragd.jobs.repair;

/**
 * What to compare with the ledger, and to repair.
 *
 * @param backend the store's name
 * @param collection what users call the collection
 * @param allowMassDelete lift the mass-delete guard for this run
 */
public record RepairRequest(String backend, String collection, boolean allowMassDelete) {}
