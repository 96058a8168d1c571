package dev.ragd.store.chroma;

import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import dev.ragd.store.chroma.server.Generation;

class Chroma1_0ContractIT extends VectorStoreContract {

    @Override
    protected VectorStore open() {
        return ChromaStore.external(ChromaSettings.defaults().withUrl(ChromaServers.shared(Generation.V1_0)));
    }
}
