package dev.ragd.store.chromafolder;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.ReadOnlyCollection;
import dev.ragd.store.Recovery;
import dev.ragd.store.ScanPage;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of a collection, from the tables {@code embeddings}, {@code embedding_metadata} and, in newer versions,
 * {@code embedding_metadata_array}. The order of a scan is that of insertion. Thread-safe.
 */
final class ChromaFolderCollection extends ReadOnlyCollection {

    private static final String TEXT = "chroma:document";
    private static final String INTERNAL = "chroma:";
    /** With which ragd's own adapter marks a record without text that once had one; its text is empty. */
    private static final String NO_TEXT = "ragd.no_text";

    private final String store;
    private final FolderDatabase database;
    private final StoredCollection collection;
    private final Supplier<VectorSources> vectors;
    private final boolean lists;

    /** @param vectors found at the first use */
    ChromaFolderCollection(
            String store,
            FolderDatabase database,
            StoredCollection collection,
            Supplier<VectorSources> vectors,
            boolean lists) {
        super(store);
        this.store = store;
        this.database = database;
        this.collection = collection;
        this.vectors = vectors;
        this.lists = lists;
    }

    /** A record's row. */
    private record Row(long key, String id) {}

    /** What becomes of a record while its parts are read. */
    private static final class Draft {
        private final TreeMap<String, Object> values = new TreeMap<>();
        private float @Nullable [] vector;
        private @Nullable String text;
    }

    @Override
    public CollectionInfo info() {
        return collection.info();
    }

    @Override
    public Set<Capability> capabilities() {
        EnumSet<Capability> all = EnumSet.of(Capability.EXACT_DOUBLES, Capability.PERSISTENT);
        if (!vectors.get().none()) {
            all.add(Capability.VECTORS);
            if (collection.info().distance() != Distance.COSINE) {
                all.add(Capability.EXACT_VECTORS);
            }
        }
        if (lists) {
            all.add(Capability.LIST_METADATA);
        }
        return all;
    }

    @Override
    public Recovery recovery() {
        return vectors.get().recovery();
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        List<String> wanted = List.copyOf(new LinkedHashSet<>(ids));
        Map<String, Row> found = new HashMap<>();
        database.queryIn(
                "SELECT id, embedding_id FROM embeddings WHERE segment_id = ? AND embedding_id IN",
                List.of(collection.records()),
                wanted,
                "",
                row -> found.put(row.getString(2), new Row(row.getLong(1), row.getString(2))));
        List<Row> rows = new ArrayList<>(found.size());
        for (String id : wanted) {
            Row row = found.get(id);
            if (row != null) {
                rows.add(row);
            }
        }
        return records(rows, fields);
    }

    @Override
    protected ScanPage page(Set<Field> fields, @Nullable String cursor, int limit) {
        List<Row> rows = new ArrayList<>();
        database.query(
                "SELECT id, embedding_id FROM embeddings WHERE segment_id = ? AND id > ? ORDER BY id LIMIT ?",
                List.of(collection.records(), cursor == null ? Long.MIN_VALUE : Long.parseLong(cursor), limit),
                row -> rows.add(new Row(row.getLong(1), row.getString(2))));
        String next = rows.size() < limit
                ? null
                : Long.toString(rows.get(rows.size() - 1).key());
        return new ScanPage(records(rows, fields), next);
    }

    private List<VectorRecord> records(List<Row> rows, Set<Field> fields) {
        Map<Long, Draft> drafts = new LinkedHashMap<>();
        rows.forEach(row -> drafts.put(row.key(), new Draft()));
        if (fields.contains(Field.TEXT) || fields.contains(Field.METADATA)) {
            readValues(drafts);
        }
        if (fields.contains(Field.VECTOR)) {
            if (vectors.get().none()) {
                throw new StoreException.UnsupportedCapability(
                        store,
                        Capability.VECTORS,
                        "those of collection '" + collection.info().name() + "' are lost");
            }
            Map<String, Draft> byId = new HashMap<>();
            rows.forEach(row -> byId.put(row.id(), draft(drafts, row.key())));
            vectors.get().read(rows.stream().map(Row::id).toList(), (id, vector) -> {
                Draft draft = byId.get(id);
                if (draft != null) {
                    draft.vector = vector;
                }
            });
        }
        return rows.stream()
                .map(row -> record(row, draft(drafts, row.key()), fields))
                .toList();
    }

    private void readValues(Map<Long, Draft> drafts) {
        List<Long> keys = List.copyOf(drafts.keySet());
        database.queryIn(
                "SELECT id, key, string_value, int_value, float_value, bool_value FROM embedding_metadata WHERE id IN",
                List.of(),
                keys,
                "",
                row -> {
                    Draft draft = draft(drafts, row.getLong(1));
                    String key = row.getString(2);
                    Object value = Catalogue.plain(row, 3);
                    if (key.equals(TEXT)) {
                        draft.text = value instanceof String text ? text : null;
                    } else if (value != null && !key.isEmpty() && !key.startsWith(INTERNAL)) {
                        draft.values.put(key, value);
                    }
                });
        if (lists) {
            readLists(drafts, keys);
        }
    }

    /** Each element has a row of its own. */
    private void readLists(Map<Long, Draft> drafts, List<Long> keys) {
        Map<Long, Map<String, List<Object>>> elements = new HashMap<>();
        database.queryIn(
                "SELECT id, key, string_value, int_value, float_value, bool_value FROM embedding_metadata_array"
                        + " WHERE id IN",
                List.of(),
                keys,
                " ORDER BY rowid",
                row -> {
                    Object value = Catalogue.plain(row, 3);
                    if (value != null && !row.getString(2).isEmpty()) {
                        elements.computeIfAbsent(row.getLong(1), key -> new HashMap<>())
                                .computeIfAbsent(row.getString(2), key -> new ArrayList<>())
                                .add(value);
                    }
                });
        elements.forEach((key, values) -> draft(drafts, key).values.putAll(values));
    }

    private VectorRecord record(Row row, Draft draft, Set<Field> fields) {
        boolean cleared = draft.values.remove(NO_TEXT) != null;
        try {
            return new VectorRecord(
                    row.id(),
                    draft.vector,
                    fields.contains(Field.TEXT) && !cleared ? draft.text : null,
                    fields.contains(Field.METADATA) ? metadata(draft) : Metadata.EMPTY);
        } catch (IllegalArgumentException e) {
            throw new StoreException.InvalidRecord(row.id(), String.valueOf(e.getMessage()));
        }
    }

    private static Metadata metadata(Draft draft) {
        TreeMap<String, MetadataValue> values = new TreeMap<>();
        draft.values.forEach((key, value) -> values.put(key, MetadataValue.of(value)));
        return new Metadata(values);
    }

    private static Draft draft(Map<Long, Draft> drafts, long key) {
        return drafts.computeIfAbsent(key, unasked -> new Draft());
    }

    @Override
    public long count() {
        long[] count = {0};
        database.query(
                "SELECT COUNT(*) FROM embeddings WHERE segment_id = ?",
                List.of(collection.records()),
                row -> count[0] = row.getLong(1));
        return count[0];
    }

    /** Files belong to the store. */
    @Override
    public void close() {}
}
