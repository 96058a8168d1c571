package dev.ragd.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what somebody meant to type. */
public final class Nearest {

    private Nearest() {}

    /** The candidate that is few enough typing errors away; ties go to the first in alphabetical order. */
    public static Optional<String> to(String typed, Collection<String> candidates) {
        String lower = typed.toLowerCase(Locale.ROOT);
        int most = Math.max(1, typed.length() / 3);
        return candidates.stream()
                .sorted()
                .filter(c -> distance(lower, c.toLowerCase(Locale.ROOT)) <= most)
                .min(Comparator.comparingInt(c -> distance(lower, c.toLowerCase(Locale.ROOT))));
    }

    /** The number of inserted, deleted, replaced or swapped neighbouring characters between two words. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
