package dev.ragd.jobs.migrate;

import dev.ragd.store.StoreReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What to migrate, and where to.
 *
 * @param from the store read from
 * @param to the store written to
 * @param collection what users call the source collection
 * @param toCollection what users will call the target collection
 * @param choices what is not as usual
 */
public record MigrateRequest(
        StoreReference from, StoreReference to, String collection, String toCollection, Set<Choice> choices) {

    /** What somebody may want otherwise than usual. */
    public enum Choice {
        /** Bring the target of the last verified migration of this pair up to date instead of making a new generation. */
        DELTA,
        /** Make new vectors from the texts, with the configured model. */
        REEMBED,
        /** Keep the vectors as short codes in a target that would make them anew with a model of its own. */
        KEEP_QUANTISED,
        /** Make the target the configured store and collection after it was verified. */
        ACTIVATE,
        /** Publish although records were rejected; read a collection that a migration left unfinished. */
        ALLOW_PARTIAL,
        /** Migrate a source without records. */
        ALLOW_EMPTY,
        /** Let a delta delete an unusual share of the target. */
        ALLOW_MASS_DELETE,
        /**
         * Write a collection anew within its store, as a new generation; the old one is deleted at the end, so nothing may
         * differ: a change of the source meanwhile fails the verification.
         */
        COMPACT
    }

    public MigrateRequest {
        choices = Set.copyOf(choices);
    }

    /** A plain migration of one collection. */
    public static MigrateRequest of(StoreReference from, StoreReference to, String collection, String toCollection) {
        return new MigrateRequest(from, to, collection, toCollection, Set.of());
    }

    /** Writes a collection anew within its store. */
    public static MigrateRequest compaction(StoreReference store, String collection) {
        return of(store, store, collection, collection).with(Choice.COMPACT, Choice.ALLOW_EMPTY);
    }

    /** The same with these choices, too. */
    public MigrateRequest with(Choice... more) {
        return with(List.of(more));
    }

    /** The same with these choices, too. */
    public MigrateRequest with(Collection<Choice> more) {
        Set<Choice> all = EnumSet.noneOf(Choice.class);
        all.addAll(choices);
        all.addAll(more);
        return new MigrateRequest(from, to, collection, toCollection, all);
    }

    boolean delta() {
        return choices.contains(Choice.DELTA);
    }

    boolean reembed() {
        return choices.contains(Choice.REEMBED);
    }

    boolean keepQuantised() {
        return choices.contains(Choice.KEEP_QUANTISED);
    }

    boolean activate() {
        return choices.contains(Choice.ACTIVATE);
    }

    boolean allowPartial() {
        return choices.contains(Choice.ALLOW_PARTIAL);
    }

    boolean allowEmpty() {
        return choices.contains(Choice.ALLOW_EMPTY);
    }

    boolean allowMassDelete() {
        return choices.contains(Choice.ALLOW_MASS_DELETE);
    }

    boolean compact() {
        return choices.contains(Choice.COMPACT);
    }

    /** What is wrong with it whatever the stores hold: a message each; empty when nothing is. */
    public List<String> contradictions() {
        List<String> found = new ArrayList<>();
        if (replacesItself() && !reembed() && !compact()) {
            found.add("source and target are the same, " + source()
                    + "; name another --to store or --to-collection, or embed anew with --reembed; to write it"
                    + " anew as it is: ragd collections compact " + collection);
        }
        if (keepQuantised() && reembed()) {
            found.add(
                    "--keep-quantised is for vectors that cannot be made anew, and --reembed makes them anew; leave one"
                            + " of them out");
        }
        if (activate() && to.located()) {
            found.add("--activate: " + to + " is carried about as files and cannot be the configured store;"
                    + " leave --activate out");
        }
        return found;
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
