package dev.ragd.bench;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.VectorStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the document store costs: durable batches of 100 records, reads by ordinal, filters, opening.
 *
 * <p>{@code java -cp ... dev.ragd.bench.DocumentStoreBench FOLDER [RECORDS] [EXACT|GRAPH|NONE]}; the folder is kept, and a
 * second run on it measures opening and reading alone.
 */
public final class DocumentStoreBench {

    private static final int DIMENSION = 384;
    private static final int BATCH = 100;

    private final Random random = new Random(7);
    private final List<float[]> centres = new ArrayList<>();

    private DocumentStoreBench() {
        for (int i = 0; i < 500; i++) {
            centres.add(gaussian(1));
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        int records = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        VectorStorage storage = arguments.length > 2 ? VectorStorage.valueOf(arguments[2]) : VectorStorage.EXACT;
        new DocumentStoreBench().run(root, records, storage);
    }

    private void run(Path root, int records, VectorStorage storage) throws IOException {
        CollectionFolders folders = new CollectionFolders("bench", root);
        if (folders.find("bench").isEmpty()) {
            CollectionSpec spec = new CollectionSpec("bench", DIMENSION, Distance.L2, Metadata.EMPTY);
            folders.create(CollectionHeader.create(spec, storage, Metadata.EMPTY), DocumentStore::fill);
            write(folders, records);
            size(root, records);
        }
        open(folders);
        read(folders);
    }

    private void write(CollectionFolders folders, int records) {
        try (DocumentStore store =
                DocumentStore.open("bench", folders.find("bench").orElseThrow())) {
            long busy = 0;
            long writing = 0;
            long slowest = 0;
            long busyAtTenth = 0;
            for (int i = 0; i < records; i += BATCH) {
                List<VectorRecord> batch = batch(i);
                long before = System.nanoTime();
                long cpuBefore = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                store.upsert(batch);
                store.commit();
                long took = System.nanoTime() - before;
                busy += took;
                writing += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuBefore;
                slowest = Math.max(slowest, took);
                if ((i + BATCH) % (records / 10) == 0) {
                    say("  %d records: %.0f/s", i + BATCH, records / 10 / seconds(busy - busyAtTenth));
                    busyAtTenth = busy;
                }
            }
            say(
                    "upsert + commit of %d in batches of %d: %.0f/s, slowest %.0f ms, CPU %.1f s of the writing thread",
                    records, BATCH, records / seconds(busy), slowest / 1e6, seconds(writing));
            long close = System.nanoTime();
            store.close();
            say("close: %.2f s", seconds(System.nanoTime() - close));
        }
    }

    private static void size(Path root, int records) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(DocumentStoreBench::size)
                    .sum();
            say("files: %.0f MiB, %d bytes a record", bytes / 1048576.0, bytes / records);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void open(CollectionFolders folders) {
        for (int i = 0; i < 4; i++) {
            long start = System.nanoTime();
            long cpu = cpu();
            try (DocumentStore store =
                            DocumentStore.open("bench", folders.find("bench").orElseThrow());
                    DocumentSnapshot snapshot = store.snapshot()) {
                int count = snapshot.live().size();
                say(
                        "open and live ordinals of %d: %.1f ms, CPU %.1f ms",
                        count, (System.nanoTime() - start) / 1e6, (cpu() - cpu) / 1e6);
            }
        }
    }

    private void read(CollectionFolders folders) {
        try (DocumentStore store =
                        DocumentStore.open("bench", folders.find("bench").orElseThrow());
                DocumentSnapshot snapshot = store.snapshot()) {
            int count = snapshot.count();
            for (int round = 0; round < 3; round++) {
                time("10 ids by ordinal", 2000, () -> snapshot.records(ordinals(10, count), Field.NONE));
                time("10 texts by ordinal", 2000, () -> snapshot.records(ordinals(10, count), Set.of(Field.TEXT)));
                time(
                        "10 texts and metadata by ordinal",
                        2000,
                        () -> snapshot.records(ordinals(10, count), Set.of(Field.TEXT, Field.METADATA)));
                time("10 whole records by ordinal", 2000, () -> snapshot.records(ordinals(10, count), Field.ALL));
                int[] n = {0};
                time("filter n = x, bitmap", 50, () -> snapshot.matching(Filter.eq("page", (long) n[0]++ % 40)));
                time(
                        "filter n < x, bitmap",
                        50,
                        () -> snapshot.matching(
                                new Filter.Compare("start", Filter.Op.LT, new MetadataValue.Int(n[0]++ * 100L))));
                time("words", 50, () -> snapshot.byWords("w" + n[0]++ % 100 + " w" + random.nextInt(3000), 10, null));
                if (snapshot.header().storage() != VectorStorage.NONE) {
                    time(
                            "nearest 10",
                            snapshot.header().storage() == VectorStorage.GRAPH ? 200 : 3,
                            () -> snapshot.nearest(vector(), 10, null));
                    time("all vectors", 1, () -> snapshot.forEachVector(0, (o, v) -> {}));
                }
            }
        }
    }

    private int[] ordinals(int k, int count) {
        return random.ints(k, 0, count).distinct().toArray();
    }

    private static void time(String what, int times, Runnable action) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            action.run();
        }
        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        say("%-34s %10.1f us of CPU", what, took / 1e3 / times);
    }

    private List<VectorRecord> batch(int from) {
        List<VectorRecord> batch = new ArrayList<>(BATCH);
        for (int i = from; i < from + BATCH; i++) {
            Metadata metadata = Metadata.of(Map.of(
                    "source",
                    "/home/someone/documents/folder-" + i / 400 + "/file-" + i / 20 + ".md",
                    "chunk",
                    (long) i % 20,
                    "start",
                    (long) i % 20 * 700,
                    "end",
                    (long) i % 20 * 700 + 800,
                    "page",
                    (long) i % 40,
                    "modified",
                    1_735_689_600_000L + i / 20 * 1000L,
                    "extension",
                    "md"));
            String id = String.format("%016x-%024x-0", i / 20 * 0x9E3779B97F4A7C15L, i * 0xC2B2AE3D27D4EB4FL);
            batch.add(new VectorRecord(id, vector(), text(), metadata));
        }
        return batch;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        while (text.length() < 700) {
            // Few words often, many words seldom, as in a language.
            text.append('w')
                    .append((int) (3000 * Math.pow(random.nextDouble(), 3)))
                    .append(random.nextInt(9) == 0 ? ". " : " ");
        }
        return text.toString();
    }

    private float[] vector() {
        float[] centre = centres.get(random.nextInt(centres.size()));
        float[] vector = gaussian(0.5f);
        double square = 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] += centre[i];
            square += vector[i] * vector[i];
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }

    private float[] gaussian(float scale) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = scale * (float) random.nextGaussian();
        }
        return vector;
    }

    private static double seconds(long nanoseconds) {
        return nanoseconds / 1e9;
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void say(String format, Object... values) {
        System.out.printf(format + "%n", values);
    }
}
