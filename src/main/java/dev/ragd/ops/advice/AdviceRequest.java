package dev.ragd.ops.advice;

import org.jspecify.annotations.Nullable;

/**
 * What an advice is asked for. What is null is looked up, or else assumed.
 *
 * @param collection what the user calls it; need not exist when {@code records} is given
 * @param records how many there are to be
 * @param dimension components per vector
 * @param filters whether searches filter
 * @param updatesPerDay records written or deleted a day
 */
public record AdviceRequest(
        String collection,
        @Nullable Long records,
        @Nullable Integer dimension,
        boolean filters,
        @Nullable Double updatesPerDay) {}
