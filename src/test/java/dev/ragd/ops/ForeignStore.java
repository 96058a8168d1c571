package dev.ragd.ops;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.ForwardingStore;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.util.List;
import java.util.Optional;

/** A store with one collection {@code theirs} that another program made and named an embedding function for. */
public final class ForeignStore extends ForwardingStore {

    private final String embeddingFunction;

    public ForeignStore(String embeddingFunction, float[] vector) {
        super(new InMemoryStore());
        this.embeddingFunction = embeddingFunction;
        try (VectorCollection theirs =
                create(new CollectionSpec("theirs", vector.length, Distance.L2, Metadata.EMPTY))) {
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
    public List<CollectionInfo> list() {
        return super.list().stream().map(this::foreign).toList();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return super.find(collection).map(this::foreign);
    }
}
