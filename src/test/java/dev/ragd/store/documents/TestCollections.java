package dev.ragd.store.documents;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Collections and records for tests of the document store. */
final class TestCollections {

    static final int DIMENSION = 8;
    static final String NAME = "documents";

    private TestCollections() {}

    static CollectionFolder create(Path root, VectorStorage storage) {
        CollectionSpec spec = new CollectionSpec(NAME, DIMENSION, Distance.L2, Metadata.of(Map.of("model", "test")));
        return new CollectionFolders("test", root)
                .create(
                        CollectionHeader.create(spec, storage, Metadata.of(Map.of("type", "flat"))),
                        DocumentStore::fill);
    }

    static CollectionFolder find(Path root) {
        return new CollectionFolders("test", root).find(NAME).orElseThrow();
    }

    static DocumentStore open(Path root) {
        return DocumentStore.open("test", find(root));
    }

    /** Writes records, with codes where the collection keeps those. */
    static int upsert(DocumentStore store, List<VectorRecord> records) {
        return store.header().storage() == VectorStorage.CODES
                ? store.upsert(
                        records, records.stream().map(TestCollections::code).toList())
                : store.upsert(records);
    }

    /** A code that follows from the record; not all have one length. */
    static byte[] code(VectorRecord record) {
        return (record.id() + " of " + record.text()).getBytes(StandardCharsets.UTF_8);
    }

    /** True when vectors can be read again. */
    static boolean keepsVectors(VectorStorage storage) {
        return storage == VectorStorage.EXACT || storage == VectorStorage.GRAPH;
    }

    /** The codes of all live records by ordinal; none where the collection keeps none. */
    static Map<Integer, String> codes(DocumentSnapshot now, int from) {
        Map<Integer, String> codes = new LinkedHashMap<>();
        if (now.header().storage() == VectorStorage.CODES) {
            now.forEachCode(
                    from,
                    (ordinal, bytes, offset, length) ->
                            codes.put(ordinal, new String(bytes, offset, length, StandardCharsets.UTF_8)));
        }
        return codes;
    }

    /** A record that follows from id and version alone. */
    static VectorRecord record(String id, int version) {
        Random random = new Random(id.hashCode() * 31L + version);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        StringBuilder text = new StringBuilder("record " + id + " version " + version);
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append(" word").append(random.nextInt(50));
        }
        Metadata metadata = Metadata.of(Map.of(
                "version",
                (long) version,
                "half",
                version / 2.0,
                "even",
                version % 2 == 0,
                "name",
                id,
                "tags",
                List.of("t" + random.nextInt(4), "t" + random.nextInt(4))));
        return new VectorRecord(id, vector, text.toString(), metadata);
    }
}
