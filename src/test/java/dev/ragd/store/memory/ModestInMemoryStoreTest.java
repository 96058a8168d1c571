package dev.ragd.store.memory;

import dev.ragd.store.Capability;
import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.util.Set;

/** A store that can only be searched by vectors, whoever made them: the contract's refusals. */
class ModestInMemoryStoreTest extends VectorStoreContract {

    private final InMemoryStore.Data data = new InMemoryStore.Data();

    @Override
    protected VectorStore open() {
        return new InMemoryStore(data, Set.of(Capability.FOREIGN_VECTORS, Capability.VECTOR_SEARCH));
    }
}
