package dev.ragd.store.faiss;

import dev.ragd.faiss.Simd;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The process of {@link SnapshotFuzzTest}: damages snapshots, searches, and says what it saw. */
final class SnapshotFuzzChild {

    private static final int D = 8;
    private static final int N = 400;

    private SnapshotFuzzChild() {}

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        Path cache = Path.of(args[1]);
        int cases = Integer.parseInt(args[2]);
        Random random = new Random(Long.parseLong(args[3]));
        IndexKind[] kinds = {IndexKind.HNSW, IndexKind.FLAT, IndexKind.IVFFLAT};
        int accepted = 0;
        for (int k = 0; k < kinds.length; k++) {
            FaissSettings settings = new FaissSettings(
                    root.resolve(kinds[k].label()),
                    cache,
                    new IndexPlan(kinds[k], 8, 40),
                    new SearchEffort(400, 100, 0, 0), // finds all, so that every answer must be the same
                    Simd.AVX512,
                    FaissStores.EAGER);
            fill(settings);
            int share = cases / kinds.length + (k < cases % kinds.length ? 1 : 0);
            accepted += damage(settings, share, random, kinds[k]);
        }
        System.out.println(cases - accepted + " damaged files refused, " + accepted + " accepted");
    }

    private static int damage(FaissSettings settings, int cases, Random random, IndexKind kind) throws IOException {
        Path file = snapshot(settings.root());
        byte[] good = Files.readAllBytes(file);
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            queries.add(vector(random));
        }
        List<String> expected = answers(settings, queries);
        int accepted = 0;
        for (int i = 0; i < cases; i++) {
            Files.write(file, damaged(good, random, i));
            List<String> actual = answers(settings, queries);
            if (!actual.equals(expected)) {
                System.out.println("case " + i + " of " + kind + ": " + actual + ", expected " + expected);
            }
            accepted += isAccepted(settings) ? 1 : 0;
        }
        Files.write(file, good);
        if (!isAccepted(settings)) {
            System.out.println("case of no damage: refused");
        }
        return accepted;
    }

    /** Cut, grown, bits flipped (in the header at the end and in FAISS's own at the start too), parts zeroed or moved. */
    private static byte[] damaged(byte[] good, Random random, int i) {
        byte[] bad = good.clone();
        switch (i % 8) {
            case 0 -> bad = Arrays.copyOf(good, random.nextInt(good.length));
            case 1 -> bad = Arrays.copyOf(good, good.length + 1 + random.nextInt(100));
            case 2 -> flip(bad, random.nextInt(Math.min(200, bad.length)), random);
            case 3 -> flip(bad, bad.length - 1 - random.nextInt(SnapshotHeader.SIZE), random);
            case 4 -> {
                for (int n = 1 + random.nextInt(50); n > 0; n--) {
                    flip(bad, random.nextInt(bad.length), random);
                }
                bad[random.nextInt(bad.length)] += 1; // so that no two flips undo each other wholly
            }
            case 5 -> {
                int from = random.nextInt(bad.length - 64);
                random.nextBytes(bad); // nothing is left ...
                System.arraycopy(good, from, bad, from, 64); // ... but this
            }
            case 6 -> {
                int cut = 1 + random.nextInt(good.length - 1);
                System.arraycopy(good, 0, bad, good.length - cut, cut); // the halves changed places
                System.arraycopy(good, cut, bad, 0, good.length - cut);
            }
            default -> flip(bad, random.nextInt(bad.length), random);
        }
        return bad;
    }

    private static void flip(byte[] bytes, int at, Random random) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
    }

    private static boolean isAccepted(FaissSettings settings) {
        CollectionFolder folder = new CollectionFolders(FaissStore.NAME, settings.root())
                .find("docs")
                .orElseThrow();
        FaissCollectionState state =
                new FaissCollectionState(folder, settings, FaissStore.library(settings), note -> {});
        try {
            return state.report().damage() == null;
        } finally {
            state.close();
        }
    }

    private static List<String> answers(FaissSettings settings, List<float[]> queries) {
        List<String> answers = new ArrayList<>();
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.open("docs");
            for (float[] query : queries) {
                c.search(SearchRequest.nearest(query, 5, null))
                        .forEach(h -> answers.add(h.record().id() + "=" + h.score()));
            }
        }
        return answers;
    }

    private static void fill(FaissSettings settings) {
        Random random = new Random(1);
        try (FaissStore store = new FaissStore(settings)) {
            List<VectorRecord> records = new ArrayList<>();
            for (int i = 0; i < N; i++) {
                records.add(new VectorRecord("r" + i, vector(random), null, Metadata.EMPTY));
            }
            store.create(new CollectionSpec("docs", D, Distance.L2, Metadata.EMPTY))
                    .upsert(records);
        }
    }

    private static float[] vector(Random random) {
        float[] vector = new float[D];
        for (int j = 0; j < D; j++) {
            vector[j] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static Path snapshot(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(f -> f.getFileName().toString().endsWith(".faiss"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
