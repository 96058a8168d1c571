package dev.ragd.jobs.ledger;

import java.util.List;

/**
 * A file all of whose chunks are in the store.
 *
 * @param chunks in the order of the text
 */
public record IndexedFile(FileEntry file, List<ChunkEntry> chunks) {

    public IndexedFile {
        chunks = List.copyOf(chunks);
    }
}
