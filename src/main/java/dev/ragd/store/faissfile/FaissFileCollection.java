package dev.ragd.store.faissfile;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.ReadOnlyCollection;
import dev.ragd.store.ScanPage;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an index file as records: an id, a vector, nothing else. A row with a component that is no finite number is a
 * record whose vector is lost. The order of a scan is that of the file. Thread-safe.
 */
final class FaissFileCollection extends ReadOnlyCollection {

    static final Set<Capability> CAPABILITIES =
            Set.of(Capability.VECTORS, Capability.EXACT_VECTORS, Capability.EXACT_DOUBLES, Capability.PERSISTENT);

    private final FaissFileStore store;
    private final CollectionInfo info;
    private final Rows rows;
    private final Places places;
    private final long count;

    FaissFileCollection(FaissFileStore store, CollectionInfo info, Rows rows, Places places, long count) {
        super(store.name());
        this.store = store;
        this.info = info;
        this.rows = rows;
        this.places = places;
        this.count = count;
    }

    @Override
    public CollectionInfo info() {
        return info;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        return store.reading(() -> {
            List<String> found = new ArrayList<>(ids.size());
            List<Long> at = new ArrayList<>(ids.size());
            for (String id : new LinkedHashSet<>(ids)) {
                long place = place(id);
                if (place >= 0) {
                    found.add(id);
                    at.add(place);
                }
            }
            List<VectorRecord> records = new ArrayList<>(found.size());
            for (int from = 0; from < found.size(); ) {
                int to = from + 1;
                while (to < found.size() && at.get(to) == at.get(to - 1) + 1) {
                    to++;
                }
                add(records, found.subList(from, to), at.get(from), fields);
                from = to;
            }
            return records;
        });
    }

    @Override
    protected ScanPage page(Set<Field> fields, @Nullable String cursor, int limit) {
        return store.reading(() -> {
            long first = cursor == null ? 0 : Long.parseLong(cursor);
            int n = (int) Math.max(0, Math.min(limit, count - first));
            List<String> ids = new ArrayList<>(n);
            rows.ids(first, n, (place, id) -> ids.add(Long.toString(id)));
            List<VectorRecord> records = new ArrayList<>(n);
            add(records, ids, first, fields);
            return new ScanPage(records, first + n < count ? Long.toString(first + n) : null);
        });
    }

    /** Neighbouring rows. */
    private void add(List<VectorRecord> records, List<String> ids, long first, Set<Field> fields) throws IOException {
        float[][] vectors = fields.contains(Field.VECTOR) ? rows.read(first, ids.size()) : new float[0][];
        for (int i = 0; i < ids.size(); i++) {
            float @Nullable [] vector = vectors.length == 0 || !isFinite(vectors[i]) ? null : vectors[i];
            records.add(new VectorRecord(ids.get(i), vector, null, Metadata.EMPTY));
        }
    }

    /** The place of an id as it is written; -1 for what is none. */
    private long place(String id) throws IOException, IndexFileException {
        try {
            long number = Long.parseLong(id);
            return Long.toString(number).equals(id) ? places.of(number) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean isFinite(float[] vector) {
        for (float component : vector) {
            if (!Float.isFinite(component)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long count() {
        return count;
    }

    /** The file belongs to the store. */
    @Override
    public void close() {}
}
