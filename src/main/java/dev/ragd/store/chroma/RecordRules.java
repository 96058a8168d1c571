package dev.ragd.store.chroma;

import dev.ragd.store.Capability;
import dev.ragd.store.Distance;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Refuses, before anything is written, what the server would not keep. */
final class RecordRules {

    /** Normalising divides by the square root of a float32 sum of squares, which must neither overflow nor fade. */
    private static final double MIN_NORM = 1e-15;

    private static final double MAX_NORM = 1e18;

    private final String store;
    private final String collection;
    private final Distance distance;
    private final boolean lists;
    private final int maxBytes;
    private final boolean base64;

    RecordRules(String store, String collection, Distance distance, boolean lists, int maxBytes, boolean base64) {
        this.store = store;
        this.collection = collection;
        this.distance = distance;
        this.lists = lists;
        this.maxBytes = maxBytes;
        this.base64 = base64;
    }

    /** Checks all records of a call, against a dimension or, when that is open, against the first of them. */
    void check(List<VectorRecord> records, OptionalInt dimension) {
        Set<String> ids = new HashSet<>();
        OptionalInt expected = dimension;
        for (VectorRecord r : records) {
            float[] vector = r.vector();
            if (vector == null) {
                throw new StoreException.InvalidRecord(r.id(), "has no vector, which chromadb needs");
            }
            if (!ids.add(r.id())) {
                throw new StoreException.InvalidRecord(r.id(), "appears twice in one write");
            }
            int wanted = expected.orElse(vector.length);
            if (vector.length != wanted) {
                throw new StoreException.DimensionMismatch(
                        store, collection, wanted, vector.length, "record '" + r.id() + "'");
            }
            expected = OptionalInt.of(wanted);
            if (distance == Distance.COSINE) {
                checkNorm(r.id(), vector);
            }
            checkMetadata(r);
            long size = RecordSize.of(r, base64);
            if (size > maxBytes) {
                throw new StoreException.InvalidRecord(
                        r.id(),
                        "takes up to " + size + " bytes in a request to chromadb, expected at most " + maxBytes
                                + "; split it into smaller chunks");
            }
        }
    }

    private void checkMetadata(VectorRecord r) {
        r.metadata().values().forEach((key, value) -> {
            String problem = Reserved.problem(key);
            if (problem != null) {
                throw new StoreException.InvalidRecord(r.id(), "metadata key '" + key + "': " + problem);
            }
            if (value instanceof MetadataValue.Items && !lists) {
                throw new StoreException.UnsupportedCapability(
                        store, Capability.LIST_METADATA, "record '" + r.id() + "', metadata key '" + key + "'");
            }
        });
    }

    /** A cosine collection keeps the direction and the length apart, both as float32. */
    private static void checkNorm(String id, float[] vector) {
        double squares = 0;
        for (float x : vector) {
            squares += (double) x * x;
        }
        double norm = Math.sqrt(squares);
        if (squares != 0 && (norm < MIN_NORM || norm > MAX_NORM)) {
            throw new StoreException.InvalidRecord(
                    id,
                    "the vector's length is " + norm + "; a cosine collection of chromadb keeps lengths of " + MIN_NORM
                            + " to " + MAX_NORM + " only; normalise it");
        }
    }
}
