package dev.ragd.ops.profile;

import dev.ragd.files.FileTree;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trial of one store: all records in, then questions. Each half is to run in a process of its own, so that what it takes is
 * the store's and what is cold is cold. One thread.
 */
public final class StoreTrial {

    private static final String COLLECTION = "profile";
    private static final int BATCH = 500;

    /** Rounds of all questions after the first. */
    private static final int WARM_ROUNDS = 2;

    /** A pass over the questions ends after so long, if the least were asked. */
    private static final double PASS_SECONDS = 30;

    private static final int LEAST_ANSWERS = 10;

    private final Supplier<VectorStore> opener;
    private final BooleanSupplier stopped;

    /**
     * @param opener opens the store on a folder of its own, the same for both halves
     * @param stopped asked between calls of the store; once it is true the trial ends with {@link ProfileStopped}
     */
    public StoreTrial(Supplier<VectorStore> opener, BooleanSupplier stopped) {
        this.opener = opener;
        this.stopped = stopped;
    }

    /**
     * What searching took, question by question; for the numbers of memory see {@link Profile.Search}.
     *
     * @param open milliseconds from opening the store to the first answer
     * @param cold milliseconds
     * @param answers ids, per question
     */
    public record Answers(
            double open,
            List<Double> cold,
            List<Double> warm,
            List<List<String>> answers,
            List<Double> filtered,
            List<List<String>> filteredAnswers,
            long memoryBytes,
            long baseBytes,
            long mappedBytes) {}

    /**
     * Writes all records of the sample.
     *
     * @param copy where the sample was copied to
     * @param data the folder that the store keeps its files in
     */
    public Profile.Build build(VectorStore copy, Path data) {
        try (VectorCollection sample = copy.open(Sample.RECORDS)) {
            return build(sample, data);
        }
    }

    private Profile.Build build(VectorCollection sample, Path data) {
        CollectionInfo info = sample.info();
        double seconds;
        double cpu;
        long peak;
        try (VectorStore store = opener.get()) {
            long start = System.nanoTime();
            double cpuBefore = ProcessMeter.cpuSeconds();
            try (VectorCollection collection = store.create(new CollectionSpec(
                    COLLECTION, info.dimension().orElseThrow(), info.distance(), info.attributes()))) {
                String cursor = null;
                do {
                    requireGoing();
                    ScanPage page = sample.scan(new ScanRequest(Field.ALL, null, cursor, BATCH));
                    collection.upsert(page.records());
                    cursor = page.next();
                } while (cursor != null);
                collection.checkpoint();
            }
            seconds = seconds(start);
            cpu = ProcessMeter.cpuSeconds() - cpuBefore;
            peak = ProcessMeter.peakBytes();
        }
        return new Profile.Build(seconds, cpu, size(data), peak);
    }

    /**
     * Asks the questions of the sample.
     *
     * @param copy where the sample was copied to
     * @param filter null to ask without one only
     */
    public Answers search(VectorStore copy, int k, @Nullable Filter filter) {
        List<float[]> queries = Sample.queries(copy);
        System.gc();
        long base = ProcessMeter.ownBytes();
        long start = System.nanoTime();
        try (VectorStore store = opener.get();
                VectorCollection collection = store.open(COLLECTION)) {
            List<List<String>> answers = new ArrayList<>();
            List<Double> cold = new ArrayList<>();
            double[] open = new double[1];
            pass(
                    collection,
                    queries,
                    k,
                    null,
                    cold,
                    answers,
                    () -> open[0] = open[0] == 0 ? 1e3 * seconds(start) : open[0]);
            List<Double> warm = new ArrayList<>();
            for (int round = 0; round < WARM_ROUNDS; round++) {
                pass(collection, queries, k, null, warm, new ArrayList<>(), () -> {});
            }
            List<Double> filtered = new ArrayList<>();
            List<List<String>> filteredAnswers = new ArrayList<>();
            if (filter != null) {
                pass(collection, queries, k, filter, filtered, filteredAnswers, () -> {});
            }
            System.gc(); // what is left is what searching holds
            return new Answers(
                    open[0],
                    cold,
                    warm,
                    answers,
                    filtered,
                    filteredAnswers,
                    ProcessMeter.ownBytes(),
                    base,
                    ProcessMeter.mappedBytes());
        }
    }

    private void pass(
            VectorCollection collection,
            List<float[]> queries,
            int k,
            @Nullable Filter filter,
            List<Double> times,
            List<List<String>> answers,
            Runnable answered) {
        long start = System.nanoTime();
        for (int i = 0; i < queries.size() && (i < LEAST_ANSWERS || seconds(start) < PASS_SECONDS); i++) {
            requireGoing();
            long asked = System.nanoTime();
            List<SearchHit> hits = collection.search(SearchRequest.nearest(queries.get(i), k, filter));
            times.add(1e3 * seconds(asked));
            answered.run();
            answers.add(
                    hits.stream().map(SearchHit::record).map(VectorRecord::id).toList());
        }
    }

    private void requireGoing() {
        if (stopped.getAsBoolean()) {
            throw new ProfileStopped();
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static long size(Path folder) {
        try {
            return FileTree.bytes(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read", e);
        }
    }
}
