package dev.ragd.store.leann;

import dev.ragd.embed.Embedder;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How to open the store.
 *
 * @param root the folder of all collections; created with the first one
 * @param cacheFolder where the native library is unpacked when codes are learned
 * @param model gives the model that makes the vectors; asked at the first need, closed with the store
 * @param targetRecall the share of the nearest that a search is to find, in (0,1)
 * @param budget embeddings that a search recomputes; 0 chooses by what was learned for the target recall
 * @param trainingEpochs rounds of the rotation's training
 * @param trainAt so many records are learned from, once there are as many; at least {@value #FEWEST_TO_TRAIN}
 * @param modelPath a codebook that collections share, see {@link SharedCodebook}; null when each learns its own
 * @param notes told in one line what takes long
 * @param graph how the graph is searched; null when there is to be none and codes are scanned
 */
public record LeannSettings(
        Path root,
        Path cacheFolder,
        Supplier<Embedder> model,
        double targetRecall,
        int budget,
        int trainingEpochs,
        int trainAt,
        @Nullable Path modelPath,
        Consumer<String> notes,
        @Nullable GraphSettings graph) {

    /** The default of {@code targetRecall}. */
    public static final double TARGET_RECALL = 0.95;

    /** The default of {@code trainingEpochs}. */
    public static final int TRAINING_EPOCHS = 12;

    /** The usual {@code trainAt}: fewer records train 256 centroids badly, and their codebook weighs more than it saves. */
    public static final int TRAIN_AT = 10_000;

    /** FAISS needs 256 vectors after a quarter was held out. */
    public static final int FEWEST_TO_TRAIN = 400;

    public LeannSettings {
        if (!(targetRecall > 0 && targetRecall < 1) || budget < 0 || trainingEpochs < 1 || trainAt < FEWEST_TO_TRAIN) {
            throw new IllegalArgumentException("target recall " + targetRecall + ", budget " + budget + ", epochs "
                    + trainingEpochs + ", train at " + trainAt);
        }
    }

    /** The usual settings. */
    public static LeannSettings in(Path root, Path cacheFolder, Supplier<Embedder> model) {
        return new LeannSettings(
                root, cacheFolder, model, TARGET_RECALL, 0, TRAINING_EPOCHS, TRAIN_AT, null, note -> {}, null);
    }

    /** The same with another budget and another number of records to learn from. */
    public LeannSettings with(int newBudget, int newTrainAt) {
        return new LeannSettings(
                root, cacheFolder, model, targetRecall, newBudget, trainingEpochs, newTrainAt, modelPath, notes, graph);
    }

    /** The same with a graph. */
    public LeannSettings with(GraphSettings newGraph) {
        return new LeannSettings(
                root, cacheFolder, model, targetRecall, budget, trainingEpochs, trainAt, modelPath, notes, newGraph);
    }
}
