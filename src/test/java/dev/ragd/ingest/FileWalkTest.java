package dev.ragd.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.ragd.ingest.FileWalk.Candidate;
import dev.ragd.ingest.FileWalk.Entry;
import dev.ragd.ingest.FileWalk.Kind;
import dev.ragd.ingest.FileWalk.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWalkTest {

    @TempDir
    Path tmp;

    private Path root;

    @BeforeEach
    void root() throws IOException {
        root = Files.createDirectory(tmp.resolve("root"));
    }

    private Path file(String name) throws IOException {
        Path file = tmp.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, name);
    }

    private List<Entry> walk(List<Path> roots, List<String> includes, List<String> excludes) throws Exception {
        return new FileWalk(roots, includes, excludes).stream().toList();
    }

    private List<String> names(List<Entry> entries) {
        return entries.stream()
                .map(e -> e instanceof Candidate c
                        ? c.relativePath()
                        : ((Problem) e).kind().toString())
                .toList();
    }

    private List<String> names() throws Exception {
        return names(walk(List.of(root), List.of(), List.of()));
    }

    @Test
    void ordersByRelativePath() throws Exception {
        for (String f : List.of("a/b", "a.txt", "a/a", "B", "a-c/x", "z")) {
            file("root/" + f);
        }
        assertThat(names())
                .containsExactly("B", "a-c/x", "a.txt", "a/a", "a/b", "z")
                .isSorted();
    }

    @Test
    void saysSizeAndTime() throws Exception {
        Path f = file("root/sub/f.txt");
        Files.setLastModifiedTime(f, FileTime.from(1_700_000_000_123_456_789L, TimeUnit.NANOSECONDS));
        assertThat(walk(List.of(root.resolve("../root/./")), List.of(), List.of()))
                .containsExactly(
                        new Candidate(f, root.resolve("../root/./"), "sub/f.txt", 14, 1_700_000_000_123_456_789L));
    }

    @Test
    void leavesHiddenAndGeneratedThingsOut() throws Exception {
        for (String f : List.of(
                ".git/config",
                ".hidden",
                "node_modules/x/readme.md",
                "__pycache__/x",
                "java/pom.xml",
                "java/target/classes.txt",
                "goals/target/plan.md",
                "a.md")) {
            file("root/" + f);
        }
        assertThat(names()).containsExactly("a.md", "goals/target/plan.md", "java/pom.xml");
    }

    @Test
    void takesHiddenThingsThatAnIncludeSpellsOut() throws Exception {
        file("root/.notes/a.md");
        file("root/.other/b.md");
        file("root/c.md");
        file("root/d.txt");
        assertThat(names(walk(List.of(root), List.of("*.md", ".notes/**"), List.of())))
                .containsExactly(".notes/a.md", "c.md");
        assertThat(names(walk(List.of(root.resolve(".other")), List.of(), List.of())))
                .containsExactly("b.md");
        assertThat(names(walk(List.of(root.resolve(".other/b.md")), List.of(), List.of())))
                .containsExactly("b.md");
    }

    @Test
    void includesAndExcludesByGlob() throws Exception {
        for (String f : List.of("a.md", "b.txt", "drafts/c.md", "x/drafts/d.md", "x/y/e.md", "x/f.md")) {
            file("root/" + f);
        }
        assertThat(names(walk(List.of(root), List.of("**/*.md"), List.of("drafts"))))
                .containsExactly("a.md", "x/f.md", "x/y/e.md");
        assertThat(names(walk(List.of(root), List.of("x/**"), List.of("/drafts"))))
                .containsExactly("x/drafts/d.md", "x/f.md", "x/y/e.md");
        assertThat(names(walk(List.of(root), List.of("x/*.{md,txt}"), List.of())))
                .containsExactly("x/f.md");
        assertThat(names(walk(List.of(root), List.of("[!a].???"), List.of()))).containsExactly("b.txt");
        assertThatThrownBy(() -> walk(List.of(root), List.of("[a"), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'[a'");
    }

    @Test
    void followsLinksAndCountsEveryFileOnce() throws Exception {
        file("root/a/one.txt");
        file("outside/two.txt");
        file("outside/deep/three.txt");
        Path alone = file("four.txt");
        Files.createSymbolicLink(root.resolve("a/up"), root);
        Files.createSymbolicLink(root.resolve("a/self"), Path.of("self"));
        Files.createSymbolicLink(root.resolve("b-link-to-one"), root.resolve("a/one.txt"));
        Files.createSymbolicLink(root.resolve("c"), tmp.resolve("outside"));
        Files.createSymbolicLink(root.resolve("d"), tmp.resolve("outside"));
        Files.createSymbolicLink(root.resolve("e"), tmp.resolve("outside/deep"));
        Files.createSymbolicLink(root.resolve("f"), alone);
        Files.createSymbolicLink(root.resolve("g"), alone);
        Files.createSymbolicLink(root.resolve("gone"), tmp.resolve("nothing"));
        Files.createSymbolicLink(tmp.resolve("outside/back"), root);
        assertThat(names())
                .containsExactly("a/one.txt", "DANGLING_LINK", "c/deep/three.txt", "c/two.txt", "f", "DANGLING_LINK");
    }

    @Test
    void aLinkToAFileOfALinkedFolderCountsOnceInEitherOrder() throws Exception {
        file("outside/one.txt");
        Files.createSymbolicLink(root.resolve("a"), tmp.resolve("outside/one.txt"));
        Files.createSymbolicLink(root.resolve("b"), tmp.resolve("outside"));
        Files.createSymbolicLink(root.resolve("c"), tmp.resolve("outside/one.txt"));
        assertThat(names()).containsExactly("a");
        Files.delete(root.resolve("a"));
        assertThat(names()).containsExactly("b/one.txt");
    }

    @Test
    void aLinkToAHiddenFileIsTheOnlyWayToIt() throws Exception {
        file("root/.private/plan.md");
        Files.createSymbolicLink(root.resolve("plan.md"), root.resolve(".private/plan.md"));
        assertThat(names()).containsExactly("plan.md");
    }

    @Test
    void overlappingRootsCountOnce() throws Exception {
        Path a = file("root/sub/a.md");
        file("root/b.md");
        Path link = Files.createSymbolicLink(tmp.resolve("link"), root);
        assertThat(names(walk(List.of(root, root.resolve("sub"), a, link, root), List.of(), List.of())))
                .containsExactly("b.md", "sub/a.md");
        assertThat(names(walk(List.of(root.resolve("sub"), root), List.of(), List.of())))
                .containsExactly("a.md", "b.md");
    }

    @Test
    void aMissingRootIsAnErrorAndAnEmptyOneAProblem() throws Exception {
        Path missing = root.resolve("missing");
        assertThatThrownBy(() -> new FileWalk(List.of(missing), List.of(), List.of()))
                .isInstanceOf(SourceMissingException.class)
                .hasMessageContaining(missing + " does not exist")
                .hasMessageContaining("mounted");
        assertThat(walk(List.of(root), List.of(), List.of()))
                .singleElement()
                .isInstanceOfSatisfying(Problem.class, p -> {
                    assertThat(p.kind()).isEqualTo(Kind.EMPTY_ROOT);
                    assertThat(p.message()).contains(root.toString(), "mounted");
                });
    }

    @Test
    void neverOpensPipes() throws Exception {
        file("root/a");
        assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertThat(names()).containsExactly("a");
            assertThatThrownBy(() -> new FileWalk(List.of(root.resolve("pipe")), List.of(), List.of()))
                    .isInstanceOf(SourceMissingException.class)
                    .hasMessageContaining("neither a file nor a folder");
        });
    }

    @Test
    void aFolderThatVanishesDuringTheWalkIsAProblemAndNotTheEnd() throws Exception {
        file("root/a/x");
        file("root/b/y");
        file("root/c");
        var entries = new FileWalk(List.of(root), List.of(), List.of()).iterator();
        assertThat(entries.next().path()).isEqualTo(root.resolve("a/x"));
        Files.delete(root.resolve("b/y"));
        Files.delete(root.resolve("b"));
        List<Entry> rest = new ArrayList<>();
        entries.forEachRemaining(rest::add);
        assertThat(names(rest)).containsExactly("UNREADABLE", "c");
    }

    @Test
    void namesWithLineBreaksAreJustNames() throws Exception {
        file("root/two\nlines.md");
        assertThat(names()).containsExactly("two\nlines.md");
    }

    @Test
    void namesThatAreNoTextAreReportedInEveryLocale() throws Exception {
        // The shell writes bytes that no Java string can name.
        Process sh = new ProcessBuilder(
                        "bash",
                        "-c",
                        "cd \"$1\" && touch good.md $'bad-\\xff.md' $'\\xc3\\xa9.md'",
                        "-",
                        root.toString())
                .start();
        assertThat(sh.waitFor()).isZero();
        for (String locale : List.of("C.UTF-8", "C", "POSIX")) {
            String out = listIn(locale);
            assertThat(out)
                    .as(locale)
                    .contains("Candidate good.md")
                    .contains("UNDECODABLE_NAME")
                    .contains("bad-%FF.md");
            if (locale.equals("C.UTF-8")) {
                assertThat(out)
                        .contains("Candidate é.md")
                        .as("another locale would not help")
                        .doesNotContain("LANG=");
            } else {
                assertThat(out).contains("%C3%A9.md").contains("LANG=C.UTF-8");
            }
        }
    }

    private String listIn(String locale) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Lister.class.getName(),
                root.toString());
        builder.environment().remove("LC_ALL");
        builder.environment().remove("LC_CTYPE");
        builder.environment().put("LANG", locale);
        Process process = builder.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    /** Prints what a walk finds, as UTF-8. */
    static final class Lister {
        private Lister() {}

        public static void main(String[] args) throws Exception {
            var out = new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8);
            for (Entry e : new FileWalk(List.of(Path.of(args[0])), List.of(), List.of())) {
                out.println(
                        e instanceof Candidate c
                                ? "Candidate " + c.relativePath()
                                : ((Problem) e).kind() + " " + ((Problem) e).message());
            }
        }
    }
}
