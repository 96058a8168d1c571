package dev.ragd.store.chromafolder;

import java.util.List;

/**
 * A write in Chroma's queue.
 *
 * @param sequence writes are numbered in order
 * @param operation what was asked for
 * @param hasVector whether it brings a vector that can be read
 */
record QueueEntry(long sequence, Operation operation, boolean hasVector) {

    /** In the order of Chroma's numbers. */
    enum Operation {
        /** Ignored when the record is there. */
        ADD,
        /** Ignored when it is not. */
        UPDATE,
        UPSERT,
        DELETE
    }

    /** The vector is the one of the index. */
    static final long IN_THE_INDEX = 0;
    /** Nobody knows the vector. */
    static final long LOST = -1;

    private enum State {
        THERE,
        GONE,
        UNKNOWN
    }

    /**
     * Finds out where the vector of a record is that exists now, from what is left of the queue.
     *
     * <p>The number of the last write that had an effect on the record is known ({@code last}); when that brought a vector,
     * it is the one. Otherwise the writes are repeated in order, as Chroma would. Whether an addition had an effect depends
     * on whether the record was there before, which is known where the index has taken part ({@code indexed}) or the queue
     * itself says so; where it is not known, the vector counts as the index's, or as lost when there is no index.
     *
     * @param entries the writes to one record, in order
     * @param last the number of the last write that had an effect on it
     * @param watermark the last write that is in the index
     * @param indexUsable whether there is an index to ask
     * @param indexed whether the index knows the record
     * @return the number of the write that brought the vector, {@link #IN_THE_INDEX} or {@link #LOST}
     */
    static long vector(List<QueueEntry> entries, long last, long watermark, boolean indexUsable, boolean indexed) {
        long base = indexUsable && indexed ? IN_THE_INDEX : LOST;
        State state = State.UNKNOWN;
        long vector = base;
        boolean beyond = false;
        for (QueueEntry entry : entries) {
            if (entry.sequence() > last) {
                break; // without effect, or not yet applied to the record either
            }
            if (!beyond && entry.sequence() > watermark && indexUsable) {
                beyond = true;
                state = indexed ? State.THERE : State.GONE;
            }
            if (entry.sequence() == last && entry.hasVector() && entry.operation() != Operation.DELETE) {
                return entry.sequence();
            }
            switch (entry.operation()) {
                case ADD -> {
                    if (state == State.GONE) {
                        vector = entry.hasVector() ? entry.sequence() : LOST;
                    } else if (state == State.UNKNOWN) {
                        vector = base;
                    }
                    state = State.THERE;
                }
                case UPSERT -> {
                    vector = entry.hasVector() ? entry.sequence() : LOST;
                    state = State.THERE;
                }
                case UPDATE -> {
                    if (state != State.GONE && entry.hasVector()) {
                        vector = entry.sequence();
                    }
                }
                case DELETE -> {
                    vector = LOST;
                    state = State.GONE;
                }
            }
        }
        return vector;
    }
}
