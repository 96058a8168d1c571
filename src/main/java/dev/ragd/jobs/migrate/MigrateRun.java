package dev.ragd.jobs.migrate;

import dev.ragd.catalog.Generations;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One run of a migration in this process: what was asked for, what it works with, and the two collections, opened once.
 * Thread-safe.
 */
public final class MigrateRun implements AutoCloseable {

    private final MigrateRequest request;
    private final MigrateSettings settings;
    private final MigrateResources resources;
    private final Generations generations;
    private final Folders folders;
    private final Progress progress;
    private final long started = System.nanoTime();
    private @Nullable VectorCollection source;
    private @Nullable VectorCollection target;

    /**
     * Where a run keeps its files.
     *
     * @param plans frozen id lists and what belongs to them
     * @param reports what people read afterwards
     */
    public record Folders(Path plans, Path reports) {}

    public MigrateRun(
            MigrateRequest request,
            MigrateSettings settings,
            MigrateResources resources,
            Generations generations,
            Folders folders,
            Progress progress) {
        this.request = request;
        this.settings = settings;
        this.resources = resources;
        this.generations = generations;
        this.folders = folders;
        this.progress = progress;
    }

    MigrateRequest request() {
        return request;
    }

    MigrateSettings settings() {
        return settings;
    }

    MigrateResources resources() {
        return resources;
    }

    Generations generations() {
        return generations;
    }

    Folders folders() {
        return folders;
    }

    Progress progress() {
        return progress;
    }

    /** How long this run has taken, by a clock that nobody can set. */
    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    /** The physical name of the collection read from. */
    String sourceName() {
        return request.from().located()
                ? request.collection()
                : generations
                        .current(request.from().toString(), request.collection())
                        .physical();
    }

    /** The physical name of the collection that is in use under the target's name. */
    String targetName() {
        return request.to().located()
                ? request.toCollection()
                : generations
                        .current(request.to().toString(), request.toCollection())
                        .physical();
    }

    /** What besides the pair makes a plan another one. */
    String command() {
        return "delta=" + request.delta() + " reembed="
                + (request.reembed() ? resources.embedder().id().fingerprint() : "no")
                + (request.keepQuantised() ? " quantised" : "")
                + (request.compact() ? Plan.COMPACTION : "");
    }

    /** The source of the plan. */
    synchronized VectorCollection source(Plan plan) {
        if (source == null) {
            source = open(resources.source(), plan.sourceCollection(), plan.sourceId(), "source");
        }
        return source;
    }

    /** The target of the plan. */
    synchronized VectorCollection target(Plan plan) {
        if (target == null) {
            target = open(resources.target(), plan.targetCollection(), plan.targetId(), "target");
        }
        return target;
    }

    private static VectorCollection open(VectorStore store, String name, String id, String role) {
        VectorCollection collection = store.open(name);
        CollectionInfo info = collection.info();
        if (!info.id().equals(id)) {
            collection.close();
            throw new JobException(
                    ExitCode.REFUSED,
                    "the " + role + ", " + store.name() + " collection '" + name
                            + "', was dropped and made anew since the plan was frozen; run the same command again: it"
                            + " plans anew",
                    null);
        }
        return collection;
    }

    Path idsFile(Plan plan) {
        return folders.plans().resolve(plan.id() + ".ids");
    }

    Path goneFile(Plan plan) {
        return folders.plans().resolve(plan.id() + ".gone");
    }

    Path digestsFile(Plan plan) {
        return folders.plans().resolve(plan.id() + ".digests");
    }

    Path rateFile(Plan plan) {
        return folders.plans().resolve(plan.id() + ".rate");
    }

    /** Closes the collections; the resources belong to the caller. */
    @Override
    public synchronized void close() {
        if (source != null) {
            source.close();
            source = null;
        }
        if (target != null) {
            target.close();
            target = null;
        }
    }
}
