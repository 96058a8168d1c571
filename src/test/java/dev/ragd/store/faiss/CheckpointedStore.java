package dev.ragd.store.faiss;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.ForwardingCollection;
import dev.ragd.store.ForwardingStore;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.util.List;

/** A store that makes a checkpoint after each write: so what is searched is in FAISS's index, not in the tail. */
final class CheckpointedStore extends ForwardingStore {

    CheckpointedStore(VectorStore inner) {
        super(inner);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return new Checkpointed(super.create(spec));
    }

    @Override
    public VectorCollection open(String collection) {
        return new Checkpointed(super.open(collection));
    }

    private static final class Checkpointed extends ForwardingCollection {

        Checkpointed(VectorCollection inner) {
            super(inner);
        }

        @Override
        public void upsert(List<VectorRecord> records) {
            super.upsert(records);
            checkpoint();
        }
    }
}
