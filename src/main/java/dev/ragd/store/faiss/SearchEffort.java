package dev.ragd.store.faiss;

/**
 * How hard a search tries.
 *
 * @param efSearch candidates that a search in a graph looks at, 1 to 10,000
 * @param nprobe lists that a search in an IVF index looks at, 1 to 1,000,000; 0 chooses by their number
 * @param few so few vectors are compared sooner than a graph is walked
 * @param worth how many vectors can be compared, one after the other in memory, in the time that a graph search takes for
 *     each of its candidates
 */
public record SearchEffort(int efSearch, int nprobe, int few, int worth) {

    /** How much harder a graph search must try when many rows are forbidden: measured, see {@link #candidates}. */
    private static final double EXPONENT = 0.75;

    /** For real use. */
    public static final SearchEffort USUAL = new SearchEffort(256, 0, 2_000, 25);

    public SearchEffort {
        if (efSearch < 1 || efSearch > 10_000) {
            throw new IllegalArgumentException("efSearch is " + efSearch + ", expected 1 to 10000");
        }
        if (nprobe < 0 || nprobe > 1_000_000) {
            throw new IllegalArgumentException("nprobe is " + nprobe + ", expected 0 to 1000000");
        }
    }

    /** The usual effort but for what users can set. */
    public static SearchEffort of(int efSearch, int nprobe) {
        return new SearchEffort(efSearch, nprobe, USUAL.few, USUAL.worth);
    }

    /**
     * How many candidates a graph search must look at so that a filter costs no answers. Candidates that are forbidden fill
     * its list, too; in proportion to the share would be more than enough.
     *
     * @param share of the rows that may be found, above 0 and up to 1
     */
    int candidates(int k, double share) {
        return (int) Math.min(Integer.MAX_VALUE / 2, Math.max(efSearch, k) / Math.pow(share, EXPONENT));
    }

    /** True when comparing all is faster than walking a graph, and it finds all. */
    boolean comparesAll(int eligible, int k, double share) {
        return eligible <= Math.max(few, (long) worth * candidates(k, share));
    }
}
