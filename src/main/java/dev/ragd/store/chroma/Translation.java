package dev.ragd.store.chroma;

import dev.ragd.store.chroma.Condition.All;
import dev.ragd.store.chroma.Condition.Doc;
import dev.ragd.store.chroma.Condition.Leaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a filter is left to the server.
 *
 * @param condition holds for every record that matches the filter
 * @param exact true when it holds for no other record
 */
record Translation(Condition condition, boolean exact) {

    /** Nothing is left to the server. */
    static final Translation UNKNOWN = new Translation(Condition.Constant.TRUE, false);

    static final Translation ALWAYS = new Translation(Condition.Constant.TRUE, true);
    static final Translation NEVER = new Translation(Condition.Constant.FALSE, true);

    static Translation exact(Condition condition) {
        return new Translation(condition, true);
    }

    static Translation superset(Condition condition) {
        return new Translation(condition, false);
    }

    Translation negated() {
        return exact ? condition.negated().map(Translation::exact).orElse(UNKNOWN) : UNKNOWN;
    }

    static Translation all(List<Translation> parts) {
        Condition c = Condition.all(parts.stream().map(Translation::condition).toList());
        return new Translation(
                c, c == Condition.Constant.FALSE || parts.stream().allMatch(Translation::exact));
    }

    static Translation any(List<Translation> parts) {
        Condition c = Condition.any(parts.stream().map(Translation::condition).toList());
        boolean always = parts.stream().anyMatch(p -> p.exact() && p.condition() == Condition.Constant.TRUE);
        return new Translation(c, always || parts.stream().allMatch(Translation::exact));
    }

    boolean isNever() {
        return condition == Condition.Constant.FALSE;
    }

    /**
     * The two conditions of a request, which the server combines with "and".
     *
     * @param where on metadata, or null
     * @param whereDocument on the text, or null
     * @param exact true when the answer needs no further filtering
     */
    record Request(
            @Nullable Map<String, Object> where, @Nullable Map<String, Object> whereDocument, boolean exact) {

        /** True when the server lets every record through. */
        boolean isUnconditional() {
            return where == null && whereDocument == null;
        }
    }

    /** Splits the condition; a part that mixes metadata and text under "or" is left out. */
    Request request() {
        List<Condition> parts = condition instanceof All a ? a.parts() : List.of(condition);
        List<Condition> onMetadata = new ArrayList<>();
        List<Condition> onText = new ArrayList<>();
        boolean complete = true;
        for (Condition part : parts) {
            if (part.leaves().allMatch(Leaf.class::isInstance)) {
                onMetadata.add(part);
            } else if (part.leaves().allMatch(Doc.class::isInstance)) {
                onText.add(part);
            } else if (part != Condition.Constant.TRUE) {
                complete = false;
            }
        }
        return new Request(json(onMetadata), json(onText), exact && complete);
    }

    private static @Nullable Map<String, Object> json(List<Condition> parts) {
        return parts.isEmpty() ? null : Condition.all(parts).json();
    }
}
