package dev.ragd.store;

import org.jspecify.annotations.Nullable;

/**
 * A failure of a store. The message names the store, the collection, file or id, expected against actual, and the next
 * step to take.
 */
public abstract sealed class StoreException extends RuntimeException {

    /** Whose business a failure is. */
    public enum Category {
        /** The command, a setting or the data handed in. */
        USER,
        /** A server or network. */
        EXTERNAL,
        /** Memory, disk, a limit. */
        RESOURCE,
        /** Refused so that data is not harmed. */
        PROTECTED,
        /** A defect. */
        INTERNAL
    }

    private final Category category;
    private final boolean retryable;

    private StoreException(Category category, boolean retryable, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
        this.retryable = retryable;
    }

    /** Whose business this is. */
    public Category category() {
        return category;
    }

    /** True when the same call may succeed later without anything being changed. */
    public boolean retryable() {
        return retryable;
    }

    /** The store does not answer, or not in time. */
    public static final class StoreUnavailable extends StoreException {
        public StoreUnavailable(String message, @Nullable Throwable cause) {
            super(Category.EXTERNAL, true, message, cause);
        }
    }

    /** The store answered with an error that another try will not change. */
    public static final class StoreRejected extends StoreException {
        public StoreRejected(String message, @Nullable Throwable cause) {
            super(Category.EXTERNAL, false, message, cause);
        }
    }

    /** There is no such collection. */
    public static final class CollectionNotFound extends StoreException {
        public CollectionNotFound(String store, String collection) {
            super(
                    Category.USER,
                    false,
                    store + " has no collection '" + collection
                            + "'; index something first, or check the name with --collection",
                    null);
        }
    }

    /** A collection of that name exists already. */
    public static final class CollectionExists extends StoreException {
        public CollectionExists(String store, String collection) {
            super(Category.USER, false, store + " already has a collection '" + collection + "'", null);
        }
    }

    /** A vector of another length than the collection's. */
    public static final class DimensionMismatch extends StoreException {
        public DimensionMismatch(String store, String collection, int expected, int actual, String what) {
            super(
                    Category.PROTECTED,
                    false,
                    store + " collection '" + collection + "' holds vectors of " + expected + " components, but " + what
                            + " has " + actual
                            + "; use the model that made the collection, or another --collection",
                    null);
        }
    }

    /** The collection was made by another embedding model, or measures another distance. */
    public static final class EmbedderMismatch extends StoreException {
        public EmbedderMismatch(String message) {
            super(Category.PROTECTED, false, message, null);
        }
    }

    /** A vector that is not what the store's own model makes of the record's text. Nothing of its call was written. */
    public static final class ForeignVectors extends StoreException {
        public ForeignVectors(String store, String collection, String model, String id, double cosine) {
            super(
                    Category.PROTECTED,
                    false,
                    String.format(
                            java.util.Locale.ROOT,
                            "%s collection '%s' keeps no vectors but makes them anew with %s, and the vector of record"
                                    + " '%s' is not the one that this model gives for its text (cosine %.4f, expected at"
                                    + " least 0.9999); embed the texts with this model (ragd migrate --reembed, ragd index),"
                                    + " configure the model that made the vectors, keep them as short codes (ragd migrate"
                                    + " --keep-quantised), or choose a store that keeps them",
                            store,
                            collection,
                            model,
                            id,
                            cosine),
                    null);
        }
    }

    /** The store lacks what was asked for. Nothing was changed. */
    public static final class UnsupportedCapability extends StoreException {
        private final Capability capability;

        public UnsupportedCapability(String store, Capability capability, String what) {
            super(Category.USER, false, store + " does not support: " + capability.phrase() + " (" + what + ")", null);
            this.capability = capability;
        }

        /** What is lacking. */
        public Capability capability() {
            return capability;
        }
    }

    /** A record that no store, or not this one, can keep. Nothing of its call was written. */
    public static final class InvalidRecord extends StoreException {
        private final String id;

        public InvalidRecord(String id, String problem) {
            super(Category.USER, false, "record '" + abbreviate(id) + "': " + problem, null);
            this.id = id;
        }

        /** The id of the record. */
        public String id() {
            return id;
        }

        private static String abbreviate(String id) {
            return id.length() <= 80 ? id : id.substring(0, 80) + "...";
        }
    }

    /** Disk full, file limits, no memory on the server's side. */
    public static final class ResourceExhausted extends StoreException {
        public ResourceExhausted(String message, @Nullable Throwable cause) {
            super(Category.RESOURCE, false, message, cause);
        }
    }

    /** Another process owns the data. */
    public static final class StoreBusy extends StoreException {
        public StoreBusy(String message) {
            super(Category.RESOURCE, true, message, null);
        }
    }

    /** There is no store where one was to be read. Nothing was created. */
    public static final class StoreNotFound extends StoreException {
        public StoreNotFound(String message) {
            super(Category.USER, false, message, null);
        }
    }

    /** The store holds another program's data, which is only read. Nothing was changed. */
    public static final class ReadOnly extends StoreException {
        public ReadOnly(String store) {
            super(
                    Category.USER,
                    false,
                    store + " is only read from, never written to; name another store with --to",
                    null);
        }
    }

    /** What is there is not a store, so nothing is written to it. */
    public static final class ForeignData extends StoreException {
        public ForeignData(String message) {
            super(Category.PROTECTED, false, message, null);
        }
    }

    /** Files that do not hold what was written: torn, truncated or changed. Nothing was read from them. */
    public static final class CorruptIndex extends StoreException {
        public CorruptIndex(String message, @Nullable Throwable cause) {
            super(Category.RESOURCE, false, message, cause);
        }
    }

    /** Files of a newer ragd. Nothing was changed. */
    public static final class FormatTooNew extends StoreException {
        public FormatTooNew(String what, int actual, int newest) {
            super(
                    Category.PROTECTED,
                    false,
                    what + " has format " + actual + ", but this ragd knows formats up to " + newest
                            + "; use the newer ragd that wrote it",
                    null);
        }
    }

    /** Files of an older ragd that this one cannot read any more. Nothing was changed. */
    public static final class FormatTooOld extends StoreException {
        public FormatTooOld(String what, int actual, int oldest) {
            super(
                    Category.PROTECTED,
                    false,
                    what + " has format " + actual + ", but this ragd knows formats from " + oldest
                            + " on; copy it with an older ragd, or drop it and index again",
                    null);
        }
    }
}
