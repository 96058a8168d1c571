package dev.ragd.jobs.migrate;

import dev.ragd.store.StoreReference;

/**
 * What to migrate, and where to.
 *
 * @param from the store read from
 * @param to the store written to
 * @param collection what users call the source collection
 * @param toCollection what users will call the target collection
 * @param delta bring the target of the last verified migration of this pair up to date instead of making a new generation
 * @param reembed make new vectors from the texts, with the configured model
 * @param activate make the target the configured store and collection after it was verified
 * @param allowPartial publish although records were rejected; read a collection that a migration left unfinished
 * @param allowEmpty migrate a source without records
 * @param allowMassDelete let a delta delete an unusual share of the target
 * @param keepQuantised keep the vectors as short codes in a target that would make them anew with a model of its own
 * @param compact write a collection anew within its store, as a new generation; the old one is deleted at the end, so nothing
 *     may differ: a change of the source meanwhile fails the verification
 */
public record MigrateRequest(
        StoreReference from,
        StoreReference to,
        String collection,
        String toCollection,
        boolean delta,
        boolean reembed,
        boolean activate,
        boolean allowPartial,
        boolean allowEmpty,
        boolean allowMassDelete,
        boolean keepQuantised,
        boolean compact) {

    /** Not a compaction, and vectors are kept as the target keeps them. */
    public MigrateRequest(
            StoreReference from,
            StoreReference to,
            String collection,
            String toCollection,
            boolean delta,
            boolean reembed,
            boolean activate,
            boolean allowPartial,
            boolean allowEmpty,
            boolean allowMassDelete) {
        this(
                from,
                to,
                collection,
                toCollection,
                delta,
                reembed,
                activate,
                allowPartial,
                allowEmpty,
                allowMassDelete,
                false,
                false);
    }

    /** The same with vectors kept as short codes. */
    public MigrateRequest keepingQuantised() {
        return new MigrateRequest(
                from,
                to,
                collection,
                toCollection,
                delta,
                reembed,
                activate,
                allowPartial,
                allowEmpty,
                allowMassDelete,
                true,
                compact);
    }

    /** Writes a collection anew within its store. */
    public static MigrateRequest compaction(StoreReference store, String collection) {
        return new MigrateRequest(
                store,
                store,
                collection,
                collection,
                false,
                false,
                false,
                false,
                /* allowEmpty= */ true,
                false,
                false,
                /* compact= */ true);
    }

    /** A plain migration of one collection. */
    public static MigrateRequest of(StoreReference from, StoreReference to, String collection, String toCollection) {
        return new MigrateRequest(from, to, collection, toCollection, false, false, false, false, false, false);
    }

    /** The pair this is about: at most one migration of it is under way at a time. */
    String scope() {
        return source() + " -> " + target();
    }

    /** The source for messages and marks: store and collection. */
    String source() {
        return from + "/" + collection;
    }

    /** The target likewise. */
    String target() {
        return to + "/" + toCollection;
    }

    /** True when source and target are generations of one collection. */
    boolean replacesItself() {
        return withinOneStore() && collection.equals(toCollection);
    }

    /** True when both ends are one and the same store. */
    boolean withinOneStore() {
        return from.equals(to);
    }
}
