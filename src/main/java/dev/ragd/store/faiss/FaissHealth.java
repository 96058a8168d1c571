package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.FaissUnavailableException;
import dev.ragd.faiss.Simd;
import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import dev.ragd.store.StoreException;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.FolderHealth;
import dev.ragd.store.documents.OrdinalSet;
import dev.ragd.store.documents.ScoredOrdinal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the native library, at the records, and at each collection's index: whether its snapshot is what was written, and
 * whether a search with it finds what comparing all records finds.
 */
final class FaissHealth {

    private static final int ASKED = 10;

    /** A search that misses more than this share of the nearest deserves a look. */
    private static final double LEAST_RECALL = 0.8;

    private final FaissSettings settings;
    private final CollectionFolders folders;

    FaissHealth(FaissSettings settings, CollectionFolders folders) {
        this.settings = settings;
        this.folders = folders;
    }

    Health check() {
        List<Check> checks = new ArrayList<>();
        FaissLibrary library = null;
        try {
            library = FaissLibrary.load(settings.cacheFolder());
            Simd simd = library.use(settings.simd());
            checks.add(good("library", library.origin() + ", instructions " + simd.label()));
        } catch (FaissUnavailableException e) {
            checks.add(new Check("library", Status.UNHEALTHY, "unavailable: " + e.getMessage(), e.advice()));
        }
        checks.addAll(new FolderHealth(folders).check().checks());
        if (library != null && Files.isDirectory(folders.root())) {
            for (CollectionFolder folder : folders.list()) {
                checks.add(index(folder, library));
            }
        }
        return new Health(checks);
    }

    private Check index(CollectionFolder folder, FaissLibrary library) {
        String name = "index of " + folder.header().spec().name();
        FaissCollectionState state = null;
        try {
            state = new FaissCollectionState(folder, settings, library, note -> {});
            FaissCollectionState.Report report = state.report();
            if (report.damage() != null) {
                return new Check(
                        name,
                        Status.DEGRADED,
                        report.damage() + "; searches compare all records instead",
                        "index something into it, and the index is built anew");
            }
            Optional<Check> stopped = FolderHealth.unindexed(
                    name, folder, report.overdue(), report.detail() + ": indexing them was stopped");
            if (stopped.isPresent()) {
                return stopped.get();
            }
            double recall = recall(state);
            String detail = report.detail()
                    + (Double.isNaN(recall) ? "" : ", a sample search finds " + Math.round(100 * recall) + " %");
            return recall < LEAST_RECALL
                    ? new Check(name, Status.DEGRADED, detail, "raise storage.faiss.ef_search or storage.faiss.nprobe")
                    : good(name, detail);
        } catch (StoreException e) {
            return new Check(name, Status.UNHEALTHY, String.valueOf(e.getMessage()), null);
        } finally {
            close(state);
        }
    }

    /** The share of the exactly nearest to one of the records that a search finds; NaN when there is no record. */
    private static double recall(FaissCollectionState state) {
        try (DocumentSnapshot now = state.documents().snapshot()) {
            OrdinalSet live = now.live();
            int sample = live.next(now.nextOrdinal() / 2);
            if (sample < 0) {
                sample = live.next(0);
            }
            if (sample < 0) {
                return Double.NaN;
            }
            float[] query = new float[now.header().spec().dimension()];
            now.vectors().read(sample, query, 0);
            List<ScoredOrdinal> exact = now.nearest(query, ASKED, null);
            double least = exact.get(exact.size() - 1).score();
            Set<Integer> seen = new HashSet<>();
            for (ScoredOrdinal hit : state.nearest(now, query, ASKED, null)) {
                if (hit.score() >= least) {
                    seen.add(hit.ordinal());
                }
            }
            return seen.size() / (double) exact.size();
        }
    }

    private static void close(@Nullable FaissCollectionState state) {
        if (state != null) {
            state.close();
        }
    }

    private static Check good(String name, String detail) {
        return new Check(name, Status.HEALTHY, detail, null);
    }
}
