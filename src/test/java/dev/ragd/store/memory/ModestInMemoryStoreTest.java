package dev.ragd.store.memory;

import dev.ragd.store.Capability;
import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.util.Set;

/** A store without a single capability, but that it has no model of its own: the contract's refusals. */
class ModestInMemoryStoreTest extends VectorStoreContract {

    private final InMemoryStore.Data data = new InMemoryStore.Data();

    @Override
    protected VectorStore open() {
        return new InMemoryStore(data, Set.of(Capability.FOREIGN_VECTORS));
    }
}
