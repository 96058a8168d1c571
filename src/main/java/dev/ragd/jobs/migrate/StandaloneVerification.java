package dev.ragd.jobs.migrate;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.migrate.MigrateReport.Item;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares two collections as they are now, both read in full. Needs no job, no plan and no lock, and writes nothing. A
 * writer that works meanwhile is seen as a difference.
 */
public final class StandaloneVerification {

    private static final int PAGE = 1_000;
    private static final int LISTED = 20;

    private final MigrateRun run;
    private final StopSignal stop;
    private final Map<String, List<Item>> listed = new LinkedHashMap<>();
    private final Map<String, Long> counted = new LinkedHashMap<>();
    private final IdSet ids = new IdSet();
    private final List<String> samples = new ArrayList<>();
    private VerifyCounts counts = VerifyCounts.NONE;

    public StandaloneVerification(MigrateRun run, StopSignal stop) {
        this.run = run;
        this.stop = stop;
    }

    /**
     * Compares.
     *
     * @throws JobException when it is stopped, or when one of the collections does not exist
     */
    public MigrateReport report() {
        long started = System.nanoTime();
        for (Finding.Kind kind : List.of(Finding.Kind.MISSING, Finding.Kind.EXTRA, Finding.Kind.DIFFERENT)) {
            listed.put(kind.label(), new ArrayList<>());
            counted.put(kind.label(), 0L);
        }
        MigrateRequest request = run.request();
        VectorStore from = run.resources().source();
        VectorStore to = run.resources().target();
        String sourceName = run.sourceName();
        String targetName = run.targetName();
        try (VectorCollection source = open(from, "source", sourceName);
                VectorCollection target = open(to, "target", targetName)) {
            List<String> notes = new ArrayList<>(source.recovery().notes());
            boolean vectors = areComparable(source, target, notes);
            Comparison comparison = new Comparison(source, target, vectors);
            compare(source, comparison);
            long there = target.count();
            if (there != counts.found()) {
                ExtraRecords.forEach(target, ids, id -> note(new Finding(Finding.Kind.EXTRA, id, "not in the source")));
            }
            Neighbours.Overlap overlap =
                    vectors ? Neighbours.compare(source, target, samples) : new Neighbours.Overlap(0, 0);
            MigrateReport.Verification verification = verification(comparison, overlap);
            double least = run.settings().minOverlap();
            if (!overlap.suffices(least)) {
                notes.add(overlap.shortfall(least));
            }
            return new MigrateReport(
                    false,
                    false,
                    new MigrateReport.End(
                            request.from().toString(), request.collection(), sourceName, counts.checked()),
                    new MigrateReport.End(request.to().toString(), request.toCollection(), targetName, there),
                    0,
                    0,
                    0,
                    0,
                    null,
                    verification,
                    false,
                    false,
                    Map.of(),
                    notes,
                    (System.nanoTime() - started) / 1e9);
        }
    }

    private static VectorCollection open(VectorStore store, String role, String name) {
        try {
            return store.open(name);
        } catch (StoreException.CollectionNotFound e) {
            throw new JobException(
                    ExitCode.USAGE, "the " + role + " " + store.name() + " has no collection '" + name + "'", e);
        }
    }

    private static boolean areComparable(VectorCollection source, VectorCollection target, List<String> notes) {
        if (!sameModel(source.info(), target.info())) {
            notes.add("the two were embedded by different models: vectors are not compared");
            return false;
        }
        if (!source.capabilities().contains(Capability.VECTORS)) {
            notes.add("the source has no vectors to compare");
            return false;
        }
        return true;
    }

    private static boolean sameModel(CollectionInfo source, CollectionInfo target) {
        return CollectionEmbedder.read(source)
                .map(CollectionEmbedder::fingerprint)
                .equals(CollectionEmbedder.read(target).map(CollectionEmbedder::fingerprint));
    }

    private void compare(VectorCollection source, Comparison comparison) {
        long total = source.count();
        long step = Math.max(1, total / Math.max(1, run.settings().samples()));
        run.progress().phase("verifying", total, "records");
        run.progress().advance(0);
        String cursor = null;
        long seen = 0;
        do {
            if (stop.requested()) {
                throw new JobException(stop.reason(), "stopped; nothing was changed", null);
            }
            ScanPage page = source.scan(new ScanRequest(comparison.fields(), null, cursor, PAGE));
            List<VectorRecord> fresh =
                    page.records().stream().filter(r -> ids.add(r.id())).toList();
            for (VectorRecord record : fresh) {
                if (seen++ % step == step / 2 && samples.size() < run.settings().samples()) {
                    samples.add(record.id());
                }
            }
            Comparison.Outcome outcome = comparison.compare(0, fresh);
            counts = counts.plus(outcome.counts());
            outcome.findings().forEach(this::note);
            run.progress().advance(counts.checked());
            cursor = page.next();
        } while (cursor != null);
    }

    private void note(Finding finding) {
        String kind = finding.kind().label();
        counted.merge(kind, 1L, Long::sum);
        List<Item> list = listed.get(kind);
        if (list != null && list.size() < LISTED) {
            list.add(new Item(finding.id(), finding.detail()));
        }
    }

    private MigrateReport.Verification verification(Comparison comparison, Neighbours.Overlap overlap) {
        boolean equal = counted.values().stream().allMatch(count -> count == 0);
        boolean found = overlap.suffices(run.settings().minOverlap());
        return new MigrateReport.Verification(
                equal && found ? Status.VERIFIED : Status.FAILED,
                counts.checked(),
                counts.equal(),
                counts.tolerated(),
                comparison.tolerance(),
                counted,
                listed,
                overlap.samples() == 0 ? null : overlap.share(),
                overlap.samples());
    }
}
