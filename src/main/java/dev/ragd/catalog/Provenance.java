package dev.ragd.catalog;

import dev.ragd.store.CollectionInfo;

/** Who made a collection. */
public final class Provenance {

    private Provenance() {}

    /** True when an index run or a migration made it; false for what another program made. */
    public static boolean isOurs(CollectionInfo info) {
        return CollectionEmbedder.read(info).isPresent()
                || MigrationMark.read(info).isPresent();
    }
}
