package dev.ragd.store.leann;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Filter;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionState;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.OrdinalSet;
import dev.ragd.store.documents.RecordRules;
import dev.ragd.store.documents.ScoredOrdinal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An open collection. Vectors are not kept. Each record has a code, a value of its own in the document store, so that it is
 * there exactly when the record is: commits, crashes, tombstones and merges need no care of ours. The value says which
 * codebook it was made with; the codebooks are files of their own, named by the commit.
 *
 * <p>A search: the filter becomes a bitmap; the codes of what is in it are compared with the query by table look-ups; the
 * texts of the most promising, as many as {@link Effort} says, are embedded again; their exact scores decide. What is no more
 * than that is embedded whole, so a narrow filter gives exact answers. In mode {@code graph} what is in the graph is
 * searched by a walk through that ({@link GraphSearch}), and the rest by its codes.
 *
 * <p>New records are encoded with the newest codebook. The first one is learned at the checkpoint that finds enough records;
 * until then codes are untrained (generation 0). Whose vectors are still at hand get a code of the new generation, the others
 * keep theirs. Safe for use by several threads: one writes, searches do not wait for it.
 */
final class LeannState implements CollectionState {

    private static final int UNTRAINED = 0;

    private final CollectionFolder folder;
    private final LeannSettings settings;
    private final DocumentStore documents;
    private final CollectionModel model;
    private final CodebookFiles files;
    private final Learning learning;
    private final GraphIndex graphs;
    private final Map<Integer, Codebook> codebooks = new ConcurrentHashMap<>();
    private final Map<Integer, Quantizer> quantizers = new ConcurrentHashMap<>();

    private final LiveCodes codes;

    LeannState(CollectionFolder folder, LeannSettings settings, CollectionModel model) {
        this.folder = folder;
        this.settings = settings;
        this.model = model;
        this.files = new CodebookFiles(folder);
        this.documents = DocumentStore.open(LeannStore.NAME, folder);
        this.codes = new LiveCodes(name(), this::quantizer);
        this.graphs = new GraphIndex(this, settings);
        this.learning = new Learning(this, settings, model, files, graphs);
        quantizers.put(UNTRAINED, ScalarQuantizer.toSearch(spec().dimension()));
    }

    @Override
    public DocumentStore documents() {
        return documents;
    }

    @Override
    public Set<Capability> capabilities() {
        return LeannStore.CAPABILITIES;
    }

    /** The collection's folder. */
    CollectionFolder folder() {
        return folder;
    }

    CollectionSpec spec() {
        return folder.header().spec();
    }

    /**
     * Inserts or replaces records.
     *
     * @throws StoreException.InvalidRecord when one has no text to make its vector from again
     * @throws StoreException.ForeignVectors when a vector is not the model's
     */
    @Override
    public void write(List<VectorRecord> batch) {
        RecordRules.check(batch, LeannStore.NAME, folder.header());
        for (VectorRecord record : batch) {
            String text = record.text();
            if (text == null || text.isBlank()) {
                throw new StoreException.InvalidRecord(
                        record.id(),
                        LeannStore.NAME + " makes vectors anew from the text, and this record has "
                                + (text == null ? "none" : "only blanks")
                                + "; keep it in another store, or leave it out");
            }
        }
        model.requireOwn(batch);
        learning.write(batch);
    }

    @Override
    public List<ScoredOrdinal> nearest(DocumentSnapshot now, float[] query, int k, @Nullable Filter filter) {
        OrdinalSet wanted = filter == null ? now.live() : now.matching(filter);
        if (wanted.size() == 0) {
            return List.of();
        }
        CodeTable table = table(now);
        Recomputation exact = new Recomputation(this, now, table, query);
        ProximityGraph graph = graphs.of(committed(now));
        if (graph == null) {
            scan(now, query, k, wanted, filter != null, table, exact);
        } else {
            OrdinalSet[] parts = graph.split(wanted);
            scan(now, query, k, parts[1], filter != null, table, exact);
            walk(now, query, k, graph, parts[0], table, exact);
        }
        return exact.best(k, wanted);
    }

    /** Embeds again what the codes say is most promising. */
    private void scan(
            DocumentSnapshot now,
            float[] query,
            int k,
            OrdinalSet wanted,
            boolean filtered,
            CodeTable table,
            Recomputation exact) {
        if (wanted.size() > 0) {
            Effort effort = effort(now, k, wanted.size(), filtered);
            boolean narrow = wanted.size() <= effort.usual();
            exact.scores(narrow ? all(wanted) : table.nearest(query, spec().distance(), wanted, k, effort));
        }
    }

    /** Embeds again what a walk through the graph comes to. */
    private void walk(
            DocumentSnapshot now,
            float[] query,
            int k,
            ProximityGraph graph,
            OrdinalSet wanted,
            CodeTable table,
            Recomputation exact) {
        GraphSettings how = Objects.requireNonNull(settings.graph());
        OrdinalSet live = graph.split(now.live())[0];
        if (wanted.size() == 0) {
            return;
        }
        if (GraphSearch.isNarrow(wanted.size(), live.size(), Math.max(k, how.ef()))) {
            exact.scores(all(wanted));
        } else {
            GraphSearch.Approximation estimates = table.estimates(query, spec().distance());
            new GraphSearch(graph, live, estimates, exact::scores, how, GraphIndex.BATCH).run(k, wanted);
        }
    }

    /** How much a search embeds again. */
    Effort effort(DocumentSnapshot now, int k, int among, boolean filtered) {
        if (settings.budget() > 0) {
            return Effort.fixed(Math.max(k, settings.budget()), false); // as the user says
        }
        double target = settings.targetRecall();
        LeannCommit committed = committed(now);
        if (committed.newest() == UNTRAINED) {
            return Effort.fixed(BudgetTable.UNTRAINED.budget(k, target, among), filtered);
        }
        int usual = codebook(committed, committed.newest()).budgets().budget(k, target, among);
        float margin = 0;
        for (int generation : committed.codebooks().keySet()) {
            MarginTable margins = codebook(committed, generation).margins();
            if (margins == null) {
                return Effort.fixed(usual, filtered);
            }
            margin = Math.max(margin, margins.margin(k, target, filtered));
        }
        boolean measured = margin < Float.POSITIVE_INFINITY;
        return measured ? Effort.within(margin, usual, filtered) : Effort.fixed(usual, filtered);
    }

    static int[] all(OrdinalSet set) {
        int[] all = new int[set.size()];
        int next = -1;
        for (int i = 0; i < all.length; i++) {
            next = set.next(next + 1);
            all[i] = next;
        }
        return all;
    }

    @Override
    public float[][] vectors(DocumentSnapshot now, List<VectorRecord> records) {
        return recompute(records);
    }

    /**
     * The vectors of records, made anew.
     *
     * @param records with their texts
     * @return {@code float[n][dimension]}
     */
    float[][] recompute(List<VectorRecord> records) {
        List<String> texts = new ArrayList<>(records.size());
        for (VectorRecord record : records) {
            texts.add(Objects.requireNonNull(record.text(), "a record was written without a text"));
        }
        return texts.isEmpty() ? new float[0][] : model.embed(texts);
    }

    /** @throws StoreException.EmbedderMismatch when a vector is not the one that the record's code was made from */
    void requireFit(CodeTable table, int ordinal, VectorRecord record, float[] vector) {
        if (!table.fits(ordinal, vector)) {
            throw model.drifted(record);
        }
    }

    /** The graph, when there is to be one. */
    GraphIndex graphs() {
        return graphs;
    }

    /** The codes of everything that lives at a moment. */
    CodeTable table(DocumentSnapshot now) {
        return codes.at(now);
    }

    /** What the last commit says of the codes. */
    LeannCommit committed(DocumentSnapshot now) {
        return LeannCommit.of(now.adapterData(), name());
    }

    /** The codebook of a generation from 1 on. */
    Codebook codebook(LeannCommit committed, int generation) {
        return codebooks.computeIfAbsent(generation, g -> {
            CommittedFile name = committed.codebooks().get(g);
            if (name == null) {
                throw new StoreException.CorruptIndex(
                        name() + ": there are codes of codebook " + g + ", which no commit names", null);
            }
            return files.read(g, name);
        });
    }

    /** What encodes a generation; the codebook of generation 0 needs no file. */
    Quantizer quantizer(LeannCommit committed, int generation) {
        Quantizer known = quantizers.get(generation);
        return known != null
                ? known
                : quantizers.computeIfAbsent(
                        generation, g -> codebook(committed, g).quantizer());
    }

    /** Commits, then learns a codebook and builds a graph when it is time to. */
    @Override
    public void checkpoint() {
        learning.checkpoint();
    }

    String name() {
        return LeannStore.NAME + " collection '" + spec().name() + "'";
    }

    @Override
    public void close() {
        try {
            learning.close();
        } finally {
            graphs.close();
            documents.close();
        }
    }

    @Override
    public void abandon() {
        graphs.close();
        documents.abandon();
    }
}
