package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.ManagedChroma;
import dev.ragd.store.chroma.server.ManagedSettings;
import dev.ragd.store.chromafolder.ChromaFolderStore;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.faissfile.FaissFileStore;
import dev.ragd.store.lucene.LuceneStore;
import dev.ragd.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens the store that the settings name. */
final class Stores {

    private static final String SNAPSHOT = "snapshot";

    /** The kinds of stores that a migration can name. */
    static final List<StoreReference.Kind> KINDS = List.of(
            new StoreReference.Kind(ChromaStore.NAME, false),
            new StoreReference.Kind(FaissStore.NAME, false),
            new StoreReference.Kind(LuceneStore.NAME, false),
            new StoreReference.Kind(SNAPSHOT, true),
            new StoreReference.Kind(ChromaFolderStore.KIND, true),
            new StoreReference.Kind(FaissFileStore.KIND, true));

    private Stores() {}

    /** The store that a migration names, to read and to write. */
    static VectorStore open(StoreReference store, Home home, Settings settings, Consumer<String> notes) {
        if (store.location() == null) {
            return open(store.kind(), home, settings, notes);
        }
        return store.kind().equals(SNAPSHOT)
                ? SnapshotStore.create(store.location())
                : source(store.kind(), store.location(), settings);
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
    static VectorStore openToRead(StoreReference store, Home home, Settings settings, Consumer<String> notes) {
        if (store.location() == null) {
            return openToRead(store.kind(), home, settings, notes);
        }
        if (!store.kind().equals(SNAPSHOT)) {
            return source(store.kind(), store.location(), settings);
        }
        return Files.exists(store.location())
                ? SnapshotStore.openToRead(store.location())
                : new NothingStored(store.toString());
    }

    /** The same for what a migration would write to: refused where that could not be made, and nothing is created. */
    static VectorStore openTargetToRead(StoreReference store, Home home, Settings settings, Consumer<String> notes) {
        boolean absent = store.location() != null
                && store.kind().equals(SNAPSHOT)
                && SnapshotStore.isToBeCreated(store.location());
        return absent ? new NothingStored(store.toString()) : openToRead(store, home, settings, notes);
    }

    /**
     * Opens the store, to read and to write; starts a local server, and installs it, when it takes one.
     *
     * @param notes told in one line what takes long
     * @throws StoreException when it cannot be opened
     */
    static VectorStore open(Home home, Settings settings, Consumer<String> notes) {
        return open(settings.get(Catalogue.BACKEND), home, settings, notes);
    }

    private static VectorStore open(String backend, Home home, Settings settings, Consumer<String> notes) {
        return switch (backend) {
            case ChromaStore.NAME -> openChroma(home, settings, notes);
            case FaissStore.NAME -> new FaissStore(FaissConfiguration.of(home, settings));
            case LuceneStore.NAME -> new LuceneStore(home.data().resolve(LuceneStore.NAME));
            default ->
                throw new StoreException.StoreRejected("the store '" + backend + "' is not part of this ragd", null);
        };
    }

    private static VectorStore openChroma(Home home, Settings settings, Consumer<String> notes) {
        ChromaSettings chroma = chroma(settings);
        if (chroma.url() != null) {
            return ChromaStore.external(chroma);
        }
        createHome(home);
        ManagedSettings managed = ManagedSettings.in(home.root())
                .withProgram(settings.find(Catalogue.CHROMA_PROGRAM).orElse(null));
        return new ChromaStore(chroma, ManagedChroma.open(managed, notes));
    }

    /** The same to read only: a home where nothing was ever stored needs no server to say so. */
    static VectorStore openToRead(Home home, Settings settings, Consumer<String> notes) {
        return openToRead(settings.get(Catalogue.BACKEND), home, settings, notes);
    }

    private static VectorStore openToRead(String backend, Home home, Settings settings, Consumer<String> notes) {
        boolean managed = backend.equals(ChromaStore.NAME)
                && settings.find(Catalogue.CHROMA_URL).isEmpty();
        return managed && Files.notExists(home.data().resolve("chromadb").resolve("chroma.sqlite3"))
                ? new NothingStored(ChromaStore.NAME)
                : open(backend, home, settings, notes);
    }

    /** What is indexed is private: a new home is for its owner alone. */
    private static void createHome(Home home) {
        try {
            AtomicFile.createPrivateFolder(home.root());
        } catch (IOException e) {
            throw new UncheckedIOException(home.root() + " cannot be created; choose another --home", e);
        }
    }

    private static ChromaSettings chroma(Settings settings) {
        ChromaSettings defaults = ChromaSettings.defaults();
        Duration timeout = settings.get(Catalogue.CHROMA_TIMEOUT);
        ChromaSettings chroma = new ChromaSettings(
                settings.find(Catalogue.CHROMA_URL).orElse(null),
                settings.get(Catalogue.CHROMA_TENANT),
                settings.get(Catalogue.CHROMA_DATABASE),
                settings.find(Catalogue.CHROMA_HEADERS).orElse(Map.of()),
                defaults.connectTimeout(),
                timeout,
                defaults.maxBatchRecords(),
                defaults.maxBatchBytes(),
                defaults.retries(),
                defaults.retryDelay(),
                defaults.hnsw());
        Optional<String> token = settings.find(Catalogue.CHROMA_TOKEN);
        return token.isPresent() ? chroma.withBearerToken(token.get()) : chroma;
    }
}
