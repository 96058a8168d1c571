package dev.ragd.jobs.index;

import dev.ragd.jobs.Progress;

/** One run of the index job in this process. */
public final class IndexRun extends CollectionRun {

    private final IndexRequest request;

    public IndexRun(IndexRequest request, IndexSettings settings, IndexResources resources, Progress progress) {
        super(request.backend(), request.collection(), settings, resources, progress);
        this.request = request;
    }

    IndexRequest request() {
        return request;
    }

    @Override
    boolean full() {
        return request.full();
    }

    @Override
    String scope() {
        return backend() + "/" + collectionName();
    }
}
