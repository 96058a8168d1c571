package dev.ragd.store.faiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.faiss.FaissFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 1,000 damaged snapshot files, in a process of its own: FAISS itself accepts nearly all of them, and crashes on some. None
 * may crash the process, and none may change an answer.
 */
@Timeout(300)
class SnapshotFuzzTest {

    private static final int CASES = Integer.getInteger("ragd.fuzz", 1_000);
    private static final long SEED = Long.getLong("ragd.seed", 20261123);

    @TempDir
    Path home;

    @Test
    void noDamageCrashesOrDeceives() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:ErrorFile=" + home.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SnapshotFuzzChild.class.getName(),
                        home.resolve("data").toString(),
                        FaissFixture.CACHE.toAbsolutePath().toString(),
                        String.valueOf(CASES),
                        String.valueOf(SEED))
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(said).isZero();
        assertThat(said.lines().filter(line -> line.startsWith("case ")))
                .as("answers that differ")
                .isEmpty();
        assertThat(said).contains(CASES + " damaged files refused, 0 accepted");
    }
}
