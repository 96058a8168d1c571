package dev.ragd.jobs.migrate;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generation;
import dev.ragd.catalog.MigrationMark;
import dev.ragd.catalog.Provenance;
import dev.ragd.jobs.ExitCode;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the collection to write to: a new generation, a half-made one of ours, or for a delta the one in use. Never one
 * that somebody else made.
 */
final class TargetChoice {

    private final MigrateRun run;
    private final Problems problems;
    private final boolean quantised;

    /** @param quantised whether a new target is to keep vectors as codes */
    TargetChoice(MigrateRun run, Problems problems, boolean quantised) {
        this.run = run;
        this.problems = problems;
        this.quantised = quantised;
    }

    /** The choice; null when there is none, and then the problems say why. */
    @Nullable
    Target choose(VectorStore store, CollectionInfo source, CollectionEmbedder embedder) {
        MigrateRequest request = run.request();
        CollectionInfo current = store.find(run.targetName()).orElse(null);
        if (request.delta()) {
            return update(store, current, source, embedder);
        }
        String problem = CollectionSpec.problemWithName(request.toCollection());
        if (problem == null && !request.to().located()) {
            problem = CollectionSpec.problemWithName(request.toCollection() + ".g1");
        }
        if (problem != null) {
            problems.add(ExitCode.USAGE, problem);
            return null;
        }
        boolean itself =
                current != null && request.withinOneStore() && current.id().equals(source.id());
        if (current != null && !itself && !Provenance.isOurs(current)) {
            problems.add(
                    ExitCode.REFUSED,
                    store.name() + " has a collection '" + current.name()
                            + "' that ragd did not make: nothing is put in its place; choose another --to-collection");
            return null;
        }
        return request.to().located()
                ? portable(store, current, source, embedder)
                : generation(store, source, embedder);
    }

    private @Nullable Target update(
            VectorStore store, @Nullable CollectionInfo current, CollectionInfo source, CollectionEmbedder embedder) {
        if (current == null || !isOurs(current)) {
            problems.add(
                    ExitCode.USAGE,
                    "there is no verified migration of " + run.request().scope()
                            + " that a delta could bring up to date; run the same command without --delta first");
            return null;
        }
        if (current.distance() != source.distance() || current.dimension().orElse(-1) != embedder.dimension()) {
            problems.add(
                    ExitCode.REFUSED,
                    run.request().target() + " measures '" + current.distance().label() + "' in "
                            + current.dimension().orElse(0) + " dimensions, and the source now '"
                            + source.distance().label() + "' in " + embedder.dimension() + "; "
                            + (run.request().to().located()
                                    ? "choose another place or --to-collection"
                                    : "leave --delta out to make a new generation"));
            return null;
        }
        if (!sameModel(current, embedder)) {
            problems.add(
                    ExitCode.REFUSED,
                    "the vectors of " + run.request().target() + " were made by another model than those of the source"
                            + " now; "
                            + (run.request().reembed() ? "leave --delta out" : "add --reembed, or leave --delta out")
                            + " to make a new generation");
            return null;
        }
        boolean codes = isQuantised(store, current);
        if (quantised && !codes) {
            problems.add(
                    ExitCode.REFUSED,
                    run.request().target()
                            + " does not keep vectors as codes; leave --keep-quantised out to bring it up"
                            + " to date, or leave --delta out to make a new generation");
            return null;
        }
        return new Target(current.name(), current, true, codes);
    }

    private static boolean isQuantised(VectorStore store, CollectionInfo there) {
        try (VectorCollection collection = store.open(there.name())) {
            return collection.vectorError() > 0;
        }
    }

    private @Nullable Target portable(
            VectorStore store, @Nullable CollectionInfo current, CollectionInfo source, CollectionEmbedder embedder) {
        if (current == null) {
            return new Target(run.request().toCollection(), null, true, quantised);
        }
        if (isHalfMade(store, current, source, embedder)) {
            return new Target(current.name(), current, true, quantised);
        }
        problems.add(
                ExitCode.REFUSED,
                run.request().to() + " has a collection '" + current.name() + "' already" + whoseItIs(current)
                        + "choose another place or --to-collection");
        return null;
    }

    private String whoseItIs(CollectionInfo current) {
        if (!isOurs(current)) {
            return "; ";
        }
        long complete = MigrationMark.read(current)
                .filter(mark -> mark.state() == MigrationMark.State.COMPLETE)
                .map(MigrationMark::records)
                .orElse(-1L);
        return (complete < 0 ? "" : ", a complete copy of " + run.request().source() + ", " + complete + " records")
                + "; compare the two with 'ragd verify', bring it up to date with --delta, or ";
    }

    private Target generation(VectorStore store, CollectionInfo source, CollectionEmbedder embedder) {
        String backend = run.request().to().toString();
        String collection = run.request().toCollection();
        Generation now = run.generations().current(backend, collection);
        boolean first =
                now.physical().equals(collection) && store.find(collection).isEmpty();
        for (int number = first ? 1 : now.number() + 1; ; number++) {
            String name = collection + ".g" + number;
            Optional<CollectionInfo> there = store.find(name);
            if (there.isEmpty()) {
                return new Target(name, null, false, quantised);
            }
            if (!isNamed(backend, name) && isHalfMade(store, there.get(), source, embedder)) {
                return new Target(name, there.get(), false, quantised);
            }
        }
    }

    /** True when the catalogue knows it, as in use or as kept for a rollback. */
    private boolean isNamed(String backend, String physical) {
        List<Generation> all = run.generations().all();
        return all.stream()
                .filter(g -> g.backend().equals(backend))
                .anyMatch(g -> g.physical().equals(physical) || physical.equals(g.previous()));
    }

    /** True for a copy of this very source. */
    private boolean isOurs(CollectionInfo there) {
        return MigrationMark.read(there)
                .filter(o -> o.source().equals(run.request().source()))
                .isPresent();
    }

    /** True for what an earlier, unfinished migration of this very source left behind. */
    private boolean isHalfMade(
            VectorStore store, CollectionInfo there, CollectionInfo source, CollectionEmbedder embedder) {
        return isOurs(there)
                && MigrationMark.read(there)
                        .filter(o -> isUnfinished(o, store, there))
                        .isPresent()
                && there.distance() == source.distance()
                && there.dimension().orElse(-1) == embedder.dimension()
                && sameModel(there, embedder)
                && isQuantised(store, there) == quantised;
    }

    private static boolean isUnfinished(MigrationMark mark, VectorStore store, CollectionInfo there) {
        if (mark.state() != null) {
            return mark.isUnfinished(0);
        }
        try (VectorCollection collection = store.open(there.name())) {
            return mark.isUnfinished(collection.count());
        }
    }

    private static boolean sameModel(CollectionInfo there, CollectionEmbedder embedder) {
        return CollectionEmbedder.read(there)
                .map(CollectionEmbedder::fingerprint)
                .orElse("")
                .equals(embedder.fingerprint());
    }
}
