package dev.ragd.jobs.migrate;

import java.util.List;

/** Compares what a piece of the plan names. Thread-safe. */
final class VerifyMaker implements BlockReader.Maker<Comparison.Outcome> {

    private final Comparison comparison;
    private final boolean trustsNotes;
    private final DigestFile digests;

    VerifyMaker(MigrateRun run, Plan plan) {
        this.comparison = new Comparison(
                run.source(plan), run.target(plan), !run.request().reembed());
        this.trustsNotes = !run.request().compact();
        this.digests = new DigestFile(run.digestsFile(plan));
    }

    @Override
    public Comparison.Outcome make(BlockReader.Work work) {
        return switch (work.part()) {
            case IDS ->
                trustsNotes
                        ? comparison.compare(
                                work.number(),
                                work.ids(),
                                digests.read(work.ordinal(), work.ids().size()))
                        : comparison.compareNow(work.number(), work.ids());
            case GONE -> new Comparison.Outcome(work.number(), false, VerifyCounts.NONE, List.of());
            case END -> new Comparison.Outcome(work.number(), true, VerifyCounts.NONE, List.of());
        };
    }

    /** When no thread works here any more. */
    @Override
    public void close() {
        digests.close();
    }
}
