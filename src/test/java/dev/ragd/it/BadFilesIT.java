package dev.ragd.it;

import static dev.ragd.it.HostileFiles.shell;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Bad files cost a line in the report and exit code 3; they harm no other file, and are tried again. */
class BadFilesIT {

    @TempDir
    Path folder;

    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(folder);
    }

    @Test
    void everyBadFileIsNamedWithItsReasonAndTheOthersAreIndexed() throws IOException {
        desk.write("good.txt", "Penguins live in the south.");
        desk.write("new\nline.txt", "Otters live in rivers.");
        desk.write("empty.txt", "");
        HostileFiles.junk(desk.docs.resolve("junk.bin"));
        HostileFiles.junk(desk.docs.resolve("junk.txt"));
        HostileFiles.lockedPdf(desk.docs.resolve("locked.pdf"));
        HostileFiles.bomb(desk.docs.resolve("bomb.docx"));
        HostileFiles.zipBomb(desk.docs.resolve("bomb.zip"));
        HostileFiles.hugeTree(desk.docs.resolve("tree.html"));
        HostileFiles.giant(desk.docs.resolve("giant.txt"));
        shell(
                "cd \"$1\"; ln -s /proc/self/mem broken-disk.txt; ln -s . loop; mkdir sub; ln -s ../sub sub/around;"
                        + " ln -s gone dangling; echo x > \"$(printf 'not\\377utf8.txt')\"",
                desk.docs);

        Ragd.Result first = desk.index("--set", "parse.memory=64MB").expect(3);

        Map<String, String> reasons = reasons(first);
        assertThat(reasons)
                .hasSize(10)
                .hasEntrySatisfying("empty.txt", is("EMPTY", "is empty"))
                .hasEntrySatisfying("junk.bin", is("UNSUPPORTED", "binary data"))
                .hasEntrySatisfying("junk.txt", is("UNSUPPORTED", "named like a text but holds binary data"))
                .hasEntrySatisfying("locked.pdf", is("ENCRYPTED", "password"))
                .hasEntrySatisfying("bomb.docx", is("(TOO_MUCH_TEXT|OUT_OF_MEMORY)", "parse."))
                .hasEntrySatisfying("tree.html", is("OUT_OF_MEMORY", "more than 64 MB.*parse.memory"))
                .hasEntrySatisfying("bomb.zip", is("UNSUPPORTED", "archive"))
                .hasEntrySatisfying("giant.txt", is("TOO_LARGE", "more than the 100 MB"))
                .hasEntrySatisfying("broken-disk.txt", is("UNREADABLE", "Input/output error"))
                .hasEntrySatisfying("not\uFFFDutf8.txt", is("UNREADABLE", "not%FFutf8.txt.*rename it"));
        assertThat(first.duration()).as("no giant is read").isLessThan(Duration.ofMinutes(2));
        assertThat(first.json().at("/files/indexed").asInt()).isEqualTo(2);
        assertThat(first.json().at("/files/quarantined").asInt()).isEqualTo(10);
        assertThat(first.json().at("/files/seen").asInt())
                .as("what cannot be read was seen too")
                .isEqualTo(12);
        assertThat(first.stderr())
                .contains(desk.docs.resolve("dangling") + " is a link to nowhere")
                .contains("10 files could not be indexed; the next run tries again")
                .contains("locked.pdf")
                .doesNotContain("\tat ");
        assertThat(sources(desk.ragd.run("search", "otters", "--json").expect(0)))
                .containsExactlyInAnyOrder(
                        desk.docs.resolve("good.txt").toString(),
                        desk.docs.resolve("new\nline.txt").toString());
        Ragd.Result text = desk.ragd.run("search", "otters").expect(0);
        assertThat(text.stdout().lines().filter(line -> line.contains("line.txt")))
                .as("a newline in a name makes no second line")
                .hasSize(1)
                .allMatch(line -> line.contains("new"));

        shell("cd \"$1\"; rm empty.txt junk.* bomb.* tree.html giant.txt broken-disk.txt not*", desk.docs);
        HostileFiles.readablePdf(desk.docs.resolve("locked.pdf"), "Walruses live in the north.");

        Ragd.Result healed = desk.index().expect(0);

        assertThat(healed.json().at("/files/indexed").asInt()).isEqualTo(1);
        assertThat(healed.json().at("/files/unchanged").asInt()).isEqualTo(2);
        assertThat(healed.json().at("/quarantined").size()).isZero();
        assertThat(desk.index().expect(0).json().at("/files/unchanged").asInt()).isEqualTo(3);
        assertThat(desk.contents()).hasSize(3);
    }

    @Test
    void aParserThatHangsIsEndedAndAFileThatVanishesMeanwhileIsNamed() throws IOException {
        HostileFiles.endlessPdf(desk.docs.resolve("a-hang.pdf"));
        Path vanishing = desk.write("b-vanishing.html", "<p>Here now, gone later.");
        desk.write("c-good.txt", "Penguins live in the south.");

        try (Ragd.Running run = desk.ragd.start("index", desk.docs.toString(), "--json", "--set", "parse.timeout=3s")) {
            run.await("to parse", () -> parsers(run).findAny().isPresent());
            Files.delete(vanishing);
            Ragd.Result result = run.await().expect(3);

            assertThat(reasons(result))
                    .hasSize(2)
                    .hasEntrySatisfying("a-hang.pdf", is("TIMEOUT", "3 s, the limit of parse.timeout"))
                    .hasEntrySatisfying("b-vanishing.html", is("VANISHED", "not there any more"));
            assertThat(result.json().at("/files/indexed").asInt()).isEqualTo(1);
        }
        assertThat(desk.contents()).hasSize(1);
    }

    @Test
    void whatTheUserMayNotReadIsNamedAndHealsWithItsRights() throws IOException {
        desk.write("open.txt", "Penguins live in the south.");
        Path secret = desk.write("secret.txt", "Walruses live in the north.");
        desk.write("closed/inside.txt", "Otters live in rivers.");
        Ragd nobody = asNobody();
        nobody.run("index", desk.docs.toString(), "--json").expect(0);
        Map<String, String> before = desk.contents();
        Files.writeString(secret, "Walruses live in the north, and nowhere else.");
        permissions(secret, "---------");
        permissions(desk.docs.resolve("closed"), "---------");

        Ragd.Result locked = nobody.run("index", desk.docs.toString(), "--json").expect(3);

        assertThat(reasons(locked))
                .hasSize(2)
                .hasEntrySatisfying("secret.txt", is("UNREADABLE", "permission denied"))
                .hasEntrySatisfying("closed", is("UNREADABLE", "(?i)permission"));
        assertThat(locked.json().at("/files/deleted").asInt()).isZero();
        assertThat(desk.contents()).as("what cannot be looked at is not gone").isEqualTo(before);

        permissions(secret, "rw-r--r--");
        permissions(desk.docs.resolve("closed"), "rwxr-xr-x");
        nobody.run("index", desk.docs.toString(), "--json").expect(0);
        assertThat(desk.contents().values()).hasSize(3).anyMatch(record -> record.contains("nowhere else"));
    }

    /** Tests may run as root, whom no permission stops. */
    private Ragd asNobody() throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return desk.ragd;
        }
        for (Path p = desk.folder; !p.equals(Path.of("/tmp")) && p.getParent() != null; p = p.getParent()) {
            permissions(p, "rwxr-xr-x");
            if (p.getFileName().toString().startsWith("junit")) {
                break;
            }
        }
        Files.createDirectory(desk.ragd.home());
        permissions(desk.ragd.home(), "rwxrwxrwx");
        return desk.ragd
                .withVariable("HOME", desk.ragd.home().toString())
                .through(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    }

    private static void permissions(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static Stream<ProcessHandle> parsers(Ragd.Running run) {
        return ProcessHandle.of(run.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(p -> p.info().commandLine().orElse("").contains("ParserProcess"));
    }

    private static Consumer<String> is(String reason, String detail) {
        return text -> assertThat(text).matches("(?s)" + reason + ": .*(" + detail + ").*");
    }

    private Map<String, String> reasons(Ragd.Result result) {
        Map<String, String> reasons = new TreeMap<>();
        for (JsonNode file : result.json().at("/quarantined")) {
            reasons.put(
                    desk.docs.relativize(Path.of(file.at("/path").asString())).toString(),
                    file.at("/reason").asString());
        }
        return reasons;
    }

    private static List<String> sources(Ragd.Result result) {
        return result.json()
                .at("/results")
                .valueStream()
                .map(hit -> hit.at("/source").asString())
                .toList();
    }
}
