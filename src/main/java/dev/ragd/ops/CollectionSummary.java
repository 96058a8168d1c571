package dev.ragd.ops;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A line about a collection.
 *
 * @param name what the user calls it
 * @param physical its name in the store
 * @param generation counts from 1; 0 for one that is not in use (an older generation, kept for a rollback, or one in the
 *     making)
 * @param count records in it
 * @param dimension components per vector; empty while nothing was written to it
 * @param distance label, for example {@code cosine}
 * @param embedder the model that made it, for example {@code local:all-minilm-l6-v2-int8}; null when it does not say
 */
public record CollectionSummary(
        String name,
        String physical,
        int generation,
        long count,
        OptionalInt dimension,
        String distance,
        @Nullable String embedder) {}
