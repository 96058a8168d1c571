package dev.ragd.jobs.index;

import dev.ragd.jobs.Progress;

/** One run of the index job in this process. */
public final class IndexRun extends CollectionRun {

    private final IndexRequest request;
    private volatile boolean changesOnly;

    public IndexRun(IndexRequest request, IndexSettings settings, IndexResources resources, Progress progress) {
        super(request.backend(), request.collection(), settings, resources, progress);
        this.request = request;
    }

    /**
     * Leaves out what is unchanged, even when the request is for a full run: another run has done that already, and this one
     * looks for what changed since. To be called before it begins.
     */
    public void lookForChangesOnly() {
        changesOnly = true;
    }

    boolean looksForChangesOnly() {
        return changesOnly;
    }

    /** What the user asked for. */
    IndexRequest asked() {
        return request;
    }

    /** What this run does of that. */
    IndexRequest request() {
        return changesOnly ? request.changesOnly() : request;
    }

    @Override
    public boolean full() {
        return request().full();
    }

    @Override
    public String scope() {
        return backend() + "/" + collectionName();
    }
}
