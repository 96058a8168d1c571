package dev.ragd.jobs.ledger;

/**
 * A file that could not be indexed; the next run tries it again.
 *
 * @param path absolute
 * @param reason for people
 */
public record Quarantined(String path, String reason) {}
