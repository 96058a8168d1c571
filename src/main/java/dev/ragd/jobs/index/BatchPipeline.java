package dev.ragd.jobs.index;

import dev.ragd.ingest.ParseException;
import dev.ragd.jobs.index.BatchMaker.Draft;
import dev.ragd.jobs.index.FilePlan.ChunkPlan;
import dev.ragd.jobs.index.IndexBatch.Position;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.jobs.ledger.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Parses on one thread and embeds on several, behind bounded queues, and hands the batches out in the plan's order. How
 * batches are cut depends on the plan and the files alone, so a resumed run cuts them as the first one would have.
 *
 * <p>One consumer thread. Memory is bounded by the queue: a few batches, and the chunks of the file being parsed.
 */
final class BatchPipeline implements AutoCloseable {

    private static final int WORK_PAGE = 200;
    private static final int FILES_PER_BATCH = 64;
    private static final long SHUTDOWN_SECONDS = 300;
    private static final long DRAIN_MILLIS = 20;

    private final Ledger ledger;
    private final long job;
    private final FilePlanner planner;
    private final BatchMaker maker;
    private final int batchChunks;
    private final BlockingQueue<Future<@Nullable IndexBatch>> ready;
    private final ExecutorService parsing;
    private final ExecutorService embedding;

    private List<Draft> drafts = new ArrayList<>();
    private int weight;
    private boolean ended;
    private volatile boolean closed;

    BatchPipeline(CollectionRun run, Ledger ledger, long job, PlanHead head, Position from) {
        this.ledger = ledger;
        this.job = job;
        this.planner = new FilePlanner(run, ledger, head);
        this.maker = new BatchMaker(run, run.collection(head));
        this.batchChunks = run.settings().batchChunks();
        int threads = run.settings().threads();
        this.ready = new ArrayBlockingQueue<>(threads + 1);
        this.parsing = Executors.newSingleThreadExecutor(task -> new Thread(task, "ragd-parse"));
        this.embedding = Executors.newFixedThreadPool(threads, task -> new Thread(task, "ragd-embed"));
        parsing.execute(() -> parseAll(from, head));
    }

    /**
     * The next batch, or null at the end.
     *
     * @throws RuntimeException what parsing or embedding threw
     */
    @Nullable
    IndexBatch take() throws InterruptedException {
        if (ended) {
            return null;
        }
        try {
            IndexBatch batch = ready.take().get();
            ended = batch == null;
            return batch;
        } catch (ExecutionException e) {
            ended = true;
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the futures go through the queue
    private void parseAll(Position from, PlanHead head) {
        try {
            long seq = from.seq();
            for (List<Work> page = ledger.work(job, false, seq, WORK_PAGE);
                    !page.isEmpty();
                    page = ledger.work(job, false, seq, WORK_PAGE)) {
                for (Work work : page) {
                    if (closed) {
                        return;
                    }
                    parse(work, work.seq() == from.seq() ? from : Position.START, head);
                    seq = work.seq() + 1;
                }
            }
            submit(new Position(seq, 0, ""));
            ready.put(CompletableFuture.completedFuture(null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) { // whatever it is, the consumer must hear of it
            offerFailure(e);
        }
    }

    private void offerFailure(Throwable e) {
        try {
            ready.put(CompletableFuture.failedFuture(e));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void parse(Work work, Position from, PlanHead head) throws InterruptedException {
        FileEntry before = ledger.file(head.targetId(), work.path());
        if (from.chunk() > 0 && before != null && before.failedIn() != null && before.failedIn() == job) {
            return; // it failed in this very job after its first parts had been handed out
        }
        FilePlan plan;
        try {
            plan = planner.plan(work);
        } catch (ParseException e) {
            String reason = e.reason() + ": " + withoutPath(String.valueOf(e.getMessage()), work.path());
            drafts.add(new Draft(work, null, List.of(), true, reason));
            cutAfter(work, 1);
            return;
        }
        List<ChunkPlan> chunks = plan.chunks();
        // A position counts chunks of one content; if the file is another one now, it is done from its beginning.
        // A file that is taken over is too: what its chunks became is known only once each was read.
        boolean countsOn = from.sha256().equals(plan.sha256()) && !plan.takesOver();
        int done = countsOn ? Math.min(from.chunk(), chunks.size()) : 0;
        int start = done;
        for (int i = done; i < chunks.size(); i++) {
            weight += chunks.get(i).action() == FilePlan.Action.KEEP ? 0 : 1;
            if (weight >= batchChunks && i + 1 < chunks.size()) {
                drafts.add(new Draft(work, plan, chunks.subList(start, i + 1), false, null));
                submit(new Position(work.seq(), i + 1, plan.sha256()));
                start = i + 1;
            }
        }
        drafts.add(new Draft(work, plan, chunks.subList(start, chunks.size()), true, null));
        cutAfter(work, 0);
    }

    /** The quarantine list shows the path itself. */
    private static String withoutPath(String message, String path) {
        return message.startsWith(path + " ") ? "it" + message.substring(path.length()) : message;
    }

    private void cutAfter(Work work, int extraWeight) throws InterruptedException {
        weight += extraWeight;
        if (weight >= batchChunks || drafts.size() >= FILES_PER_BATCH) {
            submit(new Position(work.seq() + 1, 0, ""));
        }
    }

    private void submit(Position next) throws InterruptedException {
        if (drafts.isEmpty()) {
            return;
        }
        List<Draft> batch = drafts;
        drafts = new ArrayList<>();
        weight = 0;
        ready.put(embedding.submit(() -> closed ? null : maker.make(batch, next)));
    }

    /**
     * Ends the threads. They are asked, not interrupted: an interrupt in the middle of a database's file access would close
     * the file under it.
     */
    @Override
    public void close() {
        closed = true;
        parsing.shutdown();
        try {
            long patience = TimeUnit.SECONDS.toMillis(SHUTDOWN_SECONDS) / DRAIN_MILLIS;
            while (patience-- > 0 && !parsing.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                ready.clear(); // so that nobody waits for a place in it
            }
            embedding.shutdown();
            if (!parsing.isTerminated() || !embedding.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("parsing or embedding did not end within " + SHUTDOWN_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
