package dev.ragd.jobs.index;

import dev.ragd.jobs.Progress;
import dev.ragd.store.VectorCollection;
import org.jspecify.annotations.Nullable;

/**
 * One run of the index job in this process: what was asked for, what it works with, and the collection it writes to.
 * Used by one step at a time.
 */
public final class IndexRun implements AutoCloseable {

    private final IndexRequest request;
    private final IndexSettings settings;
    private final IndexResources resources;
    private final Progress progress;
    private @Nullable VectorCollection collection;

    public IndexRun(IndexRequest request, IndexSettings settings, IndexResources resources, Progress progress) {
        this.request = request;
        this.settings = settings;
        this.resources = resources;
        this.progress = progress;
    }

    IndexRequest request() {
        return request;
    }

    IndexSettings settings() {
        return settings;
    }

    IndexResources resources() {
        return resources;
    }

    Progress progress() {
        return progress;
    }

    /** The collection all this is about, whatever its generation. */
    String scope() {
        return request.backend() + "/" + request.collection();
    }

    /** What a plan takes for granted: made with another model, parser or chunker, it must not be taken up. */
    String world() {
        return ChunkIds.textDigest(resources.embedderId().fingerprint() + "\u0000" + resources.pipeline() + "\u0000"
                + settings.distance());
    }

    /** The collection of the plan, opened once. */
    synchronized VectorCollection collection(PlanHead plan) {
        if (collection == null) {
            collection = resources.store().open(plan.collection());
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
