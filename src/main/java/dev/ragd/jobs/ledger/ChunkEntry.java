package dev.ragd.jobs.ledger;

/**
 * A chunk as the ledger knows it.
 *
 * @param id the record's id in the store
 * @param digest over the record's text and metadata: equal digests need no write; empty when what the store holds under this
 *     id is not to be trusted, its vector included
 */
public record ChunkEntry(String id, String digest) {

    /** False when the chunk must be embedded again. */
    public boolean trusted() {
        return !digest.isEmpty();
    }
}
