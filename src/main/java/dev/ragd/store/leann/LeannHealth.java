package dev.ragd.store.leann;

import dev.ragd.embed.EmbedException;
import dev.ragd.embed.Embedder;
import dev.ragd.store.Field;
import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.FolderHealth;
import dev.ragd.store.documents.OrdinalSet;
import dev.ragd.store.documents.ScoredOrdinal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks at the records, and at each collection's codes: whether the codebooks are what was written, whether the model still
 * gives the vectors that the codes were made from, and whether a search for a record finds it.
 */
final class LeannHealth {

    private final CollectionFolders folders;
    private final LeannSettings settings;
    private final Supplier<Embedder> model;

    LeannHealth(CollectionFolders folders, LeannSettings settings, Supplier<Embedder> model) {
        this.folders = folders;
        this.settings = settings;
        this.model = model;
    }

    Health check() {
        Health records = new FolderHealth(folders).check();
        List<Check> checks = new ArrayList<>(records.checks());
        if (records.status() != Status.UNHEALTHY) {
            for (CollectionFolder folder : folders.list()) {
                checks.add(codes(folder));
            }
        }
        return new Health(checks);
    }

    private Check codes(CollectionFolder folder) {
        String name = "codes of " + folder.header().spec().name();
        return QuantisedState.isOf(folder.header()) ? kept(name, folder) : learned(name, folder);
    }

    private static Check kept(String name, CollectionFolder folder) {
        QuantisedState state = null;
        try {
            state = new QuantisedState(folder);
            try (DocumentSnapshot now = state.documents().snapshot()) {
                CodeTable table = state.table(now);
                int sample = now.live().next(0);
                if (sample < 0) {
                    return new Check(name, Status.HEALTHY, "nothing is stored yet", null);
                }
                float[] vector = state.vectors(now, now.records(new int[] {sample}, Set.of()))[0];
                double score = state.nearest(now, vector, 1, null).get(0).score();
                String detail = codes(table) + ", kept instead of vectors that cannot be made again";
                return score >= folder.header().spec().distance().score(vector, vector) - 1e-6
                        ? new Check(name, Status.HEALTHY, detail + ", a search for a record finds it", null)
                        : new Check(
                                name,
                                Status.UNHEALTHY,
                                detail + ", a search for a record does not find it",
                                "migrate the collection again from where its vectors are");
            }
        } catch (StoreException e) {
            return new Check(name, Status.UNHEALTHY, String.valueOf(e.getMessage()), null);
        } finally {
            if (state != null) {
                state.close();
            }
        }
    }

    private Check learned(String name, CollectionFolder folder) {
        LeannState state = null;
        try {
            state = new LeannState(folder, settings, new CollectionModel(folder, model));
            return codes(name, state);
        } catch (StoreException e) {
            boolean other = e instanceof StoreException.EmbedderMismatch;
            return new Check(name, other ? Status.DEGRADED : Status.UNHEALTHY, String.valueOf(e.getMessage()), null);
        } catch (EmbedException e) {
            return new Check(
                    name,
                    Status.UNKNOWN,
                    "the model does not answer: " + e.getMessage(),
                    "searches by meaning need the model; keyword searches do not");
        } finally {
            if (state != null) {
                state.close();
            }
        }
    }

    private static Check codes(String name, LeannState state) {
        try (DocumentSnapshot now = state.documents().snapshot()) {
            CodeTable table = state.table(now);
            OrdinalSet live = now.live();
            int sample = live.next(now.nextOrdinal() / 2);
            sample = sample < 0 ? live.next(0) : sample;
            if (sample < 0) {
                return new Check(name, Status.HEALTHY, "nothing is stored yet", null);
            }
            List<VectorRecord> record = now.records(new int[] {sample}, Set.of(Field.TEXT));
            float[] vector = state.recompute(record)[0];
            List<ScoredOrdinal> found = state.nearest(now, vector, 1, null);
            boolean itself = !found.isEmpty()
                    && found.get(0).score() >= state.spec().distance().score(vector, vector) - 1e-6;
            String damage = state.graphs().damage();
            if (damage != null) {
                return new Check(
                        name,
                        Status.DEGRADED,
                        "all are found by their codes: " + damage,
                        "the next run that writes to the collection builds another graph");
            }
            String detail = describe(state, now, table) + ", a search for a record "
                    + (itself ? "finds it" : "does not find it");
            return itself
                    ? new Check(name, Status.HEALTHY, detail, null)
                    : new Check(name, Status.DEGRADED, detail, "raise leann.target_recall or leann.budget");
        }
    }

    private static String codes(CodeTable table) {
        return table.blocks().stream()
                .map(b -> b.count() + " codes of " + b.quantizer().codeBytes() + " bytes")
                .collect(Collectors.joining(", "));
    }

    private static String describe(LeannState state, DocumentSnapshot now, CodeTable table) {
        LeannCommit committed = state.committed(now);
        StringBuilder said = new StringBuilder(codes(table));
        if (committed.newest() > 0) {
            Codebook book = state.codebook(committed, committed.newest());
            said.append(String.format(
                    Locale.ROOT, " (learned from %d chunks, %.1f %% lost)", book.trained(), 100 * book.error()));
        }
        ProximityGraph graph = state.graphs().of(committed);
        if (graph != null) {
            said.append(String.format(
                    Locale.ROOT,
                    ", a graph of %d with %.1f links each",
                    graph.size(),
                    graph.links().length / (double) Math.max(1, graph.size())));
        }
        return said + ", about " + state.effort(now, 10, now.count(), false).usual() + " embeddings for 10 hits";
    }
}
