package dev.ragd.jobs.index;

import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import dev.ragd.ingest.Chunker;
import dev.ragd.ingest.DocumentParser;
import dev.ragd.store.VectorStore;

/**
 * What the index job works with. Each part is made when it is first asked for and kept: a run over unchanged files loads
 * no model and starts no parser. Thread-safe.
 */
public interface IndexResources extends AutoCloseable {

    /** The store written to. */
    VectorStore store();

    /** The identity of the configured model, without loading it. */
    EmbedderId embedderId();

    /** The configured model. */
    Embedder embedder();

    /** The configured parser. */
    DocumentParser parser();

    /** The configured chunker, which counts in the model's own tokens. */
    Chunker chunker();

    /** A fingerprint of parser and chunker: text and windows change only when it does. */
    String pipeline();

    /** Closes what was made. Idempotent. */
    @Override
    void close();
}
