package dev.ragd.store.documents;

import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Refuses what cannot be written before anything of a call is. */
public final class RecordRules {

    private RecordRules() {}

    /**
     * Checks a batch.
     *
     * @throws StoreException.InvalidRecord when a vector is missing or an id comes twice
     * @throws StoreException.DimensionMismatch when a vector has another length than the collection's
     */
    public static void check(List<VectorRecord> batch, String store, CollectionHeader header) {
        Set<String> ids = new HashSet<>(batch.size() * 2);
        int dimension = header.spec().dimension();
        for (VectorRecord r : batch) {
            if (!ids.add(r.id())) {
                throw new StoreException.InvalidRecord(r.id(), "the id appears twice in one call");
            }
            float[] vector = r.vector();
            if (vector == null) {
                throw new StoreException.InvalidRecord(r.id(), "the vector is missing");
            }
            if (vector.length != dimension) {
                throw new StoreException.DimensionMismatch(
                        store, header.spec().name(), dimension, vector.length, "record '" + r.id() + "'");
            }
        }
    }
}
