package dev.ragd.store;

import java.util.Locale;
import java.util.Optional;

/**
 * How nearness is measured, and the one score formula for it. Scores lie in [0,1], higher is nearer, and the same pair of
 * vectors has the same score in every store (up to float rounding).
 */
public enum Distance {
    /** Angle: score = (1 + cos) / 2. A zero vector has cos 0 with everything. */
    COSINE,
    /** Squared Euclidean distance d2: score = 1 / (1 + d2). */
    L2,
    /** Inner product p: score = (1 + p / (1 + |p|)) / 2, which keeps the order of all products. */
    IP;

    /** The name used in settings and by Chroma: {@code cosine}, {@code l2}, {@code ip}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Finds a distance by its label. */
    public static Optional<Distance> of(String label) {
        for (Distance d : values()) {
            if (d.label().equals(label)) {
                return Optional.of(d);
            }
        }
        return Optional.empty();
    }

    /** The score of a raw measure: the cosine, the squared distance, or the inner product. */
    public double scoreOf(double measure) {
        return switch (this) {
            case COSINE -> Math.min(1, Math.max(0, (1 + measure) / 2));
            case L2 -> 1 / (1 + Math.max(0, measure));
            case IP -> (1 + measure / (1 + Math.abs(measure))) / 2;
        };
    }

    /** The raw measure of two vectors of equal length, summed in double precision, component after component. */
    public double measure(float[] a, float[] b) {
        return switch (this) {
            case COSINE -> cosine(a, b);
            case L2 -> squared(a, b);
            case IP -> product(a, b);
        };
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            double x = a[i];
            double y = b[i];
            dot += x * y;
            aa += x * x;
            bb += y * y;
        }
        return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
    }

    private static double squared(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** The score of two vectors of equal length. */
    public double score(float[] a, float[] b) {
        return scoreOf(measure(a, b));
    }
}
