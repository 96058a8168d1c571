package dev.ragd.jobs.index;

import dev.ragd.jobs.ledger.ChunkEntry;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;

/**
 * The ids that the ledger knows of a collection, promised and pending ones, and the paths of its files: eight bytes each, in
 * memory. One thread.
 */
public final class KnownIds {

    private final CompactSet ids = new CompactSet();
    private final CompactSet paths = new CompactSet();

    /** Reads them. */
    public static KnownIds of(Ledger ledger, long target) {
        KnownIds known = new KnownIds();
        ledger.forEachFile(target, file -> {
            known.add(file);
            ledger.chunks(file.id()).forEach(known::add);
        });
        ledger.pendingPaths(target)
                .forEach(path -> ledger.pendingIds(target, path).forEach(known.ids::add));
        return known;
    }

    void add(FileEntry file) {
        paths.add(file.path());
    }

    void add(ChunkEntry chunk) {
        ids.add(chunk.id());
    }

    public boolean contains(String id) {
        return ids.contains(id);
    }

    public boolean containsPath(String path) {
        return paths.contains(path);
    }

    /** True when a chunk's id is one of a file of the ledger. */
    public boolean containsFileOf(String id) {
        return paths.containsHash(ChunkIds.pathHash(id));
    }
}
