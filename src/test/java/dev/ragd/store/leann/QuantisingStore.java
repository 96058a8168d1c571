package dev.ragd.store.leann;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.DamagedCollection;
import dev.ragd.store.Health;
import dev.ragd.store.QuantisedVectors;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store whose new collections keep vectors as codes, and which says what those can do. */
record QuantisingStore(VectorStore inner) implements VectorStore {

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.EXACT_VECTORS));
    }

    @Override
    public List<CollectionInfo> list() {
        return inner.list();
    }

    @Override
    public List<DamagedCollection> damaged() {
        return inner.damaged();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return inner.find(collection);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return inner.create(new CollectionSpec(
                spec.name(), spec.dimension(), spec.distance(), QuantisedVectors.wishFor(spec.attributes())));
    }

    @Override
    public VectorCollection open(String collection) {
        return inner.open(collection);
    }

    @Override
    public boolean drop(String collection) {
        return inner.drop(collection);
    }

    @Override
    public Health health() {
        return inner.health();
    }

    @Override
    public void close() {
        inner.close();
    }
}
