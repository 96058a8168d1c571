package dev.ragd.jobs.migrate;

import dev.ragd.catalog.Generations;
import dev.ragd.embed.Embedder;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.RestartableReaderContract;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.memory.InMemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/** Restart of the reader of the copy step: ids to copy, ids to delete, and the end. */
class CopyReaderTest extends RestartableReaderContract<CopyBatch> {

    private final InMemoryStore from = new InMemoryStore();
    private final InMemoryStore to = new InMemoryStore();

    @TempDir
    Path folder;

    private MigrateRun run;
    private Plan plan;

    @BeforeEach
    void plan() {
        CollectionSpec spec = new CollectionSpec("documents", 2, Distance.L2, Metadata.EMPTY);
        CollectionInfo source;
        CollectionInfo target;
        UUID id = UUID.randomUUID();
        try (VectorCollection a = from.create(spec);
                VectorCollection b = to.create(spec);
                IdList.Writer ids = new IdList.Writer(folder.resolve(id + ".ids"), id, 3);
                IdList.Writer gone = new IdList.Writer(folder.resolve(id + ".gone"), id, 3)) {
            for (int i = 0; i < 20; i++) {
                ids.add("id" + i);
                if (i != 7) { // vanished
                    a.upsert(List.of(new VectorRecord("id" + i, new float[] {i, 1}, "text " + i, Metadata.EMPTY)));
                }
            }
            for (int i = 0; i < 5; i++) {
                gone.add("gone" + i);
            }
            ids.finish();
            gone.finish();
            source = a.info();
            target = b.info();
            plan = new Plan(
                    1,
                    id,
                    "scope",
                    "command",
                    "report",
                    "documents",
                    source.id(),
                    "documents",
                    target.id(),
                    false,
                    false,
                    20,
                    ids.blocks(),
                    ids.bytes(),
                    5,
                    gone.bytes(),
                    100,
                    0,
                    null,
                    false);
        }
        MigrateRequest request = MigrateRequest.of(
                StoreReference.named("memory"), StoreReference.named("other"), "documents", "documents");
        run = new MigrateRun(
                request,
                new MigrateSettings(3, 2, 10, 0.8, 30, 100),
                new Ends(),
                new Generations(folder.resolve("catalog.json")),
                new MigrateRun.Folders(folder, folder),
                Progress.NONE);
    }

    @Override
    protected ItemStreamReader<CopyBatch> reader() {
        return new BlockReader<>(run, plan, new CopyMaker(run, plan));
    }

    @Override
    protected Object describe(CopyBatch batch) {
        List<Object> parts = new ArrayList<>();
        parts.add(batch.work().part() + " " + batch.work().number() + " "
                + batch.work().ids());
        batch.write().forEach(r -> parts.add(r.id() + r.text() + r.vector()[0]));
        batch.findings().forEach(f -> parts.add(f));
        return parts;
    }

    private final class Ends implements MigrateResources {
        @Override
        public VectorStore source() {
            return from;
        }

        @Override
        public VectorStore target() {
            return to;
        }

        @Override
        public Embedder embedder() {
            throw new AssertionError("nothing is embedded");
        }

        @Override
        public void activate() {}

        @Override
        public long freeBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public void close() {}
    }
}
