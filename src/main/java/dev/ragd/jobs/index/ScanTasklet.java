package dev.ragd.jobs.index;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generation;
import dev.ragd.catalog.Generations;
import dev.ragd.embed.EmbedderId;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/**
 * The scan step: decides which collection is written to, compares the files with the ledger, and freezes the result as the
 * job's plan. Everything that can be refused is refused here, before anything is written to the store.
 */
final class ScanTasklet implements Tasklet {

    private static final int WORK_PER_INSERT = 500;

    private final IndexRun run;
    private final Ledger ledger;
    private final Generations generations;
    private final StopSignal stop;
    private final long job;

    ScanTasklet(IndexRun run, Ledger ledger, Generations generations, StopSignal stop, long job) {
        this.run = run;
        this.ledger = ledger;
        this.generations = generations;
        this.stop = stop;
        this.job = job;
    }

    /**
     * Where a run writes to.
     *
     * @param physical the collection's name in the store
     * @param existing the collection, when it exists
     * @param switches true for a new generation
     * @param replaces the ledger's key of the generation it is to replace, or of the collection itself
     */
    private record Destination(
            String physical, @Nullable CollectionInfo existing, boolean switches, OptionalLong replaces) {}

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        Destination destination = destination();
        OptionalLong target = destination.existing() == null
                ? OptionalLong.empty()
                : ledger.findTarget(
                        run.request().backend(),
                        destination.physical(),
                        destination.existing().id());
        target.ifPresent(id -> {
            takeBackWhatTheStoreLost(id, destination);
            rememberEmbedder(id, destination.existing());
        });
        ledger.startPlan(job, run.scope(), run.world());
        PlanWriter writer = new PlanWriter();
        Scanner scanner = new Scanner(
                ledger,
                target,
                destination.replaces(),
                run.resources().pipeline(),
                run.request(),
                run.settings(),
                run.progress(),
                stop,
                writer);
        Scanner.Result result = scanner.scan(run.request().roots());
        writer.flush();
        result.notes().forEach(run.progress()::note);
        tellCost(result, target, destination.replaces());
        long targetId = target.isPresent() ? target.getAsLong() : register(destination, writer.lines > 0);
        if (targetId >= 0) {
            ledger.touch(targetId, writer.touched);
        }
        ledger.freeze(
                job,
                new PlanHead(
                        targetId,
                        destination.physical(),
                        destination.switches(),
                        result.seen(),
                        result.unchanged(),
                        result.renamed(),
                        result.staleChunks()));
        return RepeatStatus.FINISHED;
    }

    /** Before any work: what it will cost, or what it leaves undone. */
    private void tellCost(Scanner.Result result, OptionalLong target, OptionalLong replaces) {
        if (result.staleChunks() > 0 && target.isPresent()) {
            run.progress()
                    .note(result.staleFiles()
                            + " unchanged files were read by other parser or chunk settings and stay as"
                            + " they are; "
                            + ReindexCost.sentence(result.staleChunks(), ledger.chunksPerSecond(target.getAsLong()))
                            + ": 'ragd index --full'");
        }
        if (run.request().full() && replaces.isPresent()) {
            run.progress().note(ReindexCost.ahead(ledger, replaces.getAsLong()));
        }
    }

    private Destination destination() {
        VectorStore store = run.resources().store();
        Generation current =
                generations.current(run.request().backend(), run.request().collection());
        CollectionInfo info = store.find(current.physical()).orElse(null);
        if (info == null) {
            return new Destination(current.physical(), null, false, OptionalLong.empty());
        }
        OptionalLong known = ledger.findTarget(run.request().backend(), info.name(), info.id());
        Optional<RuntimeException> mismatch = mismatch(store, info);
        if (mismatch.isEmpty()) {
            return new Destination(current.physical(), info, false, known);
        }
        if (!run.request().full() || CollectionEmbedder.read(info).isEmpty()) {
            throw mismatch.get();
        }
        known.ifPresent(target -> MassDeleteGuard.requireAllRoots(run.request(), ledger, target));
        return new Destination(nextPhysical(store, current), null, true, known);
    }

    /** The first free name; what an earlier attempt of ours left behind under it is dropped, nobody reads it. */
    private String nextPhysical(VectorStore store, Generation current) {
        String name =
                generations.nextPhysical(run.request().backend(), run.request().collection());
        String stem = name.substring(0, name.lastIndexOf('g') + 1);
        for (int number = current.number() + 1; ; number++) {
            String candidate = stem + number;
            CollectionInfo there = store.find(candidate).orElse(null);
            if (there == null) {
                return candidate;
            }
            if (candidate.equals(current.previous())) {
                continue; // kept for a rollback
            }
            OptionalLong ours = ledger.findTarget(run.request().backend(), candidate, there.id());
            if (ours.isPresent()) {
                store.drop(candidate);
                ledger.dropTarget(ours.getAsLong());
                return candidate;
            }
        }
    }

    /** Why the collection cannot take this run's records; empty when it can. */
    private Optional<RuntimeException> mismatch(VectorStore store, CollectionInfo info) {
        Optional<CollectionEmbedder> made = CollectionEmbedder.read(info);
        if (made.isEmpty()) {
            return Optional.of(new StoreException.EmbedderMismatch(store.name() + " collection '" + info.name()
                    + "' was not made by ragd: it is searched, not written to; choose another --collection"));
        }
        Distance wanted = run.settings().distance();
        if (wanted != null && wanted != info.distance()) {
            return Optional.of(new StoreException.EmbedderMismatch(store.name() + " collection '" + info.name()
                    + "' measures " + info.distance().label() + ", but index.distance is " + wanted.label()
                    + "; a collection's distance cannot change: unset it, or let 'ragd index --full' make a new"
                    + " generation"));
        }
        try {
            made.get()
                    .check(
                            store.name(),
                            run.request().collection(),
                            run.resources().embedderId());
            return Optional.empty();
        } catch (StoreException.EmbedderMismatch e) {
            return Optional.of(new StoreException.EmbedderMismatch(e.getMessage() + reindexCost(info)));
        }
    }

    private String reindexCost(CollectionInfo info) {
        OptionalLong target = ledger.findTarget(run.request().backend(), info.name(), info.id());
        if (target.isEmpty()) {
            return "";
        }
        return "; " + ReindexCost.all(ledger, target.getAsLong());
    }

    /** Files of which the store lost chunks behind our back are indexed again. */
    private void takeBackWhatTheStoreLost(long target, Destination destination) {
        try (VectorCollection collection = run.resources().store().open(destination.physical())) {
            long promised = ledger.chunkCount(target);
            long there = collection.count();
            if (there >= promised) {
                return;
            }
            run.progress()
                    .note("the store holds " + there + " of the " + promised
                            + " chunks that were written to it: looking for the missing ones");
            Map<Long, FileEntry> lost = new LinkedHashMap<>();
            PromisedChunks.ask(ledger, target, collection, Field.NONE, (file, chunk, stored) -> {
                if (stored == null) {
                    lost.put(file.id(), file);
                }
            });
            lost.values().forEach(file -> ledger.demote(target, file));
            run.progress()
                    .note(lost.size() + " files have missing chunks; those below this run's roots are indexed again");
        }
    }

    /** Creates the collection when there is something to put into it. */
    private long register(Destination destination, boolean somethingToDo) {
        CollectionInfo info = destination.existing();
        if (info == null) {
            if (!somethingToDo) {
                return -1;
            }
            info = create(destination.physical());
        }
        long target = ledger.createTarget(run.request().backend(), destination.physical(), info.id());
        rememberEmbedder(target, info);
        return target;
    }

    /** For dry runs, which ask no store. */
    private void rememberEmbedder(long target, @Nullable CollectionInfo info) {
        if (info != null) {
            CollectionEmbedder.read(info).ifPresent(made -> ledger.rememberEmbedder(target, made));
        }
    }

    private CollectionInfo create(String physical) {
        EmbedderId id = run.resources().embedderId();
        if (id.dimension() == 0) { // a remote model says it with its first vector
            run.resources().embedder().embedQuery("dimension");
            id = run.resources().embedder().id();
        }
        Distance distance = run.settings().distance() == null
                ? IndexSettings.DEFAULT_DISTANCE
                : run.settings().distance();
        Metadata attributes = CollectionEmbedder.of(id).addTo(Metadata.EMPTY);
        CollectionSpec spec = new CollectionSpec(physical, id.dimension(), distance, attributes);
        try (VectorCollection collection = run.resources().store().create(spec)) {
            return collection.info();
        }
    }

    private final class PlanWriter implements Scanner.Sink {
        private final List<Work> buffer = new ArrayList<>();
        private final List<Work> touched = new ArrayList<>();
        private long lines;

        @Override
        public void work(Work work) {
            buffer.add(work);
            lines++;
            if (buffer.size() == WORK_PER_INSERT) {
                flush();
            }
        }

        @Override
        public void touched(Work work) {
            touched.add(work);
        }

        void flush() {
            ledger.addWork(job, buffer);
            buffer.clear();
        }
    }
}
