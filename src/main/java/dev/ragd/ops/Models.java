package dev.ragd.ops;

import dev.ragd.embed.Embedder;

/** Where the operations get embedding models from. A model is loaded at its first use, not when it is handed out. */
public interface Models {

    /**
     * The configured model. The caller closes it.
     *
     * @throws dev.ragd.embed.EmbedException when there is no such model
     */
    Embedder configured();

    /** MiniLM in full precision: what Chroma's clients call their {@code default} embedding function. The caller closes it. */
    Embedder chromaDefault();
}
