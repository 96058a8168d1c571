package dev.ragd.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code jobs/run.sh} beside a program that says what it was given and ends as it is told, with an empty environment. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class RunScriptTest {

    @TempDir
    Path temporary;

    private Path root;
    private Path home;

    private record Result(int code, String out) {}

    @BeforeEach
    void copyScript() throws IOException {
        root = temporary.resolve("a folder with blanks").toAbsolutePath();
        home = temporary.resolve("home of ragd");
        Files.createDirectories(root.resolve("jobs"));
        Files.copy(Path.of("jobs/run.sh"), root.resolve("jobs/run.sh"));
        script(root.resolve("ragd"), """
                #!/bin/sh
                for a in "$@"; do case $a in exit-*) code=${a#exit-} ;; say-*) echo "${a#say-}" >&2 ;; esac; done
                { pwd; env; printf '<%s>' "$@"; echo; } >"$RAGD_HOME/given"
                case " $* " in *" wait "*) trap 'echo stopped; exit 143' TERM; while :; do sleep 0.1; done ;; esac
                exit ${code:-0}
                """);
        Files.createDirectories(home);
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(List<String> variables, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "-i", "RAGD_HOME=" + home));
        command.addAll(variables);
        command.addAll(List.of("sh", root.resolve("jobs/run.sh").toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private Result run(List<String> variables, String... args) throws IOException, InterruptedException {
        return end(start(variables, args));
    }

    private Result run(String... args) throws IOException, InterruptedException {
        return run(List.of("PATH=/usr/bin:/bin"), args);
    }

    private static Result end(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out);
    }

    private String given() throws IOException {
        return Files.readString(home.resolve("given"));
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("logs/scheduled.log"));
    }

    @Test
    void wordsArriveAsTheyAreAndTheEnvironmentIsMadeWhole() throws Exception {
        Result result = run(List.of(), "index", "two words", "", "$HOME", "*");
        assertThat(result).isEqualTo(new Result(0, ""));
        assertThat(given())
                .startsWith(temporary.toRealPath() + "\n")
                .contains("<--quiet><index><two words><><$HOME><*>")
                .containsPattern("(?m)^HOME=/.+$")
                .containsPattern("(?m)^PATH=.*/usr/local/bin:/usr/bin:/bin$");
        assertThat(log())
                .containsPattern("Z start \\d+: ragd index two words")
                .containsPattern("end \\d+: exit code 0");
        assertThat(Files.getPosixFilePermissions(home.resolve("logs/scheduled.log")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest
    @CsvSource({
        "1, failed",
        "2, the configuration is wrong",
        "3, something was quarantined",
        "4, verification failed",
        "5, it needs a decision",
        "137, killed; the next run goes on",
        "143, stopped; the next run goes on"
    })
    void whatIsNotWellIsTold(int code, String words) throws Exception {
        Result result = run("index", "exit-" + code, "say-the reason");
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out())
                .contains("ragd index exit-" + code)
                .contains("exit code " + code + ": ")
                .contains(words)
                .contains("\nthe reason\n")
                .contains(home.resolve("logs/scheduled.log").toString());
        assertThat(log()).contains("  the reason\n").contains("exit code " + code);
    }

    @Test
    void aRemarkOfARunThatIsDoneIsTold() throws Exception {
        assertThat(run("index", "say-mind this").out()).contains("done, with remarks", "mind this");
    }

    @Test
    void refusedRunsAreToldEveryTenthTimeInARow() throws Exception {
        for (int i = 1; i <= 9; i++) {
            assertThat(run("index", "exit-75", "say-busy")).isEqualTo(new Result(75, ""));
        }
        assertThat(run("index", "exit-75").out()).contains("refused 10 times in a row");
        run("index");
        for (int i = 1; i <= 9; i++) {
            assertThat(run("index", "exit-75").out()).isEmpty();
        }
    }

    @Test
    void aFileOfParametersIsAJobInSpringBatchsOwnForm() throws Exception {
        Path file = Files.writeString(
                temporary.resolve("nightly.properties"),
                "# a remark\n\nspring.batch.job.name=index\r\npath=/a folder\r\n\r\nexclude=*.tmp\nset=a=b");
        assertThat(run("nightly.properties").code()).isZero();
        assertThat(given())
                .startsWith(root.toRealPath() + "\n")
                .contains("<--quiet><--spring.batch.job.name=index><path=/a folder><exclude=*.tmp><set=a=b>");

        Files.writeString(file, "path=x\n");
        assertThat(run("nightly.properties"))
                .matches(r -> r.code() == 2 && r.out().contains("expected a line spring.batch.job.name=index"));
        Files.writeString(file, "spring.batch.job.name=index\nnonsense\n");
        assertThat(run("nightly.properties"))
                .matches(r -> r.code() == 2 && r.out().contains("expected name=value, found: nonsense"));
        assertThat(run("none.properties")).matches(r -> r.code() == 2 && r.out().contains("cannot be read"));
        assertThat(run()).matches(r -> r.code() == 2 && r.out().contains("what is to be run?"));
    }

    @Test
    void theLogLiesInTheHomeThatTheCommandNames() throws Exception {
        Path other = temporary.resolve("other home");
        run("index", "--home", other.toString());
        assertThat(other.resolve("logs/scheduled.log")).exists();
        Files.writeString(
                temporary.resolve("a.properties"), "spring.batch.job.name=index\nhome=" + temporary.resolve("third"));
        run("a.properties");
        assertThat(temporary.resolve("third/logs/scheduled.log")).exists();
    }

    @Test
    void aLogThatCannotBeWrittenStopsNobodyAndALongOneIsPutAside() throws Exception {
        Files.writeString(home.resolve("logs"), "in the way");
        assertThat(run("index", "exit-3", "say-x").code()).isEqualTo(3);
        Files.delete(home.resolve("logs"));
        Files.createDirectory(home.resolve("logs"));
        Files.writeString(home.resolve("logs/scheduled.log"), "x".repeat(2_000_000));
        run("index");
        assertThat(log()).hasSizeLessThan(1000);
        assertThat(home.resolve("logs/scheduled.log.1")).hasSize(2_000_000);
    }

    @Test
    void itMailsWhenToldTo() throws Exception {
        Path bin = temporary.resolve("bin");
        script(bin.resolve("sendmail"), "#!/bin/sh\n{ echo \"$*\"; cat; } >\"$RAGD_HOME/mail\"\n");
        List<String> mailing = List.of("PATH=" + bin + ":/usr/bin:/bin", "RAGD_MAILTO=you@example.org");

        assertThat(run(mailing, "index", "exit-3", "say-über x.docx")).isEqualTo(new Result(3, ""));
        assertThat(Files.readString(home.resolve("mail")))
                .startsWith("-i -t\nTo: you@example.org\nSubject: ragd on ")
                .contains(": exit code 3\n")
                .contains("\n\nragd index exit-3")
                .contains("über x.docx");
        assertThat(given()).doesNotContain("RAGD_MAILTO");

        Files.delete(home.resolve("mail"));
        assertThat(run(mailing, "index")).isEqualTo(new Result(0, ""));
        assertThat(home.resolve("mail")).doesNotExist();

        script(bin.resolve("sendmail"), "#!/bin/sh\ncat >/dev/null\nexit 1\n");
        assertThat(run(mailing, "index", "exit-1", "say-why").out())
                .contains("could not be mailed to you@example.org", "failed", "why");
    }

    @Test
    void aSignalIsPassedOnAndItsEndAwaited() throws Exception {
        Process process = start(List.of("PATH=/usr/bin:/bin"), "index", "wait");
        while (!Files.exists(home.resolve("given")) || !given().contains("<wait>")) {
            Thread.sleep(20);
        }
        process.toHandle().destroy();
        Result result = end(process);
        assertThat(result.code()).isEqualTo(143);
        assertThat(result.out()).contains("stopped");
    }

    @Test
    void anUnpackedArchiveHasItsProgramElsewhere() throws Exception {
        Files.createDirectories(root.resolve("bin"));
        Files.move(root.resolve("ragd"), root.resolve("bin/ragd"));
        assertThat(run("index").code()).isZero();
        Files.delete(root.resolve("bin/ragd"));
        assertThat(run("index")).matches(r -> r.code() == 2 && r.out().contains("there is no ragd beside it"));
    }
}
