package dev.ragd.jobs.migrate;

import dev.ragd.catalog.MigrationMark;
import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.StopSignal;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.QuantisedVectors;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/**
 * The plan step: freezes the ids of the source and the batches they are copied in, creates the target collection with a mark
 * of whose it is, or marks the one that is there as being written, and then, in one commit, makes all that the plan of the job.
 */
final class PlanTasklet implements Tasklet {

    private static final int PAGE = 10_000;
    private static final int TRIES = 3;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final MigrateRun run;
    private final MigrationLedger ledger;
    private final StopSignal stop;
    private final long job;
    private final UUID id = UUID.randomUUID();

    PlanTasklet(MigrateRun run, MigrationLedger ledger, StopSignal stop, long job) {
        this.run = run;
        this.ledger = ledger;
        this.stop = stop;
        this.job = job;
    }

    /** Ids that were written to a list. */
    private record Frozen(IdSet set, long batches, long bytes) {}

    /** Ids of the target that the source lacks. */
    private record Gone(long count, long bytes) {
        static final Gone NONE = new Gone(0, 0);
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        if (ledger.plan(job) != null) {
            return RepeatStatus.FINISHED; // the process died between the plan's transaction and the end of this step
        }
        Checked checked = new Preflight(run).check();
        checked.notes().forEach(run.progress()::note);
        try {
            AtomicFile.createPrivateFolder(run.folders().plans());
        } catch (IOException e) {
            throw new JobException(ExitCode.FAILED, run.folders().plans() + " cannot be created: " + e, e);
        }
        int batch = run.settings().batchFor(checked.recordBytes());
        Frozen frozen;
        try (VectorCollection source =
                run.resources().source().open(checked.source().name())) {
            frozen = freeze(source, batch);
        }
        Gone gone = Gone.NONE;
        boolean compares = false;
        CollectionInfo target = checked.target().existing();
        if (target == null) {
            target = create(checked, frozen.set().size());
        } else {
            try (VectorCollection there = run.resources().target().open(target.name())) {
                compares = there.count() > 0;
                gone = compares ? gone(there, frozen.set(), batch, checked.target()) : gone;
                there.replaceAttributes(
                        mark(frozen.set().size()).addTo(there.info().attributes()));
            }
        }
        Instant now = run.resources().clock().instant();
        ledger.freeze(new Plan(
                job,
                id,
                run.request().scope(),
                run.command(),
                "migrate-" + TIME.format(now) + "-" + id.toString().substring(0, 8),
                checked.source().name(),
                checked.source().id(),
                target.name(),
                target.id(),
                compares,
                checked.target().inPlace(),
                frozen.set().size(),
                frozen.batches(),
                frozen.bytes(),
                gone.count(),
                gone.bytes(),
                checked.recordBytes(),
                now.toEpochMilli(),
                null,
                false));
        return RepeatStatus.FINISHED;
    }

    /**
     * Writes the ids of the source into a list. Deletes during a scan can hide records that are still there; then the list
     * is shorter than the collection, and it is scanned again.
     */
    private Frozen freeze(VectorCollection source, int batch) {
        long before = source.count();
        for (int attempt = 1; ; attempt++) {
            run.progress().phase("planning", before, "ids");
            run.progress().advance(0);
            IdSet set = new IdSet();
            try (IdList.Writer list = new IdList.Writer(file(".ids"), id, batch)) {
                scan(source, set, list);
                list.finish();
                long after = source.count();
                if (set.size() >= Math.min(before, after)) {
                    return new Frozen(set, list.blocks(), list.bytes());
                }
                if (attempt == TRIES) {
                    throw new JobException(
                            ExitCode.FAILED,
                            "the source changes while its ids are read: " + set.size() + " of " + after
                                    + " were seen in the last of " + TRIES
                                    + " scans; stop what deletes from it for a moment, then run the same command again",
                            null);
                }
                before = after;
            }
        }
    }

    private void scan(VectorCollection source, IdSet set, IdList.Writer list) {
        String cursor = null;
        do {
            if (stop.requested()) {
                throw new JobException(stop.reason(), "stopped while planning; the same command starts again", null);
            }
            ScanPage page = source.scan(new ScanRequest(Field.NONE, null, cursor, PAGE));
            for (VectorRecord record : page.records()) {
                if (set.add(record.id())) {
                    list.add(record.id());
                }
            }
            run.progress().advance(set.size());
            cursor = page.next();
        } while (cursor != null);
    }

    /** Lists what the target has too much; refuses when somebody else put it there, or when it is suspiciously much. */
    private Gone gone(VectorCollection target, IdSet source, int batch, Target choice) {
        IdSet known = choice.inPlace() ? lastPlan() : null;
        long[] strangers = {0};
        String[] stranger = {""};
        try (IdList.Writer list = new IdList.Writer(file(".gone"), id, batch)) {
            ExtraRecords.forEach(target, source, extra -> {
                list.add(extra);
                if (known == null) {
                    stranger[0] = extra;
                } else if (!known.contains(extra)) {
                    strangers[0]++;
                    stranger[0] = extra;
                }
            });
            list.finish();
            requireKnown(known, list.count(), stranger[0]);
            if (strangers[0] > 0) {
                throw new JobException(
                        ExitCode.REFUSED,
                        "the target holds " + strangers[0] + " records that no migration brought there, for example '"
                                + stranger[0]
                                + "': a delta would delete them; leave --delta out to make a new generation",
                        null);
            }
            if (choice.inPlace()) {
                guard(list.count(), target.count());
            }
            return list.count() == 0 ? Gone.NONE : new Gone(list.count(), list.bytes());
        }
    }

    /** Without its list of ids nobody can tell what the last migration brought from what was indexed into the target since. */
    private void requireKnown(@Nullable IdSet known, long extra, String example) {
        MigrateRequest request = run.request();
        boolean othersWrite = !request.to().located();
        if (known == null && extra > 0 && request.delta() && othersWrite && !request.allowMassDelete()) {
            throw new JobException(
                    ExitCode.REFUSED,
                    "the target holds " + extra + " records that the source lacks, for example '" + example
                            + "', and what the last migration brought is not known any more: a delta would delete"
                            + " them; leave --delta out to make a new generation, or add --allow-mass-delete if they"
                            + " are to go",
                    null);
        }
    }

    private void guard(long deletes, long there) {
        MigrateSettings settings = run.settings();
        boolean much = deletes > settings.maxDeleteRecords() && deletes * 100 > there * settings.maxDeletePercent();
        if (much && !run.request().allowMassDelete()) {
            throw new JobException(
                    ExitCode.REFUSED,
                    "the source lacks " + deletes + " of the target's " + there
                            + " records, which would be deleted; is it the right source? If this is meant, add"
                            + " --allow-mass-delete",
                    null);
        }
    }

    /** The ids that the last migration of this pair brought; null when that is not known any more. */
    private @Nullable IdSet lastPlan() {
        Plan last = ledger.lastPublished(run.request().scope());
        if (last == null || !run.idsFile(last).toFile().exists()) {
            return null;
        }
        try (IdList list = IdList.open(run.idsFile(last), last.id(), last.idBytes())) {
            return ExtraRecords.read(list);
        }
    }

    private CollectionInfo create(Checked checked, long records) {
        CollectionInfo source = checked.source();
        Metadata attributes = source.attributes();
        if (!checked.embedder().fingerprint().isEmpty()) {
            attributes = checked.embedder().addTo(attributes);
        }
        CollectionSpec spec = new CollectionSpec(
                checked.target().physical(),
                checked.embedder().dimension(),
                source.distance(),
                mark(records).addTo(checked.target().quantised() ? QuantisedVectors.wishFor(attributes) : attributes));
        try (VectorCollection made = run.resources().target().create(spec)) {
            return made.info();
        }
    }

    private MigrationMark mark(long records) {
        return MigrationMark.writing(id, run.request().source(), records);
    }

    private Path file(String suffix) {
        return run.folders().plans().resolve(id + suffix);
    }
}
