package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.server.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused is refused before anything is written, with the exit code that scripts rely on and a way out. */
class RefusalsIT {

    @TempDir
    Path folder;

    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(folder);
    }

    @Test
    void aMissingPathIsAUsageErrorAndNothingIsMade() {
        Ragd.Result missing =
                desk.ragd.run("index", desk.folder.resolve("nowhere").toString(), "--json");

        error(missing, 2, "nowhere does not exist: check its spelling, and that its disk is mounted");
        assertThat(desk.chroma.all()).doesNotContain(desk.collection);
        assertThat(desk.ragd.home()).as("what was mistyped makes no home").doesNotExist();
        Ragd.Result again =
                desk.ragd.run("index", desk.folder.resolve("nowhere").toString());
        again.expect(2);
        assertThat(again.stderr()).as("there was nothing to take up").doesNotContain("taking up");
        assertThat(again.stdout()).isEmpty();
    }

    @Test
    void wrongSettingsAreNamedWithTheirPlace() throws IOException {
        error(desk.index("--set", "index.colection=x"), 2, "--set", "index.colection", "did you mean index.collection");
        error(
                desk.ragd.withSetting("parse.timeout", "soon").run("index", ".", "--json"),
                2,
                "RAGD_PARSE_TIMEOUT",
                "soon");
        error(
                desk.index("--set", "index.chunk_tokens=255"),
                2,
                "--set",
                "index.chunk_tokens",
                "at most 254",
                "reads 256 tokens",
                "it is 255");
        error(desk.index("--set", "index.chunk_overlap=51"), 2, "index.chunk_overlap", "a quarter", "it is 51");
        error(desk.ragd.run("index", "--json"), 2, "PATH");
        error(desk.ragd.run("serach", "x", "--json"), 2, "serach");
        error(desk.ragd.run("search", "x", "--where", "a >", "--json"), 2, "column 4");
        Files.createDirectories(desk.ragd.home());
        Files.writeString(desk.ragd.home().resolve("config.yml"), "storage:\n  chromadb:\n    ulr: http://x\n");
        Ragd.Result config = desk.index();
        error(config, 2, "config.yml line 3", "storage.chromadb.ulr", "did you mean storage.chromadb.url");
        assertThat(config.json().at("/error/problems/0/key").asString()).isEqualTo("storage.chromadb.ulr");
        Files.writeString(desk.ragd.home().resolve("config.yml"), "storage: [unclosed\n");
        error(desk.index(), 2, "config.yml");
    }

    @Test
    void aMassDeleteIsRefusedUntilItIsWanted() throws IOException {
        for (int i = 0; i < 30; i++) {
            desk.write("n" + i + ".txt", "Note number " + i + " tells of little.");
        }
        desk.index().expect(0);
        Map<String, String> before = desk.contents();
        assertThat(before).hasSize(30);
        for (int i = 0; i < 25; i++) {
            Files.delete(desk.docs.resolve("n" + i + ".txt"));
        }

        error(desk.index(), 5, "25 of 30 known files are gone", "nothing was changed", "--allow-mass-delete");
        assertThat(desk.contents()).isEqualTo(before);

        Path away = desk.folder.resolve("away");
        Files.move(desk.docs, away);
        error(desk.index(), 5, "docs does not exist", "holds 30 files from there", "--allow-mass-delete");
        Files.createDirectory(desk.docs);
        error(desk.index(), 5, desk.docs.toString(), "holds 30 files from there", "--allow-mass-delete");
        assertThat(desk.contents()).isEqualTo(before);
        Files.delete(desk.docs);
        Files.move(away, desk.docs);

        Ragd.Result wanted = desk.index("--allow-mass-delete").expect(0);

        assertThat(wanted.json().at("/files/deleted").asInt()).isEqualTo(25);
        assertThat(desk.contents()).hasSize(5);
    }

    @Test
    void anotherModelOrDistanceIsRefusedAndNamesBoth() {
        desk.write("a.txt", "Penguins live in the south.");
        desk.index().expect(0);
        Map<String, String> before = desk.contents();
        String fp32 = "embed.model=all-minilm-l6-v2-fp32";

        error(
                desk.index("--set", fp32),
                5,
                desk.collection,
                "local:all-minilm-l6-v2-int8",
                "local:all-minilm-l6-v2-fp32",
                "--full",
                "reindex needed: 1 chunks");
        error(
                desk.ragd.run("search", "penguins", "--json", "--set", fp32),
                5,
                "local:all-minilm-l6-v2-int8",
                "local:all-minilm-l6-v2-fp32",
                "config set embed.model");
        error(desk.index("--set", "index.distance=cosine"), 5, "measures l2", "index.distance is cosine", "--full");
        assertThat(desk.contents()).isEqualTo(before);

        desk.index("--set", fp32, "--full").expect(0);
        Ragd.Result found = desk.ragd.run("search", "penguins", "--json", "--set", fp32);
        assertThat(found.expect(0).json().at("/results/0/text").asString()).contains("Penguins");
        assertThat(desk.contents()).as("kept for a rollback").isEqualTo(before);
    }

    @Test
    void aDryRunWritesNothingAtAll() throws IOException {
        desk.write("a.txt", "Penguins live in the south.");
        List<String> collections = desk.chroma.all();

        Ragd.Result fresh = desk.index("--dry-run").expect(0);

        assertThat(fresh.json().at("/files/indexed").asInt()).isEqualTo(1);
        assertThat(fresh.json().at("/dry_run").asBoolean()).isTrue();
        assertThat(desk.ragd.home()).doesNotExist();
        assertThat(desk.chroma.all()).isEqualTo(collections);
        desk.index().expect(0);
        desk.write("a.txt", "Penguins live in the far south.");
        desk.write("b.txt", "Otters live in rivers.");
        Map<String, String> home = fingerprint(desk.ragd.home());
        Map<String, String> records = desk.contents();

        Ragd.Result changed = desk.index("--dry-run").expect(0);

        assertThat(changed.json().at("/files/indexed").asInt()).isEqualTo(2);
        assertThat(fingerprint(desk.ragd.home())).isEqualTo(home);
        assertThat(desk.contents()).isEqualTo(records);
    }

    @Test
    void aSearchWithoutAnythingToSearchSaysSo() {
        error(desk.ragd.run("search", "x", "--json"), 2, desk.collection, "index something first");
        desk.chroma.create(desk.collection, "{}");
        Ragd.Result empty = desk.ragd.run("search", "x", "--json").expect(0);
        assertThat(empty.json().at("/results").size()).isZero();
        assertThat(desk.ragd.run("search", "x").expect(0).stderr()).contains("empty");
    }

    @Test
    void filtersAreAnsweredAlikeByBothGenerations() {
        for (Generation generation : Generation.values()) {
            Desk other = new Desk(folder.resolve("of-" + generation), ChromaServers.shared(generation));
            other.write("a.txt", "Penguins live in the south.");
            other.write("b.md", "# Penguins\n\nPenguins swim well.");
            other.write("deep/c.txt", "Penguins eat fish.");
            other.index().expect(0);

            assertThat(names(other, "extension = 'md'")).containsExactly("b.md");
            assertThat(names(other, "extension != 'md' and start >= 0")).containsExactly("a.txt", "c.txt");
            assertThat(names(other, "not (file_name in ('a.txt', 'b.md'))")).containsExactly("c.txt");
            assertThat(names(other, "exists missing")).isEmpty();
            assertThat(names(other, "file_name = 'a.txt' or end > 1000")).containsExactly("a.txt");
        }
    }

    private static List<String> names(Desk desk, String where) {
        return desk.ragd
                .run("search", "penguins", "--json", "--where", where)
                .expect(0)
                .json()
                .at("/results")
                .valueStream()
                .map(hit -> hit.at("/metadata/file_name").asString())
                .sorted()
                .toList();
    }

    /** One JSON object on standard output, the same message on standard error, no stack trace anywhere. */
    static void error(Ragd.Result result, int code, String... words) {
        result.expect(code);
        assertThat(result.json().at("/error/code").asInt()).isEqualTo(code);
        assertThat(result.json().at("/error/message").asString()).contains(words);
        assertThat(result.stderr()).contains(words).contains("ragd: ").doesNotContain("\tat ", "Exception");
    }

    /** Every file below a folder: size, time, content. */
    static Map<String, String> fingerprint(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.toList()) {
                BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
                files.put(
                        file.toString(),
                        a.lastModifiedTime() + " "
                                + (a.isRegularFile() ? Arrays.hashCode(Files.readAllBytes(file)) : ""));
            }
        }
        return files;
    }
}
