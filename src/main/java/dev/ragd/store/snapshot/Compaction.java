package dev.ragd.store.snapshot;

import dev.ragd.store.Field;
import dev.ragd.store.snapshot.parquet.EncodedRowGroup;
import dev.ragd.store.snapshot.parquet.Part;
import dev.ragd.store.snapshot.parquet.PartFile;
import dev.ragd.store.snapshot.parquet.PartWriter;
import dev.ragd.store.snapshot.parquet.Row;
import dev.ragd.store.snapshot.parquet.RowGroup;
import dev.ragd.store.snapshot.parquet.RowGroupLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites parts: without the rows that are deleted, and small ones together. Records keep their sequences, so cursors stay
 * valid. Row groups that are large and whole are copied as they are; others are decoded and encoded again.
 */
final class Compaction {

    /** Parts below this are put together. */
    static final long SMALL_PART_BYTES = 16 << 20;
    /** Parts that come out of it are not much larger than this. */
    static final long PART_BYTES = 128 << 20;

    private static final long SMALL_ROW_GROUP_BYTES = 512 << 10;
    /** While a collection is written, so many small parts may pile up. */
    private static final int MANY = 32;

    private final Path folder;
    private final int dimension;
    private final BitSet deleted;

    Compaction(Path folder, int dimension, BitSet deleted) {
        this.folder = folder;
        this.dimension = dimension;
        this.deleted = deleted;
    }

    /**
     * Finds neighbours to be rewritten into one part.
     *
     * @param closing true when nobody writes any more: then everything that is deleted goes
     * @return the range of parts, or null when all is well
     */
    int @Nullable [] next(List<Part> parts, boolean closing) {
        for (int from = 0; from < parts.size(); from++) {
            long bytes = 0;
            int to = from;
            int worn = 0;
            while (to < parts.size() && bytes + parts.get(to).bytes() <= PART_BYTES || to == from) {
                Part part = parts.get(to);
                boolean isWorn = isWorn(part, closing);
                if (!isWorn && part.bytes() >= SMALL_PART_BYTES) {
                    break;
                }
                worn += isWorn ? 1 : 0;
                bytes += part.bytes();
                to++;
            }
            if (worn > 0 || to - from >= (closing ? 2 : MANY)) {
                return new int[] {from, to};
            }
            from = Math.max(from, to - 1);
        }
        return null;
    }

    private boolean isWorn(Part part, boolean closing) {
        int dead = deletedIn(part.first(), part.last());
        return closing ? dead > 0 : dead > part.rows() / 2;
    }

    private int deletedIn(long first, long last) {
        int from = deleted.nextSetBit((int) first);
        return from < 0 || from > last ? 0 : deleted.get(from, (int) last + 1).cardinality();
    }

    /**
     * Writes one file from several.
     *
     * @return null when no row is left
     */
    @Nullable
    Part rewrite(List<Part> sources, String file, Map<String, String> description) throws IOException {
        List<Row> loose = new ArrayList<>();
        long looseBytes = 0;
        try (PartWriter writer = PartWriter.ofRecords(CollectionFolder.temporary(folder, file), description)) {
            for (Part source : sources) {
                PartFile part = PartFile.of(folder, source, dimension);
                List<RowGroupLayout> groups = part.rowGroups();
                for (int i = 0; i < groups.size(); i++) {
                    RowGroupLayout group = groups.get(i);
                    int dead = deletedIn(group.first(), group.last());
                    if (dead == group.rows()) {
                        continue;
                    }
                    if (dead == 0 && group.bytes() >= SMALL_ROW_GROUP_BYTES) {
                        flush(loose, writer);
                        looseBytes = 0;
                        part.copy(i, writer);
                        continue;
                    }
                    looseBytes += take(part.read(i), loose);
                    if (looseBytes >= Records.ROW_GROUP_BYTES) {
                        flush(loose, writer);
                        looseBytes = 0;
                    }
                }
            }
            flush(loose, writer);
            return writer.rowGroups().isEmpty() ? null : writer.finish(file);
        }
    }

    private long take(RowGroup group, List<Row> loose) throws IOException {
        long bytes = 0;
        for (int row = 0; row < group.rows(); row++) {
            if (!deleted.get((int) group.sequence(row))) {
                var record = group.record(row, Field.ALL);
                loose.add(new Row(group.sequence(row), record));
                bytes += PendingRows.sizeOf(record);
            }
        }
        return bytes;
    }

    private void flush(List<Row> loose, PartWriter writer) throws IOException {
        if (!loose.isEmpty()) {
            writer.append(EncodedRowGroup.of(loose, dimension));
            loose.clear();
        }
    }
}
