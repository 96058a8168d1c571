package dev.ragd.app;

import dev.ragd.embed.Embedder;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateResources;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorStore;
import java.util.function.Function;

/** The ends of a migration between stores that a test opens; there is room for everything, and nothing is activated. */
final class TwoStores implements MigrateResources {

    private final VectorStore source;
    private final VectorStore target;
    private final Embedder embedder;

    TwoStores(MigrateRequest request, Function<StoreReference, VectorStore> opener, Embedder embedder) {
        this.source = opener.apply(request.from());
        this.target = request.from().equals(request.to()) ? source : opener.apply(request.to());
        this.embedder = embedder;
    }

    @Override
    public VectorStore source() {
        return source;
    }

    @Override
    public VectorStore target() {
        return target;
    }

    @Override
    public Embedder embedder() {
        return embedder;
    }

    @Override
    public void activate() {
        throw new AssertionError("nobody asked for it");
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
