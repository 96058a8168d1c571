package dev.ragd.bench;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What the port costs: records per second written and read through it, against the same requests sent raw to the same server
 * in the same run, block by block in turn. Raw means: the JSON is written to a byte array and posted; the answer is taken as
 * bytes, and for the second figure decoded into floats and strings, as every client must.
 *
 * <p>Arguments: records (20000), dimension (384), generation (1.0 or 1.5; the newer).
 */
public final class ChromaPortBench {

    private static final int BATCH = 500;
    private static final int PAGE = 1_000;

    private ChromaPortBench() {}

    public static void main(String[] args) throws Exception {
        int records = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        int dimension = args.length > 1 ? Integer.parseInt(args[1]) : 384;
        Generation generation = args.length > 2 && args[2].equals("1.0") ? Generation.V1_0 : Generation.V1_5;
        try (TestServer server = ChromaServers.fresh(generation);
                ChromaStore store =
                        ChromaStore.external(ChromaSettings.defaults().withUrl(server.url()))) {
            new Run(store, server.url(), "warm-up", 2_000, dimension).run();
            Run run = new Run(store, server.url(), "measured", records, dimension);
            run.run();
            run.print(generation);
        }
    }

    private static final class Run {
        private final int records;
        private final int dimension;
        private final VectorCollection port;
        private final RawChromaRequests raw;
        private final Random random = new Random(1);
        private long portWrite;
        private long rawWrite;
        private long portRead;
        private long rawRead;
        private long rawDecode;

        Run(ChromaStore store, URI url, String name, int records, int dimension) {
            this.records = records;
            this.dimension = dimension;
            port = store.create(new CollectionSpec(name + "-port", dimension, Distance.COSINE, Metadata.EMPTY));
            String id = store.create(new CollectionSpec(name + "-raw", dimension, Distance.COSINE, Metadata.EMPTY))
                    .info()
                    .id();
            raw = new RawChromaRequests(url, id);
        }

        void run() throws Exception {
            for (int from = 0; from < records; from += BATCH) {
                List<VectorRecord> batch = batch(from, Math.min(records, from + BATCH));
                boolean portFirst = (from / BATCH) % 2 == 0;
                for (int turn = 0; turn < 2; turn++) {
                    long start = System.nanoTime();
                    if ((turn == 0) == portFirst) {
                        port.upsert(batch);
                        portWrite += System.nanoTime() - start;
                    } else {
                        raw.upsert(batch);
                        rawWrite += System.nanoTime() - start;
                    }
                }
            }
            String cursor = null;
            for (int offset = 0; offset < records; offset += PAGE) {
                boolean portFirst = (offset / PAGE) % 2 == 0;
                for (int turn = 0; turn < 2; turn++) {
                    long start = System.nanoTime();
                    if ((turn == 0) == portFirst) {
                        ScanPage page = port.scan(new ScanRequest(Field.ALL, null, cursor, PAGE));
                        portRead += System.nanoTime() - start;
                        cursor = page.next();
                        require(page.records().size() == Math.min(PAGE, records - offset));
                    } else {
                        byte[] answer = raw.page(offset, PAGE);
                        rawRead += System.nanoTime() - start;
                        require(RawChromaRequests.decode(answer)
                                >= (long) Math.min(PAGE, records - offset) * dimension);
                        rawDecode += System.nanoTime() - start;
                    }
                }
            }
        }

        void print(Generation generation) {
            System.out.printf(
                    Locale.ROOT,
                    "Chroma %s, %d records x %d, 500-character texts, 5 fields%n",
                    generation.label(),
                    records,
                    dimension);
            line("upsert", rawWrite, portWrite);
            line("read, raw bytes", rawRead, portRead);
            line("read, raw decoded", rawDecode, portRead);
        }

        private void line(String what, long rawNanos, long portNanos) {
            System.out.printf(
                    Locale.ROOT,
                    "%-18s raw %6.0f/s  port %6.0f/s  ratio %.3f%n",
                    what,
                    records * 1e9 / rawNanos,
                    records * 1e9 / portNanos,
                    (double) rawNanos / portNanos);
        }

        private List<VectorRecord> batch(int from, int to) {
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = from; i < to; i++) {
                float[] v = new float[dimension];
                for (int j = 0; j < dimension; j++) {
                    v[j] = (float) random.nextGaussian();
                }
                StringBuilder text = new StringBuilder("Record " + i + ".");
                while (text.length() < 500) {
                    text.append(' ').append(Integer.toString(random.nextInt(36 * 36 * 36), 36));
                }
                batch.add(new VectorRecord(
                        "record-" + i,
                        v,
                        text.toString(),
                        Metadata.of(Map.of(
                                "source",
                                "folder/file-" + i / 20 + ".txt",
                                "chunk",
                                (long) (i % 20),
                                "hash",
                                Long.toHexString(random.nextLong()),
                                "weight",
                                (double) (i % 7),
                                "draft",
                                i % 2 == 0))));
            }
            return batch;
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the two sides do not do the same");
        }
    }
}
