package dev.ragd.faiss;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the library gets from the program into a process: real processes, each with a user home of its own. */
@Timeout(60)
class LoadingTest {

    @TempDir
    Path folder;

    @Test
    void processesThatStartAtOnceUnpackOnce() throws Exception {
        Path cache = folder.resolve("not").resolve("yet there");
        List<Process> children = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            children.add(start(cache));
        }
        for (Process child : children) {
            assertThat(output(child)).startsWith("found 7 with ");
        }
        try (Stream<Path> entries = Files.list(cache)) {
            assertThat(entries.map(p -> p.getFileName().toString().replaceFirst("-.*", "")))
                    .as("the library and the lock, nothing half done")
                    .containsExactlyInAnyOrder("faiss", "faiss.lock");
        }
        assertThat(folder.resolve("home").resolve(".javacpp")).doesNotExist();
        assertThat(Files.getPosixFilePermissions(cache.getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aDamagedOrUnfinishedFolderIsUnpackedAgain() throws Exception {
        Path cache = folder.resolve("cache");
        assertThat(output(start(cache))).startsWith("found");
        Path library;
        try (Stream<Path> entries = Files.list(cache)) {
            library = entries.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        Files.write(library.resolve("libgomp.so.1"), new byte[] {1, 2, 3});
        Path part = Files.createDirectory(cache.resolve(library.getFileName() + ".part"));
        Files.write(part.resolve("libopenblas.so.0"), new byte[10]);
        assertThat(output(start(cache))).startsWith("found");
        assertThat(Files.size(library.resolve("libgomp.so.1"))).isGreaterThan(1_000);
        assertThat(part).doesNotExist();
    }

    @Test
    void idleThreadsNeitherSpinNorMultiply() throws Exception {
        String answer = output(start(folder.resolve("cache")));
        assertThat(answer).contains("0 more threads");
        assertThat(answer).contains("OMP_WAIT_POLICY=PASSIVE").contains("OPENBLAS_NUM_THREADS=1");
    }

    @Test
    void anotherMachineIsToldWhyThereIsNone() throws Exception {
        assertThat(output(start(folder.resolve("cache"), "-Dos.arch=aarch64")))
                .contains("unavailable: the native library is for linux-x86_64, not for Linux aarch64")
                .contains("another backend");
        assertThat(output(start(folder.resolve("cache"), "-Dos.name=Mac OS X"))).contains("not for Mac OS X amd64");
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThat(output(start(file)))
                .startsWith("unavailable: ")
                .contains(file.toString())
                .contains("must be writable");
    }

    private Process start(Path cache, String... options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(Arrays.asList(options));
        command.addAll(List.of(
                "-Duser.home=" + Files.createDirectories(folder.resolve("home")),
                "-cp",
                System.getProperty("java.class.path"),
                LoadedChild.class.getName(),
                cache.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String output(Process child) throws Exception {
        String text = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(text).isZero();
        return text.lines()
                .filter(line -> !line.startsWith("WARNING"))
                .reduce("", (a, b) -> a.isEmpty() ? b : a + "\n" + b);
    }
}
