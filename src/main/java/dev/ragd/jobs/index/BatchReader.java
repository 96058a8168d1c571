package dev.ragd.jobs.index;

import dev.ragd.jobs.index.IndexBatch.Position;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * Reads the frozen plan as batches of parsed, chunked and embedded records. Saves the place after the last batch it handed
 * out, never one that was only prefetched.
 */
public final class BatchReader implements ItemStreamReader<IndexBatch> {

    private static final String SEQ = "ragd.seq";
    private static final String CHUNK = "ragd.chunk";
    private static final String SHA = "ragd.sha256";

    private final CollectionRun run;
    private final Ledger ledger;
    private final long job;
    private Position position = Position.START;
    private @Nullable BatchPipeline pipeline;

    public BatchReader(CollectionRun run, Ledger ledger, long job) {
        this.run = run;
        this.ledger = ledger;
        this.job = job;
    }

    @Override
    public void open(ExecutionContext context) {
        position = new Position(context.getLong(SEQ, 0), context.getInt(CHUNK, 0), context.getString(SHA, ""));
        PlanHead head = ledger.plan(job);
        if (head == null) {
            throw new IllegalStateException("job " + job + " has no frozen plan");
        }
        if (!ledger.work(job, false, position.seq(), 1).isEmpty()) {
            run.progress().phase("indexing", ledger.countFilesToIndex(job), "files");
            Counters before = Counters.read(context); // the writer's
            run.progress().advance(before.indexed() + before.quarantined());
            pipeline = new BatchPipeline(run, ledger, job, head, position);
        }
    }

    @Override
    public @Nullable IndexBatch read() throws Exception {
        if (pipeline == null) {
            return null;
        }
        IndexBatch batch = pipeline.take();
        if (batch != null) {
            position = batch.next();
        }
        return batch;
    }

    @Override
    public void update(ExecutionContext context) {
        context.putLong(SEQ, position.seq());
        context.putInt(CHUNK, position.chunk());
        context.putString(SHA, position.sha256());
    }

    @Override
    public void close() {
        if (pipeline != null) {
            pipeline.close();
            pipeline = null;
        }
    }
}
