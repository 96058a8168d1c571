package dev.ragd.app;

import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One model for all parts of a process that want it, because it takes a second and some 200 MB to load: opened by the first
 * claim, closed with the last. Safe for use by several threads.
 */
final class SharedEmbedder {

    private final Supplier<Embedder> opener;
    private @Nullable Embedder open;
    private int claims;

    SharedEmbedder(Supplier<Embedder> opener) {
        this.opener = opener;
    }

    /** The model; to be closed by who asked for it. */
    synchronized Embedder claim() {
        Embedder model = open;
        if (model == null) {
            model = opener.get();
            open = model;
        }
        claims++;
        return new Claim(model);
    }

    private synchronized void giveBack() {
        Embedder model = open;
        if (--claims == 0 && model != null) {
            open = null;
            model.close();
        }
    }

    private final class Claim implements Embedder {
        private final Embedder model;
        private boolean closed;

        Claim(Embedder model) {
            this.model = model;
        }

        @Override
        public EmbedderId id() {
            return model.id();
        }

        @Override
        public float[][] embedDocuments(List<String> texts) {
            return model.embedDocuments(texts);
        }

        @Override
        public float[] embedQuery(String text) {
            return model.embedQuery(text);
        }

        @Override
        public void close() {
            synchronized (SharedEmbedder.this) {
                if (!closed) {
                    closed = true;
                    giveBack();
                }
            }
        }
    }
}
