package dev.ragd.store.memory;

import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.util.Set;

/** A store without a single capability: the contract's refusals. */
class ModestInMemoryStoreTest extends VectorStoreContract {

    private final InMemoryStore.Data data = new InMemoryStore.Data();

    @Override
    protected VectorStore open() {
        return new InMemoryStore(data, Set.of());
    }
}
