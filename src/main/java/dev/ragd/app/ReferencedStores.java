package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.store.StoreException;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chromafolder.ChromaFolderStore;
import dev.ragd.store.faissfile.FaissFileStore;
import dev.ragd.store.snapshot.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Opens the stores that a migration names: those of the settings, and those that are files at some place. */
final class ReferencedStores {

    static final String SNAPSHOT = "snapshot";

    private ReferencedStores() {}

    /** The store that a migration names, to read and to write. */
    static VectorStore open(StoreReference store, ConfiguredModels models, Consumer<String> notes) {
        if (store.location() == null) {
            return Stores.open(store.kind(), models, notes);
        }
        return store.kind().equals(SNAPSHOT)
                ? SnapshotStore.create(store.location())
                : source(store.kind(), store.location(), models.settings());
    }

    /** A store that is only read: data of another program. */
    private static VectorStore source(String kind, Path location, Settings settings) {
        return switch (kind) {
            case ChromaFolderStore.KIND ->
                new ChromaFolderStore(
                        location, settings.get(Catalogue.CHROMA_TENANT), settings.get(Catalogue.CHROMA_DATABASE));
            case FaissFileStore.KIND -> new FaissFileStore(location);
            default -> throw new StoreException.StoreRejected("there is no store '" + kind + "'", null);
        };
    }

    /** The same to read only; nothing is created. */
    static VectorStore openToRead(StoreReference store, ConfiguredModels models, Consumer<String> notes) {
        if (store.location() == null) {
            return Stores.openToRead(store.kind(), models, notes);
        }
        if (!store.kind().equals(SNAPSHOT)) {
            return source(store.kind(), store.location(), models.settings());
        }
        return Files.exists(store.location())
                ? SnapshotStore.openToRead(store.location())
                : new NothingStored(store.toString());
    }

    /** The same for what a migration would write to: refused where that could not be made, and nothing is created. */
    static VectorStore openTargetToRead(StoreReference store, ConfiguredModels models, Consumer<String> notes) {
        boolean absent = store.location() != null
                && store.kind().equals(SNAPSHOT)
                && SnapshotStore.isToBeCreated(store.location());
        return absent ? new NothingStored(store.toString()) : openToRead(store, models, notes);
    }
}
