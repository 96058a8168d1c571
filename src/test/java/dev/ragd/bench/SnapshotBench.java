package dev.ragd.bench;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.snapshot.SnapshotStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Rates of a snapshot: records of 384 floats, about 500 characters and 6 fields, in batches of 1,000 with a checkpoint after
 * each, then read back by id in the order of a scan. Rates are per second of processor time, of all threads together.
 *
 * <pre>java -Xmx512m -cp ... dev.ragd.bench.SnapshotBench FOLDER [records] [batch]</pre>
 */
final class SnapshotBench {

    private static final int DIMENSION = 384;
    private static final String[] WORDS =
            ("vector store index search record chunk embed model distance cosine batch read"
                            + " write page file snapshot migrate verify the of and a to in is that for it with as")
                    .split(" ");

    private SnapshotBench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int records = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        int batch = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
        List<VectorRecord> pool = pool(20_000);
        try (VectorStore store = SnapshotStore.create(folder)) {
            store.drop("bench");
            VectorCollection c = store.create(new CollectionSpec("bench", DIMENSION, Distance.L2, Metadata.EMPTY));
            measure("write, a checkpoint per batch", records, () -> {
                for (int i = 0; i < records; i += batch) {
                    c.upsert(batch(pool, i, Math.min(records, i + batch)));
                    c.checkpoint();
                }
            });
            measure("close", records, c::close);
        }
        for (int round = 0; round < 2; round++) {
            List<String> ids = new ArrayList<>();
            try (VectorStore store = SnapshotStore.openToRead(folder);
                    VectorCollection c = store.open("bench")) {
                measure("scan of ids", records, () -> {
                    String cursor = null;
                    do {
                        ScanPage page = c.scan(new ScanRequest(Field.NONE, null, cursor, 10_000));
                        page.records().forEach(r -> ids.add(r.id()));
                        cursor = page.next();
                    } while (cursor != null);
                });
                measure("first get by id (index)", records, () -> c.get(List.of("none"), Field.NONE));
                measure("read by id, everything", records, () -> {
                    for (int i = 0; i < records; i += batch) {
                        int found = c.get(ids.subList(i, Math.min(records, i + batch)), Field.ALL)
                                .size();
                        if (found != Math.min(records, i + batch) - i) {
                            throw new IllegalStateException("lost records at " + i);
                        }
                    }
                });
                measure("read by id, vectors", records, () -> {
                    for (int i = 0; i < records; i += batch) {
                        c.get(ids.subList(i, Math.min(records, i + batch)), Set.of(Field.VECTOR));
                    }
                });
            }
        }
        long bytes;
        try (var files = Files.walk(folder)) {
            bytes = files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
        System.out.printf("%d records, %d bytes, %.0f per record%n", records, bytes, (double) bytes / records);
        String status = Files.readString(Path.of("/proc/self/status"));
        status.lines().filter(l -> l.startsWith("VmHWM")).forEach(System.out::println);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void measure(String what, int records, Work work) throws Exception {
        long wall = System.nanoTime();
        long cpu = processorTime();
        work.run();
        double cpuSeconds = (processorTime() - cpu) / 1e9;
        double seconds = (System.nanoTime() - wall) / 1e9;
        System.out.printf(
                "%-32s %8.2f s, %8.2f s processor time, %,10.0f records/s, %,10.0f per core%n",
                what, seconds, cpuSeconds, records / seconds, records / cpuSeconds);
    }

    private static long processorTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static List<VectorRecord> batch(List<VectorRecord> pool, int from, int to) {
        List<VectorRecord> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            VectorRecord r = pool.get(i % pool.size());
            String id = String.format("%016x-%08d-chunk", i * 0x9E3779B97F4A7C15L, i);
            records.add(new VectorRecord(id, r.vector(), r.text(), r.metadata()));
        }
        return records;
    }

    private static List<VectorRecord> pool(int size) {
        Random random = new Random(7);
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            float[] vector = new float[DIMENSION];
            double norm = 0;
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] = (float) random.nextGaussian();
                norm += vector[j] * vector[j];
            }
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] /= (float) Math.sqrt(norm);
            }
            StringBuilder text = new StringBuilder();
            while (text.length() < 500) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(9) == 0 ? ". " : " ");
                if (random.nextInt(6) == 0) {
                    text.append(Integer.toString(random.nextInt(1 << 24), 36)).append(' ');
                }
            }
            Metadata metadata = Metadata.of(Map.of(
                    "source",
                    "docs/chapter-" + i / 40 + "/page-" + i / 8 + ".md",
                    "chunk",
                    (long) i % 8,
                    "modified",
                    1_700_000_000_000L + random.nextInt(),
                    "language",
                    i % 3 == 0 ? "de" : "en",
                    "quality",
                    random.nextDouble(),
                    "public",
                    i % 2 == 0));
            records.add(new VectorRecord("p" + i, vector, text.toString(), metadata));
        }
        return records;
    }
}
