package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.FaissUnavailableException;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.CollectionState;
import dev.ragd.store.documents.LocalStore;
import dev.ragd.store.documents.VectorStorage;
import java.util.function.Consumer;

/** Collections in a folder, searched by FAISS in this process. */
public final class FaissStore extends LocalStore {

    /** The name that users type. */
    public static final String NAME = "faiss";

    private final FaissSettings settings;
    private final Consumer<String> notes;

    /** Opens the store; the native library is loaded with the first collection that is opened. */
    public FaissStore(FaissSettings settings) {
        this(settings, note -> {});
    }

    /**
     * The same.
     *
     * @param notes told in one line what takes long
     */
    public FaissStore(FaissSettings settings, Consumer<String> notes) {
        super(NAME, settings.root());
        this.settings = settings;
        this.notes = notes;
    }

    /** @throws StoreException.StoreRejected when this machine or build has none; the message says why */
    static FaissLibrary library(FaissSettings settings) {
        try {
            FaissLibrary library = FaissLibrary.load(settings.cacheFolder());
            library.use(settings.simd());
            return library;
        } catch (FaissUnavailableException e) {
            throw new StoreException.StoreRejected("FAISS is unavailable: " + e.getMessage() + "; " + e.advice(), e);
        }
    }

    @Override
    protected CollectionHeader header(CollectionSpec spec) {
        library(settings); // before anything is created
        return CollectionHeader.create(
                spec, VectorStorage.EXACT, settings.plan().toSettings());
    }

    @Override
    protected CollectionState state(CollectionFolder folder) {
        return new FaissCollectionState(folder, settings, library(settings), notes);
    }

    @Override
    protected Health health(CollectionFolders all) {
        return new FaissHealth(settings, all).check();
    }
}
