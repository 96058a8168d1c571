package dev.ragd.store.chroma.client;

import java.util.Map;

/**
 * A collection to be created.
 *
 * @param space {@code cosine}, {@code l2} or {@code ip}
 * @param hnsw the index's other parameters by their names in Chroma ({@code ef_search} ...)
 * @param metadata plain values, at least one
 */
public record NewCollection(String name, String space, Map<String, Integer> hnsw, Map<String, Object> metadata) {}
