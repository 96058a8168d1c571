package dev.ragd.ops;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.memory.InMemoryStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store with one collection {@code theirs} that another program made and named an embedding function for. */
public final class ForeignStore implements VectorStore {

    private final InMemoryStore inner = new InMemoryStore();
    private final String embeddingFunction;

    public ForeignStore(String embeddingFunction, float[] vector) {
        this.embeddingFunction = embeddingFunction;
        try (VectorCollection theirs =
                inner.create(new CollectionSpec("theirs", vector.length, Distance.L2, Metadata.EMPTY))) {
            theirs.upsert(List.of(new VectorRecord("1", vector, "a text of theirs", Metadata.EMPTY)));
        }
    }

    private CollectionInfo foreign(CollectionInfo info) {
        return new CollectionInfo(
                info.id(), info.name(), info.dimension(), info.distance(), info.attributes(), embeddingFunction);
    }

    @Override
    public String name() {
        return "foreign";
    }

    @Override
    public Set<Capability> capabilities() {
        return inner.capabilities();
    }

    @Override
    public List<CollectionInfo> list() {
        return inner.list().stream().map(this::foreign).toList();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return inner.find(collection).map(this::foreign);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return inner.create(spec);
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
