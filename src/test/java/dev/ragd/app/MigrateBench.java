package dev.ragd.app;

import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateSettings;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What the job costs beyond a bare loop over the same two stores, and how long a resume takes at the start and near the end.
 * The stores are in memory and take as long as real local ones do: reading and writing 30,000 records a second.
 *
 * <p>{@code MigrateBench RECORDS DIMENSION FOLDER}
 */
final class MigrateBench {

    private static final double PER_SECOND = 30_000;

    private MigrateBench() {}

    public static void main(String[] args) throws Exception {
        int records = Integer.parseInt(args[0]);
        int dimension = Integer.parseInt(args[1]);
        Path folder = Files.createDirectories(Path.of(args[2]));
        MigrateFixture job = new MigrateFixture(folder.resolve("home"));
        job.settings = MigrateSettings.DEFAULTS;
        fill(job.from, records, dimension);
        FaultyStore.Calls slow = MigrateBench::take;
        job.source = slow;
        job.target = slow;

        double bare = bareLoop(job);
        long started = System.nanoTime();
        MigrateReport report = job.run();
        double whole = (System.nanoTime() - started) / 1e9;
        double copy = seconds(Path.of(report.files().get("json")), records);
        System.out.printf(
                "%,d records x %d: bare loop %.2f s, job's copy %.2f s (%+.1f %%), whole job %.2f s, %s%n",
                records, dimension, bare, copy, 100 * (copy - bare) / bare, whole, report.status());
        for (double share : new double[] {0.1, 0.9}) {
            System.out.printf(
                    "resume at %.0f %%: %.2f CPU-s to the first new record%n", 100 * share, resume(job, share));
        }
    }

    /** Read a batch, digest it, write it, make it durable: what any migration has to do. */
    private static double bareLoop(MigrateFixture job) {
        FaultyStore from = new FaultyStore(new InMemoryStore(job.from), job.source, r -> r);
        FaultyStore to = new FaultyStore(new InMemoryStore(new InMemoryStore.Data()), job.target, r -> r);
        try (VectorCollection source = from.open("documents");
                VectorCollection target = to.create(new CollectionSpec(
                        "bare", source.info().dimension().orElseThrow(), Distance.L2, Metadata.EMPTY))) {
            List<String> ids = new ArrayList<>();
            ScanPage page = source.scan(new ScanRequest(Field.NONE, null, null, Integer.MAX_VALUE));
            page.records().forEach(r -> ids.add(r.id()));
            long started = System.nanoTime();
            for (int i = 0; i < ids.size(); i += 2000) {
                List<VectorRecord> batch = source.get(ids.subList(i, Math.min(ids.size(), i + 2000)), Field.ALL);
                batch.forEach(RecordDigest::of);
                target.upsert(batch);
                target.checkpoint();
            }
            return (System.nanoTime() - started) / 1e9;
        }
    }

    private static double resume(MigrateFixture job, double share) {
        MigrateRequest request = MigrateRequest.of(
                MigrateFixture.MEMORY, MigrateFixture.OTHER, "documents", "resumed" + Math.round(100 * share));
        long batches =
                (long) (share * new InMemoryStore(job.from).open("documents").count() / 2000);
        long[] upserts = {0};
        long[] first = {0};
        job.target = call -> {
            if (call.equals("before upsert") && ++upserts[0] > batches) {
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        job.source = call -> {};
        try {
            job.run(request);
        } catch (StoreException e) {
            // As meant.
        }
        long started = cpu();
        job.target = call -> {
            if (call.equals("before upsert") && first[0] == 0) {
                first[0] = cpu();
            }
        };
        job.run(request);
        return (first[0] - started) / 1e9;
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static double seconds(Path json, int records) throws Exception {
        var report = new tools.jackson.databind.json.JsonMapper().readTree(Files.readAllBytes(json));
        return records / report.at("/records_per_second").asDouble();
    }

    private static void take(String call) {
        if (call.equals("before get") || call.equals("before upsert")) {
            LockSupport.parkNanos((long) (2000 / PER_SECOND * 1e9));
        }
    }

    private static void fill(InMemoryStore.Data data, int records, int dimension) {
        Random random = new Random(1);
        try (VectorCollection c = new InMemoryStore(data)
                .create(new CollectionSpec("documents", dimension, Distance.L2, Metadata.EMPTY))) {
            for (int i = 0; i < records; i += 1000) {
                List<VectorRecord> batch = new ArrayList<>();
                for (int j = i; j < Math.min(records, i + 1000); j++) {
                    float[] vector = new float[dimension];
                    for (int d = 0; d < dimension; d++) {
                        vector[d] = (float) random.nextGaussian();
                    }
                    batch.add(new VectorRecord(
                            "5d41402abc4b2a76-" + j + "-0",
                            vector,
                            "A text of some length about the number " + j,
                            Metadata.of(Map.of("n", (long) j, "source", "/docs/" + j % 100 + ".txt"))));
                }
                c.upsert(batch);
            }
        }
    }
}
