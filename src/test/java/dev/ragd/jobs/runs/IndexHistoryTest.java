package dev.ragd.jobs.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexHistoryTest {

    private static final Subject NOTES = new Subject("index", "lucene", "notes");

    @Test
    void filesADayAreCountedFromTheRunsOfThisCollectionAlone() {
        List<Run> runs = List.of(
                run(9, NOTES, Run.State.FAILED, 500),
                run(8, NOTES, Run.State.DONE, 3),
                run(7, new Subject("index", "lucene", "mails"), Run.State.DONE, 700),
                run(6, new Subject("index", "faiss", "notes"), Run.State.DONE, 80),
                run(6, new Subject("repair", "lucene", "notes"), Run.State.DONE, 9),
                run(5, NOTES, Run.State.DONE, 5),
                run(4, NOTES, Run.State.DONE, 100),
                run(3, new Subject("index", "", ""), Run.State.DONE, 100));

        IndexHistory history = IndexHistory.of(runs, NOTES);

        assertThat(history.filesPerDay()).as("8 in 4 days").hasValue(2);
        assertThat(history.files()).isEqualTo(1_000 + 3);
    }

    @Test
    void lessThanADayTellsNothing() {
        assertThat(IndexHistory.of(List.of(), NOTES).filesPerDay()).isEmpty();
        IndexHistory one = IndexHistory.of(List.of(run(4, NOTES, Run.State.DONE, 100)), NOTES);
        assertThat(one.filesPerDay()).isEmpty();
        assertThat(one.files()).isEqualTo(1_100);
        Run first = run(4, NOTES, Run.State.DONE, 100);
        assertThat(IndexHistory.of(List.of(first, first), NOTES).filesPerDay()).isEmpty();
    }

    /** On a day of November 2026. */
    private static Run run(int day, Subject subject, Run.State state, long indexed) {
        Instant at = Instant.parse("2026-11-0" + day + "T03:00:00Z");
        List<Run.Step> steps = List.of(
                new Run.Step(
                        "scan", "done", 1, 1, List.of(new Run.Phase("scanning", "files", 0, 1_000 + indexed, 0, 1))),
                new Run.Step("embed", "done", 1, 1, List.of(new Run.Phase("indexing", "files", 7, 7 + indexed, 0, 1))));
        return new Run(
                day, subject, Command.here(), new Run.Owner(1, 1), at, at, state, 0, null, day, steps, Outcome.NONE);
    }
}
