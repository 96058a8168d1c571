package dev.ragd.store.memory;

import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;

class InMemoryStoreTest extends VectorStoreContract {

    private final InMemoryStore.Data data = new InMemoryStore.Data();

    @Override
    protected VectorStore open() {
        return new InMemoryStore(data);
    }
}
