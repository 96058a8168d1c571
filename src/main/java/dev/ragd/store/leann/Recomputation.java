package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.OrdinalSet;
import dev.ragd.store.documents.ScoredOrdinal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The exact part of one search: embeds records again, checks them against their codes, and keeps their scores. For one thread. */
final class Recomputation {

    private final LeannState state;
    private final DocumentSnapshot now;
    private final CodeTable table;
    private final float[] query;
    private final List<ScoredRecord> scored = new ArrayList<>();

    Recomputation(LeannState state, DocumentSnapshot now, CodeTable table, float[] query) {
        this.state = state;
        this.now = now;
        this.table = table;
        this.query = query;
    }

    /**
     * Embeds records again.
     *
     * @param ordinals of live records that were not given before
     * @return their scores
     * @throws dev.ragd.store.StoreException.EmbedderMismatch when a vector is not the one that its code was made from
     */
    double[] scores(int[] ordinals) {
        List<VectorRecord> records = now.records(ordinals, Set.of(Field.TEXT));
        float[][] vectors = state.recompute(records);
        Distance distance = state.spec().distance();
        double[] scores = new double[ordinals.length];
        for (int i = 0; i < scores.length; i++) {
            state.requireFit(table, ordinals[i], records.get(i), vectors[i]);
            scores[i] = distance.score(query, vectors[i]);
            scored.add(new ScoredRecord(ordinals[i], scores[i], records.get(i).id()));
        }
        return scores;
    }

    /** The best of all that were embedded and are wanted, best first, equal scores in order of id. */
    List<ScoredOrdinal> best(int k, OrdinalSet wanted) {
        return ScoredRecord.best(scored.stream().filter(s -> wanted.contains(s.ordinal())), k);
    }
}
