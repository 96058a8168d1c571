package dev.ragd.store.leann;

import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract where everything is embedded again, and where codes choose what is. */
class LeannStoreContractTest {

    private static final Path CACHE = Path.of("target", "faiss-cache").toAbsolutePath();

    private static VectorStore open(Path home, int budget, boolean checkpoints) {
        LeannSettings settings = LeannSettings.in(home.resolve("leann"), CACHE, TextVectorsModel::new)
                .with(budget, LeannSettings.FEWEST_TO_TRAIN);
        return new TextVectorsStore(new LeannStore(settings), checkpoints);
    }

    @Nested
    class Recomputed extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return LeannStoreContractTest.open(home, 100_000, false);
        }

        @Override
        protected VectorCollection plain(VectorCollection collection) {
            return ((TextVectorsStore.Spelled) collection).inner();
        }
    }

    /** With so small a budget that the 200 records of the filter tests need their codes; 300 are learned from. */
    @Nested
    class Codes extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return LeannStoreContractTest.open(home, 100, true);
        }

        @Override
        protected VectorCollection plain(VectorCollection collection) {
            return ((TextVectorsStore.Spelled) collection).inner();
        }

        @Override
        protected double recallFloor() {
            return 0.98;
        }
    }
}
