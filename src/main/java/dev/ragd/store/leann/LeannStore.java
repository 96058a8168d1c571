package dev.ragd.store.leann;

import dev.ragd.embed.Embedder;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.QuantisedVectors;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.CollectionState;
import dev.ragd.store.documents.LocalStore;
import dev.ragd.store.documents.VectorStorage;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collections in a folder that hold codes instead of vectors; see {@link LeannState}. They take vectors of one model only,
 * and records with a text only, because a vector that is asked for is made anew from it; but for a collection that was created
 * with {@link QuantisedVectors}, see {@link QuantisedState}.
 */
public final class LeannStore extends LocalStore {

    /** The name that users type. */
    public static final String NAME = "leann";

    static final Set<Capability> CAPABILITIES =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(Capability.FOREIGN_VECTORS)));

    private final LeannSettings settings;
    private final Object opening = new Object();
    private @Nullable Embedder model;
    private boolean closed;

    /** Opens the store; the model is asked for at the first need. */
    public LeannStore(LeannSettings settings) {
        super(NAME, settings.root());
        this.settings = settings;
    }

    private Embedder model() {
        synchronized (opening) {
            if (closed) {
                throw new IllegalStateException("the store was used after close()");
            }
            Embedder opened = model;
            if (opened == null) {
                opened = settings.model().get();
                model = opened;
            }
            return opened;
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    protected CollectionHeader header(CollectionSpec spec) {
        if (!QuantisedVectors.areWished(spec.attributes())) {
            return CollectionHeader.create(spec, VectorStorage.CODES, CollectionModel.describe(model().id()));
        }
        CollectionSpec plain = new CollectionSpec(
                spec.name(), spec.dimension(), spec.distance(), QuantisedVectors.strip(spec.attributes()));
        return CollectionHeader.create(plain, VectorStorage.CODES, QuantisedState.SETTINGS);
    }

    @Override
    protected void fill(CollectionFolder folder) throws IOException {
        if (!QuantisedState.isOf(folder.header())) {
            CollectionModel.found(folder, model());
        }
        super.fill(folder);
    }

    @Override
    protected CollectionState state(CollectionFolder folder) {
        return QuantisedState.isOf(folder.header())
                ? new QuantisedState(folder)
                : new LeannState(folder, settings, new CollectionModel(folder, this::model));
    }

    @Override
    protected Health health(CollectionFolders all) {
        return new LeannHealth(all, settings, this::model).check();
    }

    @Override
    public void close() {
        try {
            super.close();
        } finally {
            synchronized (opening) {
                closed = true;
                if (model != null) {
                    model.close();
                    model = null;
                }
            }
        }
    }
}
