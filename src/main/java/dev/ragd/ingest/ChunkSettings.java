package dev.ragd.ingest;

/**
 * How long a chunk may be.
 *
 * @param maxTokens at most so many tokens of the model; leave the model's limit some room, for a chunk tokenised alone
 *     can have a few more than it has within its text
 * @param overlapTokens how many tokens of the end of a chunk the next one repeats, at most
 */
public record ChunkSettings(int maxTokens, int overlapTokens) {

    /** For models that read 256 tokens. */
    public static final ChunkSettings DEFAULT = new ChunkSettings(200, 30);

    public ChunkSettings {
        if (maxTokens < 4) {
            throw new IllegalArgumentException("chunk.max_tokens is " + maxTokens + ", must be at least 4");
        }
        if (overlapTokens < 0 || overlapTokens > maxTokens / 4) {
            throw new IllegalArgumentException("chunk.overlap_tokens is " + overlapTokens
                    + ", must be between 0 and a quarter of chunk.max_tokens (" + maxTokens / 4 + ")");
        }
    }

    /** Changes whenever texts would be cut elsewhere. */
    public String fingerprint() {
        return "chunks-" + Chunker.RULES_VERSION + "/" + maxTokens + "/" + overlapTokens;
    }
}
