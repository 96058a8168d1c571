package dev.ragd.store.faiss;

import dev.ragd.faiss.Simd;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import java.nio.file.Path;

/** A process whose cache folder cannot be. */
final class UnavailableChild {

    private UnavailableChild() {}

    public static void main(String[] args) {
        FaissSettings settings = new FaissSettings(
                Path.of(args[0], "data"),
                Path.of(args[1]),
                IndexPlan.USUAL,
                SearchEffort.USUAL,
                Simd.AVX512,
                Growth.USUAL);
        try (FaissStore store = new FaissStore(settings)) {
            try {
                store.create(new CollectionSpec("docs", 3, Distance.L2, Metadata.EMPTY));
            } catch (StoreException e) {
                System.out.println("created: " + e.getMessage());
            }
            System.out.println("health " + store.health().status() + " "
                    + store.health().checks().get(0).name() + ": "
                    + store.health().checks().get(0).detail());
            System.out.println("collections: " + store.list().size());
        }
    }
}
