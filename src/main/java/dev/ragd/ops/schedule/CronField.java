package dev.ragd.ops.schedule;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One of the five fields of a {@link CronExpression}.
 *
 * @param values the values that it allows
 * @param starred it begins with {@code *}: such a day field restricts together with the other one, not instead of it
 */
record CronField(BitSet values, boolean starred) {

    /** What a field is about. */
    enum Kind {
        MINUTE("minute", 0, 59, List.of()),
        HOUR("hour", 0, 23, List.of()),
        DAY_OF_MONTH("day of month", 1, 31, List.of()),
        MONTH(
                "month",
                1,
                12,
                List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
        /** Sunday is 0, and may be written as 7. */
        DAY_OF_WEEK("day of week", 0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

        private final String label;
        private final int least;
        private final int most;
        private final List<String> names;

        Kind(String label, int least, int most, List<String> names) {
            this.label = label;
            this.least = least;
            this.most = most;
            this.names = names;
        }

        /** The greatest value, where Sunday is 0 only. */
        int greatest() {
            return this == DAY_OF_WEEK ? 6 : most;
        }

        int least() {
            return least;
        }
    }

    /** @throws IllegalArgumentException when it is none; the message says what is expected */
    static CronField parse(Kind kind, String text) {
        BitSet values = new BitSet();
        for (String part : text.split(",", -1)) {
            add(kind, text, part, values);
        }
        if (kind == Kind.DAY_OF_WEEK && values.get(7)) {
            values.clear(7);
            values.set(0);
        }
        return new CronField(values, text.startsWith("*"));
    }

    private static void add(Kind kind, String text, String part, BitSet values) {
        String[] range = part.split("/", -1);
        int step = 1;
        if (range.length == 2) {
            step = number(range[1]);
            if (step < 1) {
                throw wrong(kind, text, "the step '" + range[1] + "' is not a whole number from 1");
            }
        } else if (range.length != 1) {
            throw wrong(kind, text, "'" + part + "' has more than one step");
        }
        int first = kind.least;
        int last = kind.greatest();
        if (!range[0].equals("*")) {
            String[] ends = range[0].split("-", -1);
            first = value(kind, text, ends[0]);
            last = ends.length == 2 ? value(kind, text, ends[1]) : first;
            if (ends.length > 2) {
                throw wrong(kind, text, "'" + range[0] + "' is not a range such as 1-5");
            }
            if (ends.length == 1 && range.length == 2) {
                throw wrong(kind, text, "a step needs a range: write " + first + "-" + kind.greatest() + "/" + step);
            }
            if (last < first) {
                throw wrong(
                        kind,
                        text,
                        "the range " + range[0] + " runs backwards: write " + first + "-" + kind.greatest() + ","
                                + (last == kind.least ? "" : kind.least + "-") + last);
            }
        }
        for (int value = first; value <= last; value += step) {
            values.set(value);
        }
    }

    private static int value(Kind kind, String text, String word) {
        int name = kind.names.indexOf(word.toLowerCase(Locale.ROOT));
        int value = name < 0 ? number(word) : name + kind.least;
        if (value < kind.least || value > kind.most) {
            throw wrong(kind, text, word.isEmpty() ? "a value is missing" : "'" + word + "' is none");
        }
        return value;
    }

    private static int number(String digits) {
        return digits.matches("[0-9]{1,4}") ? Integer.parseInt(digits) : -1;
    }

    private static IllegalArgumentException wrong(Kind kind, String text, @Nullable String why) {
        String names =
                kind.names.isEmpty() ? "" : " or " + kind.names.get(0) + " to " + kind.names.get(kind.names.size() - 1);
        return new IllegalArgumentException("the " + kind.label + " '" + text + "' is not one that cron knows: " + why
                + "; expected *, values from " + kind.least + " to " + kind.most + names
                + ", ranges such as " + kind.least + "-" + (kind.least + 4)
                + ", steps such as */5, or a list of these");
    }

    /** The values and ranges that it allows, each with so many digits; {@code *} when it allows all. */
    String ranges(Kind kind, int digits) {
        if (values.cardinality() == kind.greatest() - kind.least + 1) {
            return "*";
        }
        StringBuilder text = new StringBuilder();
        for (int first = values.nextSetBit(0); first >= 0; ) {
            int last = values.nextClearBit(first) - 1;
            text.append(text.isEmpty() ? "" : ",").append(padded(first, digits));
            if (last > first) {
                text.append(last == first + 1 ? "," : "..").append(padded(last, digits));
            }
            first = values.nextSetBit(last + 1);
        }
        return text.toString();
    }

    private static String padded(int value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "d", value);
    }
}
