package dev.ragd.jobs.index;

import dev.ragd.jobs.Progress;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.store.VectorCollection;
import org.jspecify.annotations.Nullable;

/**
 * A run in this process of a job that writes the chunks of files: what it works with, and the collection it writes to. Used
 * by one step at a time.
 */
public abstract class CollectionRun implements AutoCloseable {

    private final String backend;
    private final String collectionName;
    private final IndexSettings settings;
    private final IndexResources resources;
    private final Progress progress;
    private @Nullable VectorCollection collection;

    /**
     * @param backend the store's name
     * @param collectionName what users call the collection
     */
    protected CollectionRun(
            String backend,
            String collectionName,
            IndexSettings settings,
            IndexResources resources,
            Progress progress) {
        this.backend = backend;
        this.collectionName = collectionName;
        this.settings = settings;
        this.resources = resources;
        this.progress = progress;
    }

    public String backend() {
        return backend;
    }

    public String collectionName() {
        return collectionName;
    }

    /** True when what the ledger knows of a file's chunks does not count: all of them are embedded again. */
    public abstract boolean full();

    public IndexSettings settings() {
        return settings;
    }

    public IndexResources resources() {
        return resources;
    }

    public Progress progress() {
        return progress;
    }

    /** What there is one plan of at a time: the collection, whatever its generation, and the job. */
    public abstract String scope();

    /** What a plan takes for granted: made with another model, parser or chunker, it must not be taken up. */
    public String world() {
        return ChunkIds.textDigest(resources.embedderId().fingerprint() + "\u0000" + resources.pipeline() + "\u0000"
                + settings.distance());
    }

    /** The collection of the plan, opened once. */
    public VectorCollection collection(PlanHead plan) {
        return collection(plan.collection());
    }

    /** The same by its name in the store. */
    public synchronized VectorCollection collection(String physical) {
        if (collection == null) {
            collection = resources.store().open(physical);
        }
        return collection;
    }

    /** Closes the collection; the resources belong to the caller. */
    @Override
    public synchronized void close() {
        if (collection != null) {
            collection.close();
            collection = null;
        }
    }
}
