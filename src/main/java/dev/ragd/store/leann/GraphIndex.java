package dev.ragd.store.leann;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.FaissUnavailableException;
import dev.ragd.store.Field;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.OrdinalSet;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The graph of a collection in mode {@code graph}: reads the one that a commit names, and builds another at a checkpoint when
 * too many records are not in it. It follows from the records, so one that is missing, damaged or old costs nothing but time:
 * what is not in it is found by its codes.
 *
 * <p>Vectors that this process wrote are at hand for a build; others are embedded again, some hundred at a time. Building is
 * the writer's, and excludes writes; searches go on, by any number of threads.
 */
final class GraphIndex {

    /** Embedded at once by a search: more would be embedded in vain, and the local model takes one at a time anyway. */
    static final int BATCH = 1;

    /** A part of the graph's records: so many others, or dead among them, make the end of a process build another. */
    private static final double OUTDATED = 0.25;

    private static final int SLICE = 256;

    private final LeannState state;
    private final LeannSettings settings;
    private final GraphFiles files;
    private final VectorSpool spool;
    private boolean faissIsMissing;

    private @Nullable CommittedFile loaded;
    private @Nullable ProximityGraph graph;
    private @Nullable String damage;

    GraphIndex(LeannState state, LeannSettings settings) {
        this.state = state;
        this.settings = settings;
        this.files = new GraphFiles(state.folder());
        this.spool = new VectorSpool(state.folder());
    }

    /** Remembers the vector of a record for the next build. */
    void add(int ordinal, float[] vector) {
        if (settings.graph() != null) {
            spool.put(ordinal, vector);
        }
    }

    /** The graph that a commit names; null when there is none, when it cannot be used, and in mode {@code codes}. */
    synchronized @Nullable ProximityGraph of(LeannCommit committed) {
        CommittedFile named = committed.graph();
        if (settings.graph() == null || named == null) {
            return null;
        }
        if (!named.equals(loaded)) {
            loaded = named;
            graph = null;
            damage = null;
            try {
                graph = files.read(named);
            } catch (GraphFiles.UnusableGraphException e) {
                damage = e.getMessage();
                settings.notes()
                        .accept(state.name() + " is searched by its codes alone, because its graph cannot be used: "
                                + damage + "; the next run that writes to it builds another");
            }
        }
        return graph;
    }

    /** Why the graph that the last commit seen names is not used; null when it is. */
    synchronized @Nullable String damage() {
        return damage;
    }

    /**
     * Builds another graph if that is worth it. Only for the writer, after a commit.
     *
     * @param last when this process will not write any more
     */
    void update(boolean last) {
        GraphSettings how = settings.graph();
        if (how == null || faissIsMissing) {
            return;
        }
        try (DocumentSnapshot now = state.documents().snapshot()) {
            ProximityGraph before = of(state.committed(now));
            if (isDue(now, before, how, last)) {
                build(now);
            }
        }
    }

    private static boolean isDue(
            DocumentSnapshot now, @Nullable ProximityGraph before, GraphSettings how, boolean last) {
        int live = now.count();
        if (live < how.fewest()) {
            return false;
        }
        if (before == null) {
            return true;
        }
        int[] ordinals = before.ordinals();
        int newest = before.size() == 0 ? -1 : ordinals[ordinals.length - 1];
        if (!last && now.nextOrdinal() - 1L - newest < before.size()) {
            return false; // by far the most checkpoints end here
        }
        OrdinalSet[] parts = before.split(now.live());
        double share = last ? OUTDATED : 1; // in a long run the graph doubles each time
        return parts[1].size() > share * before.size()
                || (last && before.size() - parts[0].size() > share * before.size());
    }

    private void build(DocumentSnapshot now) {
        FaissLibrary library;
        try {
            library = FaissLibrary.load(settings.cacheFolder());
        } catch (FaissUnavailableException e) {
            faissIsMissing = true;
            settings.notes()
                    .accept("no graph is built, because FAISS, which builds it, is unavailable: " + e.getMessage()
                            + "; " + e.advice());
            return;
        }
        int[] ordinals = LeannState.all(now.live());
        int[] missing = Arrays.stream(ordinals).filter(o -> !spool.has(o)).toArray();
        settings.notes()
                .accept("building the graph of " + ordinals.length + " chunks"
                        + (missing.length == 0 ? "" : ", " + missing.length + " of which are embedded again for it"));
        for (int from = 0; from < missing.length; from += SLICE) {
            int[] slice = Arrays.copyOfRange(missing, from, Math.min(missing.length, from + SLICE));
            List<VectorRecord> records = now.records(slice, Set.of(Field.TEXT));
            float[][] vectors = state.recompute(records);
            for (int i = 0; i < slice.length; i++) {
                spool.put(slice[i], vectors[i]);
            }
        }
        ProximityGraph built = new GraphBuild(library, state.spec()).run(ordinals, spool::read);
        CommittedFile name = files.write(built);
        state.documents().commit(state.committed(now).withGraph(name).toAdapterData());
        files.removeAllBut(name);
        synchronized (this) {
            loaded = name;
            graph = built;
            damage = null;
        }
    }

    void close() {
        spool.close();
    }
}
