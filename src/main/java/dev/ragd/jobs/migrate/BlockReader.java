package dev.ragd.jobs.migrate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * Reads a frozen plan block by block. What a block becomes is made on several threads ahead of time and handed out in the
 * plan's order; the place that is saved is the one after the last block handed out, never one that was only read ahead.
 *
 * <p>One consumer thread. Memory: as many items as there are threads, and the one that was handed out.
 */
final class BlockReader<T> implements ItemStreamReader<T> {

    private static final String PART = "ragd.part";
    private static final String OFFSET = "ragd.offset";
    private static final String ORDINAL = "ragd.ordinal";
    private static final String BATCH = "ragd.batch";
    private static final long SHUTDOWN_SECONDS = 600;

    /** The parts of a plan, in order. */
    enum Part {
        /** Ids of the source. */
        IDS,
        /** Ids of the target that the source has no more. */
        GONE,
        /** One last item without ids. */
        END
    }

    /**
     * A piece of work.
     *
     * @param number counts from 0 over all parts
     * @param ordinal place in the plan of the first id, from 0; of no meaning outside {@link Part#IDS}
     * @param ids empty at the end
     * @param again true for the first one of a process: an earlier process may have done it already, and died before it
     *     could say so
     */
    record Work(Part part, long number, long ordinal, List<String> ids, boolean again) {}

    /** Makes an item of a piece of work; on several threads at once, until it is closed. */
    interface Maker<T> extends AutoCloseable {

        T make(Work work);

        @Override
        void close();
    }

    private record Place(Part part, long offset, long ordinal, long batch) {}

    private record Ahead<T>(Future<T> item, @Nullable Place next) {}

    private final MigrateRun run;
    private final Plan plan;
    private final Maker<T> maker;
    private final Deque<Ahead<T>> ahead = new ArrayDeque<>();
    private @Nullable Place saved = new Place(Part.IDS, IdList.HEADER_BYTES, 0, 0);
    private @Nullable Place next = saved;
    private boolean untouched = true;
    private @Nullable IdList ids;
    private @Nullable IdList gone;
    private @Nullable ExecutorService threads;

    /** @param maker closed with this reader */
    BlockReader(MigrateRun run, Plan plan, Maker<T> maker) {
        this.run = run;
        this.plan = plan;
        this.maker = maker;
    }

    @Override
    public void open(ExecutionContext context) {
        saved = context.containsKey(PART) && context.getString(PART).isEmpty()
                ? null
                : new Place(
                        Part.valueOf(context.getString(PART, Part.IDS.name())),
                        context.getLong(OFFSET, IdList.HEADER_BYTES),
                        context.getLong(ORDINAL, 0),
                        context.getLong(BATCH, 0));
        next = saved;
        if (saved == null) {
            return;
        }
        ids = IdList.open(run.idsFile(plan), plan.id(), plan.idBytes());
        gone = plan.gone() == 0 ? null : IdList.open(run.goneFile(plan), plan.id(), plan.goneBytes());
        threads = Executors.newFixedThreadPool(run.settings().threads(), task -> new Thread(task, "ragd-read"));
    }

    @Override
    public @Nullable T read() throws Exception {
        if (threads == null) {
            return null;
        }
        while (next != null && ahead.size() < run.settings().threads()) {
            lookAhead(next);
        }
        Ahead<T> first = ahead.poll();
        if (first == null) {
            return null;
        }
        try {
            T item = first.item().get();
            saved = first.next();
            return item;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void lookAhead(Place at) {
        if (at.part() == Part.END) {
            submit(new Work(Part.END, at.batch(), at.ordinal(), List.of(), untouched), null);
            return;
        }
        IdList list = at.part() == Part.IDS ? ids : gone;
        IdList.Block block = list == null ? null : list.read(at.offset());
        if (block == null) {
            Part following = at.part() == Part.IDS ? Part.GONE : Part.END;
            next = new Place(following, IdList.HEADER_BYTES, at.ordinal(), at.batch());
            return;
        }
        long ordinal = at.part() == Part.IDS ? at.ordinal() + block.ids().size() : at.ordinal();
        submit(
                new Work(at.part(), at.batch(), at.ordinal(), block.ids(), untouched),
                new Place(at.part(), block.next(), ordinal, at.batch() + 1));
    }

    private void submit(Work work, @Nullable Place following) {
        untouched = false;
        if (threads != null) {
            ahead.add(new Ahead<>(threads.submit(() -> maker.make(work)), following));
        }
        next = following;
    }

    @Override
    public void update(ExecutionContext context) {
        context.putString(PART, saved == null ? "" : saved.part().name());
        if (saved != null) {
            context.putLong(OFFSET, saved.offset());
            context.putLong(ORDINAL, saved.ordinal());
            context.putLong(BATCH, saved.batch());
        }
    }

    /** Ends the threads. They are waited for, not interrupted: an interrupt closes the files of a local store under it. */
    @Override
    public void close() {
        if (threads != null) {
            ahead.forEach(item -> item.item().cancel(false));
            ahead.clear();
            threads.shutdown();
            try {
                if (!threads.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("a store did not answer within " + SHUTDOWN_SECONDS + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            threads = null;
        }
        maker.close();
        if (ids != null) {
            ids.close();
            ids = null;
        }
        if (gone != null) {
            gone.close();
            gone = null;
        }
    }
}
