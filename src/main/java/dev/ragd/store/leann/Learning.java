package dev.ragd.store.leann;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.FaissUnavailableException;
import dev.ragd.store.Field;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.OrdinalSet;
import dev.ragd.store.documents.RecordCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * The writing side of a collection: encodes what is written, remembers some of its vectors while they are at hand, and learns
 * a codebook from them at a checkpoint. Writes and learning exclude each other; searches go on. Safe for use by several
 * threads.
 *
 * <p>The vectors are remembered in memory only. When a process dies, or grows a collection in many small runs, those that are
 * missing for the first codebook are made anew, once in the collection's life. A later codebook is learned when as many new
 * records as old ones lose more than {@value #DRIFT} times what the held-out ones lost: new text is unlike the old. It is used
 * for what comes from then on. Since the collection has doubled before each, codebooks stay few and small beside it.
 */
final class Learning {

    /** New records may lose this many times what held-out ones lost before something is learned anew. */
    static final double DRIFT = 1.15;

    private static final int SLICE = 256;

    private final LeannState state;
    private final LeannSettings settings;
    private final CollectionModel model;
    private final CodebookFiles files;
    private final GraphIndex graphs;
    private final SharedCodebook shared;
    private final VectorSample sample;
    /** Of what this process encoded with the newest codebook and did not commit yet. */
    private long encoded;

    private double error;
    private boolean faissIsMissing;

    Learning(LeannState state, LeannSettings settings, CollectionModel model, CodebookFiles files, GraphIndex graphs) {
        this.state = state;
        this.settings = settings;
        this.model = model;
        this.files = files;
        this.graphs = graphs;
        this.shared = new SharedCodebook(settings.modelPath(), state.spec(), settings.notes());
        this.sample = new VectorSample(settings.trainAt());
    }

    /** Writes records whose vectors were found to be the model's. */
    synchronized void write(List<VectorRecord> batch) {
        LeannCommit committed = committed();
        int generation = committed.newest();
        Quantizer quantizer = state.quantizer(committed, generation);
        List<byte[]> codes = new ArrayList<>(batch.size());
        double lost = 0;
        for (VectorRecord record : batch) {
            float[] vector = Objects.requireNonNull(record.vector());
            byte[] code = StoredCode.of(generation, quantizer, vector);
            codes.add(code);
            lost += generation == 0 ? 0 : quantizer.error(vector, code, code.length - quantizer.codeBytes());
        }
        int first = state.documents().upsert(batch, codes);
        for (int i = 0; i < batch.size(); i++) {
            VectorRecord record = batch.get(i);
            sample.add(record.id(), first + i, Objects.requireNonNull(record.vector()));
            graphs.add(first + i, record.vector());
        }
        encoded += generation == 0 ? 0 : batch.size();
        error += lost;
    }

    private LeannCommit committed() {
        try (DocumentSnapshot now = state.documents().snapshot()) {
            return state.committed(now);
        }
    }

    /** Makes durable what was written, then learns and builds what it is time for. */
    synchronized void checkpoint() {
        commit();
        if (state.documents().isWriting()) {
            try (DocumentSnapshot now = state.documents().snapshot()) {
                if (LearnedQuantizer.parts(state.spec().dimension()) > 0) {
                    learnIfDue(now);
                }
            }
            graphs.update(false);
        }
    }

    /** Notes what was encoded; the records themselves are the document store's to commit. */
    synchronized void close() {
        if (encoded > 0) {
            commit();
        }
        if (state.documents().isWriting()) {
            graphs.update(true);
        }
    }

    private void commit() {
        DocumentStore documents = state.documents();
        if (encoded == 0) {
            documents.commit();
            return;
        }
        LeannCommit c = committed();
        if (isMuch(c)) { // these were looked at, and were like the old ones
            c = c.withEncoded(0, 0);
            sample.clear();
        }
        documents.commit(c.withEncoded(c.encoded() + encoded, c.error() + error).toAdapterData());
        encoded = 0;
        error = 0;
    }

    private void learnIfDue(DocumentSnapshot now) {
        boolean first = now.count() > 0 && state.committed(now).newest() == 0;
        Codebook known = first ? shared.read(id()) : null;
        if (known != null) {
            use(known, sample.living(now.live()), now);
        } else if (isDue(now)) {
            learn(now);
        }
    }

    private UUID id() {
        return UUID.fromString(state.folder().header().id());
    }

    private boolean isDue(DocumentSnapshot now) {
        if (now.count() < settings.trainAt() || faissIsMissing) {
            return false;
        }
        LeannCommit c = state.committed(now);
        return c.newest() == 0
                || (isMuch(c)
                        && c.error() / c.encoded()
                                > DRIFT * state.codebook(c, c.newest()).error());
    }

    /** True when what was encoded with the newest codebook is as much as all the rest, and enough to learn from. */
    private boolean isMuch(LeannCommit c) {
        try (DocumentSnapshot now = state.documents().snapshot()) {
            return c.encoded() >= Math.max(settings.trainAt(), now.count() / 2);
        }
    }

    private void learn(DocumentSnapshot now) {
        FaissLibrary library;
        try {
            library = FaissLibrary.load(settings.cacheFolder());
        } catch (FaissUnavailableException e) {
            faissIsMissing = true;
            settings.notes()
                    .accept("codes stay as they are, because FAISS, which learns better ones, is unavailable: "
                            + e.getMessage() + "; " + e.advice());
            return;
        }
        List<VectorSample.Entry> entries = entries(now);
        entries.sort(Comparator.comparingInt(VectorSample.Entry::ordinal));
        int generation = state.committed(now).newest() + 1;
        float[][] vectors = entries.stream().map(VectorSample.Entry::vector).toArray(float[][]::new);
        Codebook book = new Training(library, state.spec(), settings.trainingEpochs())
                .run(id(), generation, vectors, rows -> spans(now, entries, rows));
        use(book, entries, now);
        shared.keep(book);
    }

    /** From now on a codebook is the newest, and these records have codes of it. */
    private void use(Codebook book, List<VectorSample.Entry> entries, DocumentSnapshot now) {
        LeannCommit next = state.committed(now).withCodebook(files.write(book));
        Quantizer quantizer = book.quantizer();
        List<RecordCode> codes = new ArrayList<>(entries.size());
        for (VectorSample.Entry entry : entries) {
            codes.add(new RecordCode(entry.id(), StoredCode.of(book.generation(), quantizer, entry.vector())));
        }
        state.documents().recode(codes, next.toAdapterData());
        files.removeAllBut(next.codebooks().values());
        sample.clear();
    }

    /** What to learn from: the vectors at hand, and as many made anew as are missing. */
    private List<VectorSample.Entry> entries(DocumentSnapshot now) {
        OrdinalSet live = now.live();
        List<VectorSample.Entry> entries = new ArrayList<>(sample.living(live));
        int[] missing = missing(live, entries);
        settings.notes()
                .accept("learning codes from " + (entries.size() + missing.length) + " chunks"
                        + (missing.length == 0 ? "" : ", " + missing.length + " of which are embedded again for it"));
        for (int from = 0; from < missing.length; from += SLICE) {
            int[] slice = java.util.Arrays.copyOfRange(missing, from, Math.min(missing.length, from + SLICE));
            List<VectorRecord> records = now.records(slice, Set.of(Field.TEXT));
            float[][] vectors = state.recompute(records);
            for (int i = 0; i < slice.length; i++) {
                entries.add(new VectorSample.Entry(records.get(i).id(), slice[i], vectors[i]));
            }
        }
        return entries;
    }

    /** Evenly spread over the records whose vectors are not at hand. */
    private int[] missing(OrdinalSet live, List<VectorSample.Entry> entries) {
        int wanted = Math.min(settings.trainAt(), live.size()) - entries.size();
        if (wanted <= 0) {
            return new int[0];
        }
        Set<Integer> known = new HashSet<>();
        entries.forEach(e -> known.add(e.ordinal()));
        int others = live.size() - known.size();
        int[] missing = new int[wanted];
        int count = 0;
        int seen = 0;
        for (int o = live.next(0); o >= 0 && count < wanted; o = live.next(o + 1)) {
            if (!known.contains(o) && (long) seen++ * wanted / others == count) {
                missing[count++] = o;
            }
        }
        return java.util.Arrays.copyOf(missing, count);
    }

    private float[][] spans(DocumentSnapshot now, List<VectorSample.Entry> entries, int[] rows) {
        int[] ordinals = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            ordinals[i] = entries.get(rows[i]).ordinal();
        }
        Spans spans = new Spans();
        return now.records(ordinals, Set.of(Field.TEXT)).stream()
                .map(r -> model.embedQuery(spans.of(Objects.requireNonNull(r.text()))))
                .toArray(float[][]::new);
    }
}
