package dev.ragd.ops.profile;

import java.util.ArrayList;
import java.util.List;

/**
 * A logarithmic axis with marks at 1, 2 and 5 times the powers of ten.
 *
 * @param low the value at {@code from}, positive
 * @param high the value at {@code to}, larger
 */
record LogScale(double low, double high, double from, double to) {

    private static final int MOST_MARKS = 9;

    /** The axis that has room for these values. */
    static LogScale around(double least, double most, double from, double to) {
        double low = mark(Math.max(least, 1e-3) * 0.9, false);
        double high = mark(Math.max(most, 1e-3) * 1.1, true);
        return new LogScale(low, Math.max(high, 10 * low), from, to);
    }

    double at(double value) {
        double clipped = Math.min(high, Math.max(low, value));
        return from + (to - from) * Math.log(clipped / low) / Math.log(high / low);
    }

    List<Double> marks() {
        List<Double> marks = marks(new int[] {1, 2, 5});
        return marks.size() <= MOST_MARKS ? marks : marks(new int[] {1});
    }

    private List<Double> marks(int[] steps) {
        List<Double> marks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(low)); Math.pow(10, power) <= high * 1.0001; power++) {
            for (int step : steps) {
                double mark = step * Math.pow(10, power);
                if (mark >= low * 0.9999 && mark <= high * 1.0001) {
                    marks.add(mark);
                }
            }
        }
        return marks;
    }

    /** The mark at or below, or at or above. */
    private static double mark(double value, boolean up) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        double[] marks = {power, 2 * power, 5 * power, 10 * power};
        double best = marks[up ? 3 : 0];
        for (double mark : marks) {
            if (up ? mark >= value && mark < best : mark <= value && mark > best) {
                best = mark;
            }
        }
        return best;
    }
}
