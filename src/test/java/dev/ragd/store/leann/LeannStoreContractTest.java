package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract where everything is embedded again, where codes choose what is, and where a walk through the graph does. */
class LeannStoreContractTest {

    private static final Path CACHE = Path.of("target", "faiss-cache").toAbsolutePath();

    private static LeannSettings settings(Path home, int budget) {
        return LeannSettings.in(home.resolve("leann"), CACHE, TextVectorsModel::new)
                .with(budget, LeannSettings.FEWEST_TO_TRAIN);
    }

    private static VectorStore open(LeannSettings settings, boolean checkpoints) {
        return new TextVectorsStore(new LeannStore(settings), checkpoints);
    }

    @Nested
    class Recomputed extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return LeannStoreContractTest.open(settings(home, 100_000), false);
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
            return LeannStoreContractTest.open(settings(home, 100), true);
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

    /** With a graph of all but a few records, and walks that keep so few that the 200 records of the filter tests need it. */
    @Nested
    class Graph extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return LeannStoreContractTest.open(settings(home, 100).with(new GraphSettings(40, 0.3, 20)), true);
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

    /** With vectors of any model, kept as codes. */
    @Nested
    class Quantised extends VectorStoreContract {
        @TempDir
        Path home;

        @Override
        protected VectorStore open() {
            return new QuantisingStore(new LeannStore(settings(home, 100)));
        }

        /** Scores are exact for what is kept: see {@link QuantisedVectorsTest}. */
        @Override
        @Test
        protected void scoresFollowTheFormulas() {
            for (Distance distance : Distance.values()) {
                QuantisedVectorsTest.requireExactSearch(create(distance, 48, Metadata.EMPTY));
            }
        }
    }
}
