package dev.ragd.store.faiss;

/**
 * How hard a search tries.
 *
 * @param efSearch candidates that a search in a graph looks at, 1 to 10,000
 * @param nprobe lists that a search in an IVF index looks at, 1 to 1,000,000; 0 chooses by their number
 * @param few so few vectors are compared sooner than a graph is walked
 * @param leastShare a graph whose rows are mostly forbidden leads nowhere: when fewer than this share may be found, all of
 *     them are compared
 */
public record SearchEffort(int efSearch, int nprobe, int few, double leastShare) {

    /** For real use. */
    public static final SearchEffort USUAL = new SearchEffort(128, 0, 2_000, 0.1);

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
        return new SearchEffort(efSearch, nprobe, USUAL.few, USUAL.leastShare);
    }
}
