package dev.ragd.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other processes find, which this one cannot ask of itself, is asked by another one. */
class ProcessLockTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void file() {
        file = folder.resolve("a.lock");
    }

    @Test
    void oneHolderOrMany() throws Exception {
        try (ProcessLock one = exclusive()) {
            assertThat(one.channel().isOpen()).isTrue();
            assertThat(ProcessLock.isHeldHere(file)).isTrue();
            assertThat(ProcessLock.tryExclusive(file)).isNull();
            assertThat(ProcessLock.tryShared(file)).isNull();
            assertThat(elsewhere()).isEqualTo("neither");
        }
        assertThat(ProcessLock.isHeldHere(file)).isFalse();
        assertThat(elsewhere()).isEqualTo("exclusive");
        try (ProcessLock one = shared();
                ProcessLock two = shared()) {
            assertThat(one.channel()).isSameAs(two.channel());
            assertThat(ProcessLock.tryExclusive(file)).isNull();
            assertThat(elsewhere()).isEqualTo("shared");
        }
    }

    @Test
    void whoIsRefusedTakesItAwayFromNobody() throws Exception {
        try (ProcessLock one = exclusive()) {
            assertThat(ProcessLock.tryExclusive(file)).isNull();
            System.gc(); // closes what nobody refers to
            assertThat(elsewhere()).isEqualTo("neither");
            assertThat(one.channel().isOpen()).isTrue();
        }
    }

    @Test
    void theLastOfManyReleasesIt() throws Exception {
        exclusive().close(); // makes the file
        ProcessLock one = shared();
        ProcessLock other = shared();
        other.close();
        other.close();
        assertThat(elsewhere()).isEqualTo("shared");
        one.close();
        assertThat(elsewhere()).isEqualTo("exclusive");
    }

    @Test
    void theSameFileByAnotherNameIsTheSame() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("real")));
        try (ProcessLock one = ProcessLock.tryExclusive(folder.resolve("real/b.lock"))) {
            assertThat(one).isNotNull();
            assertThat(ProcessLock.tryExclusive(link.resolve("b.lock"))).isNull();
        }
    }

    private ProcessLock exclusive() throws IOException {
        return Objects.requireNonNull(ProcessLock.tryExclusive(file));
    }

    private ProcessLock shared() throws IOException {
        return Objects.requireNonNull(ProcessLock.tryShared(file));
    }

    private String elsewhere() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** Says which of the two it can have. */
    static final class Other {
        private Other() {}

        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0]);
            if (ProcessLock.tryExclusive(file) != null) {
                System.out.println("exclusive");
            } else {
                System.out.println(ProcessLock.tryShared(file) != null ? "shared" : "neither");
            }
        }
    }
}
