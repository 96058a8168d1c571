package dev.ragd.bench;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.snapshot.SnapshotStore;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What {@code bench/migrate.py} compares migrations with. Each mode prints words NAME=NUMBER.
 *
 * <pre>
 * fill FAISS_FOLDER CACHE TEXT RECORDS           fills a flat collection of the faiss store
 * upserts URL COLLECTION TEXT RECORDS            creates a collection and writes batches raw
 * pages URL COLLECTION RECORDS                   reads all pages raw
 * loop FAISS_FOLDER CACHE SNAPSHOT_FOLDER BATCH  copies by a bare loop: read a batch, digest, write, make durable
 * back SNAPSHOT_FOLDER FAISS_FOLDER CACHE BATCH  the other way
 * </pre>
 *
 * <p>Records: real text from a file, 500 characters each, 384 floats, 6 fields.
 */
public final class MigrateStores {

    static final String COLLECTION = "documents";

    private static final int DIMENSION = 384;
    private static final int TEXT = 500;
    /** No divisor of a text's length, so that a second pass through the file cuts it elsewhere. */
    private static final int STRIDE = 499;

    private static final int UPSERT = 500;
    private static final int PAGE = 1_000;
    private static final int FILL = 5_000;

    private MigrateStores() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "fill" -> fill(faiss(args[1], args[2]), Files.readString(Path.of(args[3])), Integer.parseInt(args[4]));
            case "upserts" ->
                upserts(URI.create(args[1]), args[2], Files.readString(Path.of(args[3])), Integer.parseInt(args[4]));
            case "pages" -> pages(URI.create(args[1]), args[2], Integer.parseInt(args[3]));
            case "loop" ->
                loop(faiss(args[1], args[2]), SnapshotStore.create(Path.of(args[3])), Integer.parseInt(args[4]));
            case "back" ->
                loop(SnapshotStore.openToRead(Path.of(args[1])), faiss(args[2], args[3]), Integer.parseInt(args[4]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static VectorStore faiss(String folder, String cache) {
        return new LocalStores("flat", Path.of(cache), 32, 200).open(Path.of(folder), 0);
    }

    private static void fill(VectorStore faiss, String text, int records) {
        try (faiss;
                VectorCollection collection = faiss.create(spec())) {
            for (int from = 0; from < records; from += FILL) {
                collection.upsert(batch(text, from, Math.min(records, from + FILL)));
                collection.checkpoint();
            }
            System.out.println("records=" + collection.count());
        }
    }

    private static void upserts(URI url, String name, String text, int records) throws Exception {
        RawChromaRequests raw;
        try (ChromaStore store = ChromaStore.external(ChromaSettings.defaults().withUrl(url));
                VectorCollection made =
                        store.create(new CollectionSpec(name, DIMENSION, Distance.L2, Metadata.EMPTY))) {
            raw = new RawChromaRequests(url, made.info().id());
        }
        long nanos = 0;
        for (int from = 0; from < records; from += UPSERT) {
            List<VectorRecord> batch = batch(text, from, Math.min(records, from + UPSERT));
            long start = System.nanoTime();
            raw.upsert(batch);
            nanos += System.nanoTime() - start;
        }
        print("seconds=%.3f", nanos / 1e9);
    }

    private static void pages(URI url, String name, int records) throws Exception {
        RawChromaRequests raw;
        try (ChromaStore store = ChromaStore.external(ChromaSettings.defaults().withUrl(url));
                VectorCollection there = store.open(name)) {
            raw = new RawChromaRequests(url, there.info().id());
        }
        long nanos = 0;
        long bytes = 0;
        byte[] page = {};
        for (int offset = 0; offset < records; offset += PAGE) {
            long start = System.nanoTime();
            page = raw.page(offset, PAGE);
            nanos += System.nanoTime() - start;
            bytes += page.length;
        }
        long expected = (records - 1) % PAGE + 1;
        if (RawChromaRequests.decode(page) < expected * DIMENSION) {
            throw new IllegalStateException("the last page holds less than " + expected + " records");
        }
        print("seconds=%.3f bytes=%d", nanos / 1e9, bytes);
    }

    private static void loop(VectorStore from, VectorStore to, int size) {
        try (from;
                to;
                VectorCollection source = from.open(COLLECTION)) {
            List<String> ids = ids(source);
            long wall = System.nanoTime();
            long cpu = cpu();
            try (VectorCollection target = to.create(spec())) {
                for (int i = 0; i < ids.size(); i += size) {
                    List<VectorRecord> batch = source.get(ids.subList(i, Math.min(ids.size(), i + size)), Field.ALL);
                    batch.forEach(RecordDigest::of);
                    target.upsert(batch);
                    target.checkpoint();
                }
                if (target.count() != ids.size()) {
                    throw new IllegalStateException("records were lost");
                }
                print("seconds=%.3f cpu=%.3f", (System.nanoTime() - wall) / 1e9, (cpu() - cpu) / 1e9);
            }
        }
    }

    private static List<String> ids(VectorCollection source) {
        List<String> ids = new ArrayList<>();
        String cursor = null;
        do {
            ScanPage page = source.scan(new ScanRequest(Field.NONE, null, cursor, 10_000));
            page.records().forEach(r -> ids.add(r.id()));
            cursor = page.next();
        } while (cursor != null);
        return Collections.unmodifiableList(ids);
    }

    private static CollectionSpec spec() {
        return new CollectionSpec(COLLECTION, DIMENSION, Distance.L2, Metadata.EMPTY);
    }

    private static List<VectorRecord> batch(String text, int from, int to) {
        List<VectorRecord> batch = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            batch.add(record(text, i));
        }
        return batch;
    }

    private static VectorRecord record(String text, int i) {
        Random random = new Random(i);
        float[] vector = new float[DIMENSION];
        for (int d = 0; d < DIMENSION; d++) {
            // Variance falls off as in AnnData: among vectors of equal variances graphs find too little.
            vector[d] = (float) (random.nextGaussian() / Math.sqrt(d + 1.0));
        }
        int at = (int) ((long) i * STRIDE % (text.length() - TEXT));
        int start = Character.isLowSurrogate(text.charAt(at)) ? at + 1 : at;
        int end = Character.isHighSurrogate(text.charAt(at + TEXT - 1)) ? at + TEXT - 1 : at + TEXT;
        return new VectorRecord(
                String.format(Locale.ROOT, "%016x-%08d-0", i / 20 * 0x9E3779B97F4A7C15L, i),
                vector,
                text.substring(start, end),
                Metadata.of(Map.of(
                        "source",
                        "docs/chapter-" + i / 400 + "/page-" + i / 20 + ".rst",
                        "chunk",
                        (long) i % 20,
                        "modified",
                        1_700_000_000_000L + i / 20,
                        "language",
                        "en",
                        "weight",
                        i % 8 / 8.0,
                        "public",
                        i % 2 == 0)));
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
