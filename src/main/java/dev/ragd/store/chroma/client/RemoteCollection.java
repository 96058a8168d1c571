package dev.ragd.store.chroma.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A collection as the server describes it.
 *
 * @param id its UUID
 * @param name its name
 * @param dimension components per vector; null before the first record
 * @param space {@code cosine}, {@code l2} or {@code ip}
 * @param embeddingFunction the name of the embedding function recorded with it, or null
 * @param metadata as it is; plain values are String, Long, Double and Boolean
 */
public record RemoteCollection(
        String id,
        String name,
        @Nullable Integer dimension,
        String space,
        @Nullable String embeddingFunction,
        Map<String, Object> metadata) {}
