package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.runs.Command;
import dev.ragd.jobs.runs.RunFiles;
import dev.ragd.jobs.runs.RunRecorder;
import dev.ragd.jobs.runs.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class JobsCommandTest {

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void setUp() {
        cli = new CliTester(home);
    }

    @Test
    void withoutRunsItSaysHowToBegin() {
        assertThat(cli.run("jobs", "list")).isZero();
        assertThat(cli.out).isEmpty();
        assertThat(cli.err).contains("no job has run").contains("ragd index");
        assertThat(cli.run("jobs", "show")).isEqualTo(2);
        assertThat(cli.run("jobs", "resume")).isEqualTo(2);
    }

    @Test
    void listsTheNewestFirst() {
        ended("index", ExitCode.DONE, null, "index", "/docs");
        ended("migrate", ExitCode.VERIFICATION_FAILED, null, "migrate", "--from", "chromadb", "--to", "faiss");
        ended("index", ExitCode.FAILED, "the disk is full", "index", "my notes");

        assertThat(cli.run("jobs", "list")).isZero();
        List<String> lines = cli.out.lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("ID  JOB");
        assertThat(lines.get(1))
                .startsWith(" 3  index")
                .contains("failed, exit code 1")
                .endsWith("lucene/my notes  ragd index 'my notes'");
        assertThat(lines.get(2)).startsWith(" 2  migrate").contains("done, exit code 4");
        assertThat(lines.get(3)).startsWith(" 1  index").contains("done").doesNotContain("exit code");
    }

    @Test
    void showsWhyARunFailedAndHowToGoOn() {
        ended("index", ExitCode.FAILED, "the disk is full", "index", "notes");

        assertThat(cli.run("jobs", "show")).isZero();
        assertThat(cli.out)
                .contains("run 1: index, failed, exit code 1")
                .contains("into     lucene/my notes")
                .contains("because  the disk is full")
                .contains("ragd jobs resume 1");

        assertThat(cli.run("jobs", "show", "1", "--json")).isZero();
        JsonNode json = cli.json();
        assertThat(json.get("state").asString()).isEqualTo("failed");
        assertThat(json.get("exit_code").asInt()).isEqualTo(1);
        assertThat(json.get("command").get(1).asString()).isEqualTo("notes");
    }

    @Test
    void aRunThatDoesNotExistIsUsage() {
        assertThat(cli.run("jobs", "show", "77")).isEqualTo(2);
        assertThat(cli.err).contains("there is no run 77").contains("jobs list");
        assertThat(cli.run("jobs", "stop", "77")).isEqualTo(2);
        assertThat(cli.run("jobs", "show", "x")).isEqualTo(2);
    }

    @Test
    void resumeGivesTheCommandAgainWhereItWasGiven() {
        ended("index", ExitCode.TERMINATED, "stopped", "index", "notes");
        cli.againCode = 3;

        assertThat(cli.run("jobs", "resume")).isEqualTo(3);
        assertThat(cli.again).containsExactly("/somewhere index notes");
    }

    @Test
    void whatIsDoneIsNotResumed() {
        ended("index", ExitCode.DONE, null, "index", "notes");

        assertThat(cli.run("jobs", "resume", "1")).isEqualTo(2);
        assertThat(cli.err).contains("run 1 is done").contains("ragd index notes");
        assertThat(cli.again).isEmpty();
    }

    @Test
    void stoppingWhenNothingRunsIsNoFailure() {
        ended("index", ExitCode.DONE, null, "index", "notes");

        assertThat(cli.run("jobs", "stop")).isZero();
        assertThat(cli.out).contains("no job is under way");
        assertThat(cli.run("jobs", "stop", "1")).isEqualTo(2);
        assertThat(cli.err).contains("run 1 is not under way: it is done");
        try (OwnerLock lock = OwnerLock.take(home.resolve("jobs"))) {
            assertThat(lock).isNotNull();
            assertThat(cli.run("jobs", "stop")).isZero();
        }
        if (Files.isReadable(Path.of("/proc/locks"))) {
            assertThat(cli.out)
                    .contains("another command owns it: process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void aRunUnderWayIsListedAndNotResumed() throws IOException {
        start("index", "index", "notes").phase("embedding", 100, "files");

        assertThat(cli.run("jobs", "list")).isZero();
        assertThat(cli.out).contains("running");
        assertThat(cli.run("jobs", "resume")).isEqualTo(2);
        assertThat(cli.err).contains("is under way").contains("jobs stop");
        assertThat(Files.exists(home.resolve("jobs/owner.lock"))).isFalse();
    }

    private void ended(String job, ExitCode code, String message, String... command) {
        start(job, command).end(code, message, null);
    }

    private RunRecorder start(String job, String... command) {
        return RunRecorder.start(
                new RunFiles(home.resolve("jobs")),
                new Subject(job, "lucene", "my notes"),
                new Command(List.of(command), "/somewhere"),
                100,
                Clock.systemUTC(),
                Progress.NONE);
    }
}
