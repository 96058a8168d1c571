package dev.ragd.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void fileAndFoldersAreForTheOwnerAlone() throws IOException {
        Path file = folder.resolve("a/b/config.yml");
        AtomicFile.write(file, bytes("one"));
        assertThat(file).hasContent("one");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("a/b"))))
                .isEqualTo("rwx------");
    }

    @Test
    void aSecondWriteReplacesTheWholeAndLeavesNothingBeside() throws IOException {
        Path file = folder.resolve("config.yml");
        AtomicFile.write(file, bytes("a longer first content"));
        AtomicFile.write(file, bytes("two"));
        assertThat(file).hasContent("two");
        assertThat(names()).containsExactly("config.yml");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path target = Files.writeString(folder.resolve("dotfiles.yml"), "one");
        Path link = Files.createSymbolicLink(folder.resolve("config.yml"), target);
        AtomicFile.write(link, bytes("two"));
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(target).hasContent("two");
    }

    @Test
    void whatCannotBeReplacedStaysAsItWas() throws IOException {
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("inside"), "x");
        assertThatThrownBy(() -> AtomicFile.write(full, bytes("two"))).isInstanceOf(IOException.class);
        assertThat(full.resolve("inside")).hasContent("x");
        assertThatThrownBy(() -> AtomicFile.write(full.resolve("inside/below"), bytes("x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not a folder");
        assertThat(names()).containsExactly("full");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(p -> p.getFileName().toString()).toList();
        }
    }

    @Test
    void whatKilledWritersLeftIsSweptUp() throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofMinutes(2)));
        for (String name :
                List.of(".ragd.prom123.tmp", ".ragd.prom.tmp", ".other45.tmp", "ragd.prom9.tmp", "ragd.prom")) {
            Files.setLastModifiedTime(Files.writeString(folder.resolve(name), "x"), old);
        }
        Files.writeString(folder.resolve(".ragd.prom77.tmp"), "still being written");

        AtomicFile.sweep(folder.resolve("ragd.prom"));
        assertThat(names())
                .containsExactlyInAnyOrder(
                        ".ragd.prom.tmp", ".other45.tmp", "ragd.prom9.tmp", "ragd.prom", ".ragd.prom77.tmp");
        AtomicFile.sweepFolder(folder);
        assertThat(names())
                .containsExactlyInAnyOrder(".ragd.prom.tmp", "ragd.prom9.tmp", "ragd.prom", ".ragd.prom77.tmp");
        AtomicFile.sweepFolder(folder.resolve("none"));
    }
}
