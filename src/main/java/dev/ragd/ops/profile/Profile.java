package dev.ragd.ops.profile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stores cost with one collection. Times are milliseconds unless they are named otherwise.
 *
 * @param collection what the user calls it
 * @param source the store it was read from
 * @param made when, ISO 8601
 * @param machine what it was measured on, in words
 * @param total records of the collection
 * @param records records that were put into each store
 * @param queries vectors of the collection that were held out of the stores and asked for
 * @param k neighbours asked for
 * @param dimension components per vector
 * @param distance label, for example {@code cosine}
 * @param filter the condition of the filtered questions, as a search takes it; null when the metadata offers none
 * @param selectivity the share of the records that match it, 0 to 1
 * @param stores in the order of the request
 * @param seconds how long it all took
 */
public record Profile(
        String collection,
        String source,
        String made,
        String machine,
        long total,
        int records,
        int queries,
        int k,
        int dimension,
        String distance,
        @Nullable String filter,
        double selectivity,
        List<StoreProfile> stores,
        double seconds) {

    public Profile {
        stores = List.copyOf(stores);
    }

    /**
     * One store.
     *
     * @param store its label
     * @param problem why it could not be measured; null when it was
     * @param build what writing cost; null with a problem
     * @param search what searching costs; null with a problem
     */
    public record StoreProfile(
            String store,
            @Nullable String problem,
            @Nullable Build build,
            @Nullable Search search) {}

    /**
     * Writing all records, in a process of its own.
     *
     * @param seconds until the store said that all is durable, and was closed
     * @param cpuSeconds of the process and of a server that it started
     * @param diskBytes what the store's files take afterwards
     * @param peakBytes the most memory that these processes held together
     */
    public record Build(double seconds, double cpuSeconds, long diskBytes, long peakBytes) {}

    /**
     * Searching, in a new process.
     *
     * @param open until the first answer, from opening the store
     * @param cold each question for the first time
     * @param warm the same questions again
     * @param recall the share of the exact nearest that was found, 0 to 1
     * @param filtered with the filter, warm; null without one
     * @param filteredRecall of the exact nearest among the records that match; null without a filter
     * @param memoryBytes what the process, and a server that it started, hold at the end of their own: heap and native
     *     memory, without what is mapped from files; -1 where the system does not tell
     * @param baseBytes of that, what the process held before it opened the store; -1 where the system does not tell
     * @param mappedBytes what of files was in these processes' memory; -1 where the system does not tell
     */
    public record Search(
            double open,
            Latency cold,
            Latency warm,
            double recall,
            @Nullable Latency filtered,
            @Nullable Double filteredRecall,
            long memoryBytes,
            long baseBytes,
            long mappedBytes) {

        /** What the store itself holds; -1 where the system does not tell. */
        public long storeBytes() {
            return memoryBytes < 0 ? -1 : Math.max(0, memoryBytes - baseBytes);
        }
    }

    /**
     * How long answers took.
     *
     * @param answers how many
     * @param p50 half of them took no longer, milliseconds
     */
    public record Latency(int answers, double p50, double p95, double p99) {

        /** @param times milliseconds, at least one */
        static Latency of(List<Double> times) {
            double[] sorted =
                    times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return new Latency(sorted.length, rank(sorted, 0.50), rank(sorted, 0.95), rank(sorted, 0.99));
        }

        /** The nearest-rank percentile: a time that was really measured. */
        private static double rank(double[] sorted, double share) {
            return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
        }
    }
}
