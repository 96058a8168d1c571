package dev.ragd.app;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A local store before its first use, to read from: it has no collection. Immutable.
 *
 * @param name the store's name
 */
record NothingStored(String name) implements VectorStore {

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public List<CollectionInfo> list() {
        return List.of();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return Optional.empty();
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        throw new IllegalStateException("opened to read only");
    }

    @Override
    public VectorCollection open(String collection) {
        throw new StoreException.CollectionNotFound(name, collection);
    }

    @Override
    public boolean drop(String collection) {
        throw new IllegalStateException("opened to read only");
    }

    @Override
    public Health health() {
        return new Health(List.of(new Health.Check("data", Health.Status.UNKNOWN, "nothing is stored yet", null)));
    }

    @Override
    public void close() {
        // holds nothing
    }
}
