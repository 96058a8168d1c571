package dev.ragd.store.leann;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.CollectionState;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.OrdinalSet;
import dev.ragd.store.documents.RecordRules;
import dev.ragd.store.documents.ScoredOrdinal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open collection of vectors whose model is not at hand: each is kept as a code of four bits a component ({@link
 * ScalarQuantizer#toKeep}), and what the code stands for is the vector from then on. Nothing is embedded again, so any model's
 * vectors are taken, with a text or without; what they lose is bounded by {@link #ERROR}, or they are refused.
 *
 * <p>A search compares the query with all codes that the filter leaves, by table look-ups, and then with the vectors of the
 * best: it is exact for what is kept. Safe for use by several threads: one writes, searches do not wait for it.
 */
final class QuantisedState implements CollectionState {

    /** What a vector may lose, as a share of its length. Most lose about a tenth. */
    static final double ERROR = 0.2;

    private static final String VECTORS = "vectors";
    private static final String FOUR_BITS = "quantised-4";

    /** What the header of such a collection says. */
    static final Metadata SETTINGS = Metadata.EMPTY.with(VECTORS, FOUR_BITS);

    private static final Set<Capability> CAPABILITIES =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(Capability.EXACT_VECTORS)));

    private static final int GENERATION = 0;

    /** Estimates add up in floats: so many more than are wanted are looked at, and the best are surely among them. */
    private static final int SPARE = 32;

    private final CollectionFolder folder;
    private final DocumentStore documents;
    private final ScalarQuantizer quantizer;
    private final LiveCodes codes;

    QuantisedState(CollectionFolder folder) {
        this.folder = folder;
        this.quantizer = ScalarQuantizer.toKeep(spec().dimension());
        this.codes = new LiveCodes(name(), (committed, generation) -> quantizer);
        this.documents = DocumentStore.open(LeannStore.NAME, folder);
    }

    /** True for the header of such a collection. */
    static boolean isOf(CollectionHeader header) {
        return FOUR_BITS.equals(header.settings().text(VECTORS));
    }

    private CollectionSpec spec() {
        return folder.header().spec();
    }

    private String name() {
        return LeannStore.NAME + " collection '" + spec().name() + "'";
    }

    @Override
    public DocumentStore documents() {
        return documents;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public double vectorError() {
        return ERROR;
    }

    /** @throws StoreException.InvalidRecord when a vector would lose more than {@link #ERROR}; nothing is written */
    @Override
    public void write(List<VectorRecord> batch) {
        RecordRules.check(batch, LeannStore.NAME, folder.header());
        List<byte[]> stored = new ArrayList<>(batch.size());
        for (VectorRecord record : batch) {
            float[] vector = Objects.requireNonNull(record.vector());
            byte[] code = StoredCode.of(GENERATION, quantizer, vector);
            double error = Math.sqrt(quantizer.error(vector, code, code.length - quantizer.codeBytes()));
            if (!(error <= ERROR)) { // or NaN, of a length that no float can say
                throw new StoreException.InvalidRecord(
                        record.id(),
                        String.format(
                                Locale.ROOT,
                                "four bits a component would change its vector by %.2f of its length, and at most %.2f is"
                                        + " kept; choose a store that keeps vectors",
                                error,
                                ERROR));
            }
            stored.add(code);
        }
        documents.upsert(batch, stored);
    }

    @Override
    public List<ScoredOrdinal> nearest(DocumentSnapshot now, float[] query, int k, @Nullable Filter filter) {
        OrdinalSet wanted = filter == null ? now.live() : now.matching(filter);
        if (wanted.size() == 0) {
            return List.of();
        }
        Distance distance = spec().distance();
        CodeTable table = codes.at(now);
        int some = (int) Math.min(wanted.size(), (long) k + SPARE);
        int[] best = table.nearest(query, distance, wanted, some, Effort.fixed(some, false));
        List<VectorRecord> ids = now.records(best, Set.of());
        List<ScoredRecord> scored = new ArrayList<>(best.length);
        for (int i = 0; i < best.length; i++) {
            double score = distance.score(query, vector(table, best[i]));
            scored.add(new ScoredRecord(best[i], score, ids.get(i).id()));
        }
        return ScoredRecord.best(scored.stream(), k);
    }

    @Override
    public float[][] vectors(DocumentSnapshot now, List<VectorRecord> records) {
        CodeTable table = codes.at(now);
        return records.stream().map(r -> vector(table, now.ordinal(r.id()))).toArray(float[][]::new);
    }

    private float[] vector(CodeTable table, int ordinal) {
        for (CodeBlock.View block : table.blocks()) {
            int row = block.row(ordinal);
            if (row >= 0) {
                return quantizer.decode(block.codes(), row * quantizer.codeBytes());
            }
        }
        throw new StoreException.CorruptIndex(name() + ": a record has no code", null);
    }

    /** The codes of a moment, for the look at the collection's health. */
    CodeTable table(DocumentSnapshot now) {
        return codes.at(now);
    }

    @Override
    public void checkpoint() {
        documents.commit();
    }

    @Override
    public void close() {
        documents.close();
    }

    @Override
    public void abandon() {
        documents.abandon();
    }
}
