package dev.ragd.ops.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the words are, they arrive. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ScheduledCommandTest {

    private static final String[] LETTERS = {
        "a", "B", "7", " ", "'", "\"", "\\", "$", "`", "%", "*", "?", "~", "&", ";", "|", "#", "!", "(", "<", "=", "-",
        "é", "%n"
    };

    private static final CronExpression NIGHT = CronExpression.parse("30  2 * * *");

    @TempDir
    Path folder;

    /** A script that prints its words and what it finds in its environment, a line each. */
    private Path wrapper(String name) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        Path script = Files.writeString(
                place.resolve("run.sh"),
                "#!/bin/sh\npwd\nprintf '%s\\n' \"$RAGD_HOME\"\nfor w in \"$@\"; do printf '%s\\n' \"$w\"; done\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    @Test
    void aCrontabLineGivesTheWordsAsTheyWere() throws Exception {
        Random random = new Random(11);
        for (int round = 0; round < 40; round++) {
            List<String> words = new ArrayList<>(List.of("index"));
            random.ints(3, 0, 6)
                    .forEach(length -> words.add(random.ints(length, 0, LETTERS.length)
                            .mapToObj(i -> LETTERS[i])
                            .collect(Collectors.joining())));
            Path home = folder.resolve("the 50% \"home\" of $USER");
            Path script = wrapper("it's a 100% \\ place");
            String line = CrontabLine.of(
                    NIGHT, new ScheduledCommand(script, words, script.getParent(), home, Map.of("LANG", "C")));
            assertThat(line).startsWith("30 2 * * *  cd ").doesNotContainPattern("(?<!\\\\)%");

            // What cron does with a line: the time is taken away, \% becomes %, a shell gets the rest.
            String command = line.substring("30 2 * * *  ".length()).replace("\\%", "%");
            List<String> expected =
                    new ArrayList<>(List.of(script.getParent().toRealPath().toString(), home.toString()));
            expected.addAll(words);
            assertThat(run("sh", "-c", command)).as(line).isEqualTo(String.join("\n", expected) + "\n");
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void whatACrontabCannotHoldIsRefused() {
        assertThatThrownBy(() -> command("index", "a\nb")).hasMessageContaining("line break");
        assertThatThrownBy(() -> CrontabLine.of(NIGHT, command("index", "x".repeat(1000))))
                .hasMessageContaining("cron reads 998")
                .hasMessageContaining("reindex.properties");
    }

    private static ScheduledCommand command(String... words) {
        return new ScheduledCommand(
                Path.of("/opt/ragd/jobs/run.sh"), List.of(words), Path.of("/home/you"), Path.of("/h"), Map.of());
    }

    @Test
    void systemdFindsNothingWrongWithUnitsOfAnyWords() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "NO SYSTEMD FOR TESTS");
        ScheduledCommand odd = new ScheduledCommand(
                wrapper("a place"),
                List.of("index", "50% off", "$HOME", "say \"hi\" \\", "it's", "ends in \\"),
                folder,
                folder.resolve("home"),
                Map.of("PATH", "/opt/node 22/bin:/usr/bin"));
        SystemdUnits units = new SystemdUnits("ragd-test", "root", NIGHT, odd, List.of(folder.resolve("other place")));

        assertThat(SystemdAnalyze.verify(units.files())).hasValue(List.of());

        Map<String, String> broken = Map.of(
                "ragd-x.service", units.files().get("ragd-test.service").replace("ProtectSystem=", "ProtectSystm="));
        assertThat(SystemdAnalyze.verify(broken).orElseThrow()).anyMatch(line -> line.contains("ProtectSystm"));
        assertThatThrownBy(() -> new SystemdUnits("a/b", "root", NIGHT, odd, List.of()))
                .hasMessageContaining("the name 'a/b'");
        assertThatThrownBy(() -> new SystemdUnits("a", "root; x", NIGHT, odd, List.of()))
                .hasMessageContaining("no name of a user");
    }
}
