package dev.ragd.jobs.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobReport;
import dev.ragd.jobs.Measure;
import dev.ragd.jobs.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-25T03:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path jobs;

    @Test
    void aRunIsSeenWhileItRunsAndAfterItsEnd() {
        RunFiles files = new RunFiles(jobs);
        RunRecorder recorder = start("index", 10, "index", "my notes");
        recorder.phase("embedding", 40, "files");
        recorder.advance(7);
        recorder.count(Measure.CHUNKS_WRITTEN, 5);
        recorder.count(Measure.CHUNKS_WRITTEN, 6);

        Run running = files.running().orElseThrow();
        assertThat(running.id()).isEqualTo(recorder.run());
        assertThat(running.state()).isEqualTo(Run.State.RUNNING);
        assertThat(running.command()).isEqualTo(new Command(List.of("index", "my notes"), "/somewhere"));
        assertThat(running.process().alive()).isEqualTo(ProcessHandle.current());

        recorder.end(ExitCode.DONE_WITH_REJECTS, null, report("a file is quarantined"));
        recorder.phase("after the end", 1, "calls");
        Run ended = files.find(recorder.run()).orElseThrow();
        assertThat(ended.state()).isEqualTo(Run.State.DONE);
        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.started()).isEqualTo(CLOCK.instant());
        assertThat(ended.outcome())
                .isEqualTo(new Outcome(Map.of("chunks_written", 11L), List.of("a file is quarantined")));
        assertThat(files.running()).isEmpty();
    }

    private static JobReport report(String remark) {
        return new JobReport() {
            @Override
            public ExitCode exitCode() {
                return ExitCode.DONE_WITH_REJECTS;
            }

            @Override
            public List<String> remarks() {
                return List.of(remark);
            }
        };
    }

    @Test
    void whatAFailedRunSaidIsKept() {
        start("migrate", 10).end(ExitCode.FAILED, "the disk is full: \"x\"\n\u00fc", null);

        Run run = new RunFiles(jobs).list().get(0);
        assertThat(run.state()).isEqualTo(Run.State.FAILED);
        assertThat(run.message()).isEqualTo("the disk is full: \"x\"\n\u00fc");
    }

    @Test
    void everyFieldComesBack() throws Exception {
        Run run = new Run(
                7,
                new Subject("index", "faiss", "my notes"),
                new Command(List.of("index", "a b", "--quiet"), "/home/you"),
                new Run.Owner(12, 34_567),
                Instant.parse("2026-11-25T03:00:00.123Z"),
                Instant.parse("2026-11-25T03:00:09Z"),
                Run.State.STOPPED,
                143,
                "stopped",
                99,
                List.of(
                        new Run.Step("scan", "done", 1.5, 2, List.of()),
                        new Run.Step(
                                "embed",
                                "stopped",
                                6.25,
                                31,
                                List.of(new Run.Phase("embedding", "files", 10, 60, 100, 5.0)))),
                new Outcome(Map.of("chunks_written", 120L, "embeddings", 7L), List.of("quarantined: a: b", "ü")));

        assertThat(RunJson.read(RunJson.write(run))).isEqualTo(run);
        assertThat(run.steps().get(1).phases().get(0).rate()).isEqualTo(10.0);
    }

    @Test
    void fieldsOfALaterVersionArePassedOver() throws Exception {
        String json =
                new String(RunJson.write(new RunFiles(jobs).find(startAndEnd()).orElseThrow()));
        String later = json.replaceFirst("\\{", "{\"added\":{\"a\":[1,{\"b\":null}]},");

        assertThat(RunJson.read(later.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .job())
                .isEqualTo("index");
    }

    @Test
    void aRunOfAnOlderVersionHasNoCollection() throws Exception {
        String json =
                new String(RunJson.write(new RunFiles(jobs).find(startAndEnd()).orElseThrow()));
        String older = json.replace("\"store\":\"lucene\",\"collection\":\"notes\",", "");

        assertThat(older).isNotEqualTo(json);
        assertThat(RunJson.read(older.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .subject())
                .isEqualTo(new Subject("index", "", ""));
    }

    @Test
    void aRunWhoseProcessIsGoneWasCutOff() throws IOException {
        RunFiles files = new RunFiles(jobs);
        long id = start("index", 10).run();
        Run mine = files.find(id).orElseThrow();
        Run.Owner gone = new Run.Owner(mine.process().pid(), mine.process().started() - 60_000);
        files.write(new Run(
                id,
                mine.subject(),
                mine.command(),
                gone, // the same number, but another process
                mine.started(),
                mine.updated(),
                mine.state(),
                -1,
                null,
                -1,
                List.of(),
                Outcome.NONE));

        assertThat(files.find(id).orElseThrow().state()).isEqualTo(Run.State.CUT_OFF);
        assertThat(files.running()).isEmpty();
    }

    @Test
    void theNewestOfEachJobAreKept() {
        for (int i = 0; i < 4; i++) {
            start("index", 2).end(ExitCode.DONE, null, null);
            start("migrate", 2).end(ExitCode.DONE, null, null);
        }

        assertThat(new RunFiles(jobs).list()).extracting(Run::id).containsExactly(8L, 7L, 6L, 5L);
        assertThat(start("index", 2).run()).isEqualTo(9);
    }

    @Test
    void filesThatAreNoRunsAreLeftOut() throws IOException {
        start("index", 10).end(ExitCode.DONE, null, null);
        Files.writeString(jobs.resolve("runs/2.json"), "{\"magic\":\"ragd-run\",\"id\":2");
        Files.writeString(jobs.resolve("runs/3.json"), "[1]");
        Files.writeString(jobs.resolve("runs/notes.txt"), "hello");

        assertThat(new RunFiles(jobs).list()).extracting(Run::id).containsExactly(1L);
        assertThat(start("index", 10).run()).isEqualTo(4);
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaidOnceAndDisturbsNothing() throws IOException {
        Files.writeString(jobs.resolve("runs"), "a file, not a folder");
        List<String> notes = new ArrayList<>();
        RunRecorder recorder = RunRecorder.start(
                new RunFiles(jobs.resolve("elsewhere")),
                new Subject("index", "lucene", "notes"),
                Command.here(),
                10,
                CLOCK,
                new Notes(notes));
        Files.delete(jobs.resolve("elsewhere/runs/1.json"));
        Files.delete(jobs.resolve("elsewhere/runs"));
        Files.writeString(jobs.resolve("elsewhere/runs"), "a file, not a folder");

        recorder.phase("one", 1, "x");
        recorder.phase("two", 1, "x");
        recorder.note("hello");

        assertThat(notes).hasSize(2);
        assertThat(notes.get(0)).contains("cannot be noted").contains("the run itself goes on");
        assertThat(notes.get(1)).isEqualTo("hello");
    }

    private long startAndEnd() {
        RunRecorder recorder = start("index", 10);
        recorder.end(ExitCode.DONE, null, null);
        return recorder.run();
    }

    private RunRecorder start(String job, int keep, String... command) {
        return RunRecorder.start(
                new RunFiles(jobs),
                new Subject(job, "lucene", "notes"),
                new Command(List.of(command), "/somewhere"),
                keep,
                CLOCK,
                Progress.NONE);
    }

    private record Notes(List<String> lines) implements Progress {
        @Override
        public void phase(String name, long total, String unit) {}

        @Override
        public void advance(long done) {}

        @Override
        public void note(String line) {
            lines.add(line);
        }
    }
}
