package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaServer;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.ManagedChroma;
import dev.ragd.store.chroma.server.ManagedSettings;
import dev.ragd.store.chromafolder.ChromaFolderStore;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.faissfile.FaissFileStore;
import dev.ragd.store.leann.LeannStore;
import dev.ragd.store.lucene.LuceneStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens the store that the settings name. */
final class Stores {

    /** The kinds of stores that a migration can name. */
    static final List<StoreReference.Kind> KINDS = List.of(
            new StoreReference.Kind(ChromaStore.NAME, false),
            new StoreReference.Kind(FaissStore.NAME, false),
            new StoreReference.Kind(LeannStore.NAME, false),
            new StoreReference.Kind(LuceneStore.NAME, false),
            new StoreReference.Kind(ReferencedStores.SNAPSHOT, true),
            new StoreReference.Kind(ChromaFolderStore.KIND, true),
            new StoreReference.Kind(FaissFileStore.KIND, true));

    private Stores() {}

    /**
     * Opens the store, to read and to write; starts a local server, and installs it, when it takes one.
     *
     * @param notes told in one line what takes long
     * @throws StoreException when it cannot be opened
     */
    static VectorStore open(ConfiguredModels models, Consumer<String> notes) {
        return open(models.settings().get(Catalogue.BACKEND), models, notes);
    }

    /** The same with a store of this name. */
    static VectorStore open(String backend, ConfiguredModels models, Consumer<String> notes) {
        Home home = models.home();
        Settings settings = models.settings();
        return switch (backend) {
            case ChromaStore.NAME -> openChroma(home, settings, models.storeRetried(), notes);
            case FaissStore.NAME -> new FaissStore(FaissConfiguration.of(home, settings), notes);
            case LeannStore.NAME -> new LeannStore(LeannConfiguration.of(models, notes));
            case LuceneStore.NAME -> new LuceneStore(home.data().resolve(LuceneStore.NAME), notes);
            default ->
                throw new StoreException.StoreRejected("the store '" + backend + "' is not part of this ragd", null);
        };
    }

    private static VectorStore openChroma(Home home, Settings settings, Runnable retried, Consumer<String> notes) {
        ChromaSettings chroma = chroma(settings);
        if (chroma.url() != null) {
            return new ChromaStore(chroma, new CountedServer(ChromaServer.at(chroma.url()), retried));
        }
        createHome(home);
        return new ChromaStore(chroma, new CountedServer(managedServer(home, settings, notes), retried));
    }

    private static ChromaServer managedServer(Home home, Settings settings, Consumer<String> notes) {
        ManagedSettings managed = managed(home, settings);
        return new OwnServer(ManagedChroma.open(managed, notes), managed.data(), home.cache());
    }

    /** The local server that ragd starts and stops itself. */
    static ManagedSettings managed(Home home, Settings settings) {
        return ManagedSettings.in(home.root(), home.data())
                .withProgram(settings.find(Catalogue.CHROMA_PROGRAM).orElse(null));
    }

    /**
     * Opens a store whose data is in this home, never on a server that the user named.
     *
     * @param backend its name
     * @param notes told in one line what takes long
     */
    static VectorStore openOwn(String backend, ConfiguredModels models, Consumer<String> notes) {
        if (!backend.equals(ChromaStore.NAME)) {
            // Of an index that is thrown away with its store, nothing is to be told.
            return open(backend, models, backend.equals(LeannStore.NAME) ? notes : note -> {});
        }
        ChromaSettings settings = chroma(models.settings());
        ChromaSettings defaults = ChromaSettings.defaults();
        return new ChromaStore(
                new ChromaSettings(
                        null,
                        defaults.tenant(),
                        defaults.database(),
                        Map.of(),
                        settings.connectTimeout(),
                        settings.requestTimeout(),
                        settings.maxBatchRecords(),
                        settings.maxBatchBytes(),
                        settings.retries(),
                        settings.retryDelay(),
                        settings.hnsw()),
                managedServer(models.home(), models.settings(), notes));
    }

    /** The same to read only: a home where nothing was ever stored needs no server to say so. */
    static VectorStore openToRead(ConfiguredModels models, Consumer<String> notes) {
        return openToRead(models.settings().get(Catalogue.BACKEND), models, notes);
    }

    /** The same with a store of this name. */
    static VectorStore openToRead(String backend, ConfiguredModels models, Consumer<String> notes) {
        boolean managed = backend.equals(ChromaStore.NAME)
                && models.settings().find(Catalogue.CHROMA_URL).isEmpty();
        return managed
                        && Files.notExists(
                                models.home().data().resolve("chromadb").resolve("chroma.sqlite3"))
                ? new NothingStored(ChromaStore.NAME)
                : open(backend, models, notes);
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
