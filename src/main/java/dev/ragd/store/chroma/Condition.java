package dev.ragd.store.chroma;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A condition in Chroma's words. Each is true or false for each record, as in {@link dev.ragd.store.Filter}. */
sealed interface Condition {

    /** Always or never. */
    enum Constant implements Condition {
        TRUE,
        FALSE
    }

    /** On a metadata key: {@code {key: {op: operand}}}. */
    record Leaf(String key, String op, Object operand) implements Condition {}

    /** On the text: {@code {op: substring}}. */
    record Doc(String op, String substring) implements Condition {}

    /** All of them, at least two, none of them a constant or another All. */
    record All(List<Condition> parts) implements Condition {}

    /** One of them at least, at least two, none of them a constant or another Any. */
    record Any(List<Condition> parts) implements Condition {}

    static Condition all(List<Condition> parts) {
        List<Condition> flat = new ArrayList<>();
        for (Condition p : parts) {
            if (p == Constant.FALSE) {
                return Constant.FALSE;
            } else if (p instanceof All a) {
                flat.addAll(a.parts());
            } else if (p != Constant.TRUE) {
                flat.add(p);
            }
        }
        return flat.isEmpty() ? Constant.TRUE : flat.size() == 1 ? flat.get(0) : new All(List.copyOf(flat));
    }

    static Condition any(List<Condition> parts) {
        List<Condition> flat = new ArrayList<>();
        for (Condition p : parts) {
            if (p == Constant.TRUE) {
                return Constant.TRUE;
            } else if (p instanceof Any a) {
                flat.addAll(a.parts());
            } else if (p != Constant.FALSE) {
                flat.add(p);
            }
        }
        return flat.isEmpty() ? Constant.FALSE : flat.size() == 1 ? flat.get(0) : new Any(List.copyOf(flat));
    }

    /** The opposite; empty when Chroma has no words for it. */
    default Optional<Condition> negated() {
        if (this instanceof Constant c) {
            return Optional.of(c == Constant.TRUE ? Constant.FALSE : Constant.TRUE);
        } else if (this instanceof Leaf l) {
            return Optional.ofNullable(OPPOSITES.get(l.op())).map(op -> new Leaf(l.key(), op, l.operand()));
        } else if (this instanceof Doc d) {
            return Optional.ofNullable(OPPOSITES.get(d.op())).map(op -> new Doc(op, d.substring()));
        }
        List<Condition> parts = this instanceof All a ? a.parts() : ((Any) this).parts();
        List<Condition> opposites = new ArrayList<>();
        for (Condition p : parts) {
            Optional<Condition> opposite = p.negated();
            if (opposite.isEmpty()) {
                return Optional.empty();
            }
            opposites.add(opposite.get());
        }
        return Optional.of(this instanceof All ? any(opposites) : all(opposites));
    }

    /** True opposites: {@code $ne}, {@code $nin} and {@code $not_contains} also hold where the key or text is missing. */
    Map<String, String> OPPOSITES = Map.of(
            "$eq",
            "$ne",
            "$ne",
            "$eq",
            "$in",
            "$nin",
            "$nin",
            "$in",
            "$contains",
            "$not_contains",
            "$not_contains",
            "$contains");

    /** Leaves, of metadata and text. */
    default Stream<Condition> leaves() {
        if (this instanceof All a) {
            return a.parts().stream().flatMap(Condition::leaves);
        } else if (this instanceof Any a) {
            return a.parts().stream().flatMap(Condition::leaves);
        }
        return Stream.of(this);
    }

    /** As JSON for {@code where} (metadata leaves only) or {@code where_document} (text leaves only). */
    default Map<String, Object> json() {
        if (this instanceof Leaf l) {
            return Map.of(l.key(), Map.of(l.op(), l.operand()));
        } else if (this instanceof Doc d) {
            return Map.of(d.op(), d.substring());
        } else if (this instanceof All a) {
            return Map.of("$and", a.parts().stream().map(Condition::json).toList());
        } else if (this instanceof Any a) {
            return Map.of("$or", a.parts().stream().map(Condition::json).toList());
        }
        throw new IllegalStateException("a constant has no JSON");
    }
}
