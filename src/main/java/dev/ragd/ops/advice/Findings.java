package dev.ragd.ops.advice;

import java.util.List;

/**
 * An advice with what it is built on.
 *
 * @param situation the numbers
 * @param facts where they come from, in words
 */
public record Findings(Situation situation, List<String> facts, Advice advice) {
    public Findings {
        facts = List.copyOf(facts);
    }
}
