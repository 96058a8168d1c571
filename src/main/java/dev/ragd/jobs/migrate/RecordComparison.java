package dev.ragd.jobs.migrate;

import dev.ragd.store.Capability;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares two versions of a record as exactly as both stores promise to keep it: bit by bit where they declare
 * {@link Capability#EXACT_VECTORS} and {@link Capability#EXACT_DOUBLES}, otherwise within the tolerance that the port
 * defines: two units in the last place per component and four for doubles in metadata, or what a target that keeps vectors
 * as codes may change of them. Immutable.
 *
 * @param vectors whether vectors are compared at all: not when they were made by another model
 * @param exactVectors bit by bit
 * @param exactDoubles bit by bit
 * @param vectorError how far a vector may be from the source's, as a share of its length, see {@link
 *     VectorCollection#vectorError}; 0 when it is compared component by component
 */
record RecordComparison(boolean vectors, boolean exactVectors, boolean exactDoubles, double vectorError) {

    static final int VECTOR_ULPS = 2;
    static final int DOUBLE_ULPS = 4;
    /** A vector's error is measured when it is written, and again of what was read back. */
    private static final double ROUNDING = 1e-4;

    /** What follows from what a target keeps, and from what the source gives when it is read a second time. */
    static RecordComparison of(boolean vectors, VectorCollection source, VectorCollection target) {
        Set<Capability> given = source.capabilities();
        Set<Capability> kept = target.capabilities();
        return new RecordComparison(
                vectors,
                given.contains(Capability.EXACT_VECTORS) && kept.contains(Capability.EXACT_VECTORS),
                given.contains(Capability.EXACT_DOUBLES) && kept.contains(Capability.EXACT_DOUBLES),
                target.vectorError());
    }

    /** True when all that is compared is compared bit by bit. */
    boolean exact() {
        return exactDoubles && (exactVectors || !vectors);
    }

    /** For people and reports: what counts as equal. */
    String tolerance() {
        List<String> parts = new ArrayList<>();
        if (!vectors) {
            parts.add("vectors made anew");
        } else if (vectorError > 0) {
            parts.add(String.format(Locale.ROOT, "%.2f of a vector's length", vectorError));
        } else if (!exactVectors) {
            parts.add(VECTOR_ULPS + " ulp per vector component");
        }
        if (!exactDoubles) {
            parts.add(DOUBLE_ULPS + " ulp per double in metadata");
        }
        return parts.isEmpty() ? "none: bit by bit" : String.join(", ", parts);
    }

    /** What differs, for people, for example {@code metadata 'page': 3 instead of 4}; null when nothing does. */
    @Nullable
    String difference(VectorRecord source, VectorRecord target) {
        if (!Objects.equals(source.text(), target.text())) {
            return "text: " + length(target.text()) + " instead of " + length(source.text());
        }
        String metadata = difference(source.metadata(), target.metadata());
        return metadata != null || !vectors ? metadata : difference(source.vector(), target.vector());
    }

    private static String length(@Nullable String text) {
        return text == null
                ? "none"
                : text.length() + " characters (hash " + Integer.toHexString(text.hashCode()) + ")";
    }

    private @Nullable String difference(Metadata source, Metadata target) {
        for (var e : source.values().entrySet()) {
            MetadataValue found = target.get(e.getKey());
            if (found == null) {
                return "metadata '" + e.getKey() + "' is missing";
            }
            if (!same(e.getValue(), found)) {
                return "metadata '" + e.getKey() + "': " + shorten(found.raw()) + " instead of "
                        + shorten(e.getValue().raw());
            }
        }
        for (String key : target.values().keySet()) {
            if (source.get(key) == null) {
                return "metadata '" + key + "' is too much";
            }
        }
        return null;
    }

    private boolean same(MetadataValue source, MetadataValue target) {
        if (source instanceof MetadataValue.Real a && target instanceof MetadataValue.Real b) {
            return a.equals(b)
                    || (!exactDoubles && Math.abs(a.value() - b.value()) <= DOUBLE_ULPS * Math.ulp(a.value()));
        }
        if (source instanceof MetadataValue.Items a && target instanceof MetadataValue.Items b) {
            boolean all = a.values().size() == b.values().size();
            for (int i = 0; all && i < a.values().size(); i++) {
                all = same(a.values().get(i), b.values().get(i));
            }
            return all;
        }
        return source.equals(target);
    }

    private @Nullable String difference(float @Nullable [] source, float @Nullable [] target) {
        if (source == null || target == null) {
            return source == target ? null : "the vector is missing";
        }
        if (source.length != target.length) {
            return "the vector has " + target.length + " components instead of " + source.length;
        }
        if (vectorError > 0) {
            double error = error(source, target);
            return error <= vectorError + ROUNDING
                    ? null
                    : String.format(
                            Locale.ROOT, "the vector differs by %.3f of its length, at most %.3f", error, vectorError);
        }
        for (int i = 0; i < source.length; i++) {
            boolean same = Float.floatToRawIntBits(source[i]) == Float.floatToRawIntBits(target[i]);
            if (!same
                    && (exactVectors
                            || !(Math.abs((double) source[i] - target[i])
                                    <= VECTOR_ULPS * (double) Math.ulp(source[i])))) {
                return "vector component " + i + ": " + target[i] + " instead of " + source[i];
            }
        }
        return null;
    }

    private static double error(float[] source, float[] target) {
        double lost = 0;
        double square = 0;
        for (int i = 0; i < source.length; i++) {
            double lack = (double) source[i] - target[i];
            lost += lack * lack;
            square += (double) source[i] * source[i];
        }
        return lost == 0 ? 0 : Math.sqrt(lost / square);
    }

    private static String shorten(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
