package dev.ragd.store.faiss;

import dev.ragd.store.documents.ScoredOrdinal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;

/** What may be among the best. For one thread. */
final class Candidates {

    private int[] ordinals;
    private double[] scores;
    private int n;

    Candidates(int expected) {
        ordinals = new int[expected];
        scores = new double[expected];
    }

    /** Offers a record; the same one may be offered several times, always with the same score. */
    void offer(int ordinal, double score) {
        if (n == ordinals.length) {
            ordinals = Arrays.copyOf(ordinals, 2 * n + 16);
            scores = Arrays.copyOf(scores, 2 * n + 16);
        }
        ordinals[n] = ordinal;
        scores[n++] = score;
    }

    /**
     * The best k, best first, equal scores in order of id.
     *
     * @param id gives the id of an ordinal; asked where scores are equal
     */
    List<ScoredOrdinal> best(int k, IntFunction<String> id) {
        ScoredOrdinal[] all = new ScoredOrdinal[n];
        for (int i = 0; i < n; i++) {
            all[i] = new ScoredOrdinal(ordinals[i], scores[i]);
        }
        Arrays.sort(all, Candidates::compare);
        List<ScoredOrdinal> best = new ArrayList<>(k);
        int at = 0;
        while (at < n && best.size() < k) {
            int end = at + 1;
            while (end < n && all[end].score() == all[at].score()) {
                end++;
            }
            if (end - at == 1) {
                best.add(all[at]);
            } else {
                best.addAll(inOrderOfId(Arrays.asList(all).subList(at, end), id));
            }
            at = end;
        }
        return best.size() <= k ? best : new ArrayList<>(best.subList(0, k));
    }

    /** Written out, because a search spends its time here: comparators made of comparators are not inlined. */
    private static int compare(ScoredOrdinal a, ScoredOrdinal b) {
        int byScore = Double.compare(b.score(), a.score());
        return byScore != 0 ? byScore : Integer.compare(a.ordinal(), b.ordinal());
    }

    /** The same ordinal may be there twice. */
    private static List<ScoredOrdinal> inOrderOfId(List<ScoredOrdinal> equal, IntFunction<String> id) {
        record Named(ScoredOrdinal hit, String id) {}
        List<Named> named = new ArrayList<>(equal.size());
        int before = -1;
        for (ScoredOrdinal hit : equal) {
            if (hit.ordinal() != before) {
                named.add(new Named(hit, id.apply(hit.ordinal())));
                before = hit.ordinal();
            }
        }
        named.sort(Comparator.comparing(Named::id));
        return named.stream().map(Named::hit).toList();
    }
}
