package dev.ragd.store.chroma.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records to be written, as parallel lists.
 *
 * @param vectors {@code float[n][dimension]}
 * @param texts null entries leave the text of an existing record alone
 * @param metadatas plain values; a null value removes its key, keys that are not named stay; null entries change nothing
 */
public record RecordBatch(
        List<String> ids,
        List<float[]> vectors,
        List<@Nullable String> texts,
        List<@Nullable Map<String, @Nullable Object>> metadatas) {}
