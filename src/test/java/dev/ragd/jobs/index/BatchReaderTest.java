package dev.ragd.jobs.index;

import dev.ragd.app.IndexFixture;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.RestartableReaderContract;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.store.VectorRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ItemStreamReader;
import org.springframework.batch.test.MetaDataInstanceFactory;
import org.springframework.batch.test.StepScopeTestUtils;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Restart of the reader of the index job, over files that span several batches and batches that span several files. */
class BatchReaderTest extends RestartableReaderContract<IndexBatch> {

    private final StepExecution step = MetaDataInstanceFactory.createStepExecution();

    @TempDir
    Path folder;

    private Ledger ledger;
    private IndexRun run;

    @BeforeEach
    void plan() throws Exception {
        IndexFixture files = new IndexFixture(folder);
        files.write("a-long.txt", IndexFixture.prose("a", 60));
        files.write("b-short.txt", IndexFixture.prose("b", 2));
        files.write("c-broken.txt", "BROKEN");
        files.write("d-short.md", IndexFixture.prose("d", 3));
        files.write("e-long.md", IndexFixture.prose("e", 50));
        // One connection kept open for all threads: a memory database of its own.
        ledger = Ledger.open(new SingleConnectionDataSource("jdbc:hsqldb:mem:" + UUID.randomUUID(), "SA", "", true));
        run = new IndexRun(files.request(), files.settings, files.resources(), Progress.NONE);
        StepScopeTestUtils.doInStepScope(
                step,
                () -> new ScanTasklet(run, ledger, files.generations(), new StopSignal(), job()).execute(null, null));
    }

    private long job() {
        return step.getJobExecution().getJobInstance().getInstanceId();
    }

    @Override
    protected ItemStreamReader<IndexBatch> reader() {
        return new BatchReader(run, ledger, job());
    }

    @Override
    protected Object describe(IndexBatch batch) {
        List<Object> parts = new ArrayList<>();
        for (FilePart part : batch.parts()) {
            parts.add(part.work().path() + " last=" + part.last() + " failure=" + part.failure());
            for (VectorRecord record : part.records()) {
                parts.add(record.id() + record.text() + record.metadata() + Arrays.toString(record.vector()));
            }
        }
        return parts;
    }
}
