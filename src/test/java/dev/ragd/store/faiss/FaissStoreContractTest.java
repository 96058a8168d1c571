package dev.ragd.store.faiss;

import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract for each type of index, and for the tail that has no index yet. */
class FaissStoreContractTest {

    @Nested
    class Tail extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return new FaissStore(FaissStores.usual(home, IndexKind.AUTO));
        }
    }

    @Nested
    class Flat extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return new CheckpointedStore(new FaissStore(FaissStores.eager(home, IndexKind.FLAT)));
        }
    }

    @Nested
    class Hnsw extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return new CheckpointedStore(new FaissStore(FaissStores.eager(home, IndexKind.HNSW)));
        }

        @Override
        protected double recallFloor() {
            return 0.98;
        }
    }

    @Nested
    class IvfFlat extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return new CheckpointedStore(new FaissStore(FaissStores.eager(home, IndexKind.IVFFLAT)));
        }

        @Override
        protected double recallFloor() {
            return 0.9;
        }
    }
}
