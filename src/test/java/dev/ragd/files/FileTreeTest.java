package dev.ragd.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {

    @TempDir
    Path folder;

    private Path tree;
    private Path elsewhere;

    @BeforeEach
    void tree() throws IOException {
        tree = folder.resolve("tree");
        elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("kept"), "12345678");
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/c"), "123");
        Files.writeString(tree.resolve("d"), "4567");
        Files.createSymbolicLink(tree.resolve("a/link"), elsewhere);
        Files.createSymbolicLink(tree.resolve("gone"), folder.resolve("nothing"));
    }

    @Test
    void allOfItIsDeletedAndNothingElse() throws IOException {
        FileTree.delete(tree);
        FileTree.delete(tree);
        assertThat(tree).doesNotExist();
        assertThat(elsewhere.resolve("kept")).exists();
        FileTree.delete(elsewhere.resolve("kept"));
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void filesCountAndLinksDoNot() throws IOException {
        assertThat(FileTree.bytes(tree)).isEqualTo(7);
        assertThat(FileTree.bytes(tree.resolve("none"))).isZero();
    }
}
