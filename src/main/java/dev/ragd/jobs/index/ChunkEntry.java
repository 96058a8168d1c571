package dev.ragd.jobs.index;

/**
 * A chunk as the ledger knows it.
 *
 * @param id the record's id in the store
 * @param digest over the record's text and metadata: equal digests need no write
 */
record ChunkEntry(String id, String digest) {}
