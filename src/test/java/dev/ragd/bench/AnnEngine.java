package dev.ragd.bench;

/** An index whose speed and recall are measured: built once, then searched. See {@link AnnSession}. */
public interface AnnEngine extends AutoCloseable {

    /**
     * Builds the index with all processors. The numbers of the vectors, from 0 on, are what searches answer.
     *
     * @param vectors {@code float[n][d]}, normalised; may be kept
     */
    void build(float[][] vectors) throws Exception;

    /** Bytes that the finished index takes on disk, vectors included. */
    long bytes() throws Exception;

    /**
     * A way to search for one thread.
     *
     * @param texts read the texts of what is found, too; never true for an engine that keeps none
     */
    Searcher searcher(boolean texts) throws Exception;

    @Override
    void close() throws Exception;

    /** Searches; used by one thread. */
    interface Searcher {

        /**
         * Finds the vectors with the greatest inner products.
         *
         * @param query {@code float[d]}, normalised
         * @param width how widely to search (ef); at least as many as are wanted; without meaning to an exact index
         * @param found takes as many numbers of vectors as it has room for, best first
         */
        void search(float[] query, int width, int[] found) throws Exception;
    }
}
