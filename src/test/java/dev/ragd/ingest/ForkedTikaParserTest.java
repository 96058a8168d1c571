package dev.ragd.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.ingest.ParseException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(200)
class ForkedTikaParserTest {

    private static final long MB = 1 << 20;

    @TempDir
    Path tmp;

    private ForkedTikaParser parser = new ForkedTikaParser(ParserSettings.DEFAULT);

    @AfterEach
    void nothingIsLeftBehind() {
        parser.close();
        assertThat(children()).isEmpty();
        assertThat(folders()).isEmpty();
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }

    private static List<Path> folders() {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            // Of this process only: other runs may be at work on this machine.
            return all.filter(p -> p.getFileName().toString().startsWith("ragd-parser-"))
                    .filter(p -> MINE.stream().anyMatch(m -> m.contains(p.toString())))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final java.util.Set<String> MINE = java.util.concurrent.ConcurrentHashMap.newKeySet();

    private static void rememberFolders() {
        children().forEach(c -> MINE.add(String.join(" ", c.info().arguments().orElse(new String[0]))));
    }

    private void settings(Duration timeout, long memory, long maxFileSize, int maxCharacters) {
        parser.close();
        parser = new ForkedTikaParser(new ParserSettings(timeout, memory, maxFileSize, maxCharacters, 1));
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(tmp.resolve(name), bytes);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(tmp.resolve(name), text);
    }

    private String text(Path file) throws Exception {
        return parser.parse(file).text();
    }

    private ParseException refused(Path file, Reason reason) {
        ParseException e = catchThrowableOfType(ParseException.class, () -> parser.parse(file));
        assertThat(e).as("a refusal of " + file).isNotNull();
        assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
        assertThat(e).hasMessageStartingWith(file + " ").hasMessageNotContaining("\n");
        return e;
    }

    private Path hostile(String what) throws IOException {
        return file(what.replaceAll("\\W.*", "") + ".hostile", HostileParser.file(what));
    }

    @Test
    void defaults() {
        assertThat(ParserSettings.DEFAULT)
                .isEqualTo(new ParserSettings(Duration.ofSeconds(60), 384 * MB, 100 * MB, 10_000_000, 1));
        assertThat(parser.fingerprint()).isEqualTo("ragd-parser-1/tika-3.3.1");
        assertThatThrownBy(() -> new ParserSettings(Duration.ZERO, 384 * MB, MB, 1, 1))
                .hasMessageContaining("parse.timeout");
        assertThatThrownBy(() -> new ParserSettings(Duration.ofSeconds(1), MB, MB, 1, 1))
                .hasMessage("parse.memory is 1 MB, must be at least 64 MB");
        assertThatThrownBy(() -> new ParserSettings(Duration.ofSeconds(1), 384 * MB, 0, 1, 1))
                .hasMessageContaining("parse.max_file_size");
        assertThatThrownBy(() -> new ParserSettings(Duration.ofSeconds(1), 384 * MB, MB, 0, 1))
                .hasMessageContaining("parse.max_characters");
    }

    @Test
    void textNeedsNoProcess() throws Exception {
        assertThat(text(file("a.txt", "plain"))).isEqualTo("plain");
        assertThat(text(file("b.py", "# <html>\nprint(1)\n"))).isEqualTo("# <html>\nprint(1)\n");
        assertThat(text(file("c.md", "<p align=center>x</p>"))).isEqualTo("<p align=center>x</p>");
        assertThat(text(file("LICENSE", "Permission is hereby granted"))).startsWith("Permission");
        assertThat(text(file("strange.ending", "line\r\nline\0".replace("\0", ""))))
                .isEqualTo("line\nline");
        assertThat(text(file("u.txt", "\uFEFFmarked"))).isEqualTo("marked");
        refused(file("empty.txt", ""), Reason.EMPTY);
        refused(file("blank.md", " \n\t\n"), Reason.EMPTY);
        byte[] junk = new byte[4000];
        new Random(3).nextBytes(junk);
        assertThat(refused(file("junk", junk), Reason.UNSUPPORTED)).hasMessageContaining("binary data");
        assertThat(refused(file("junk.txt", junk), Reason.UNSUPPORTED)).hasMessageContaining("named like a text");
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1};
        assertThat(refused(file("photo.png", png), Reason.UNSUPPORTED)).hasMessageContaining("image/png");
        assertThat(refused(tmp, Reason.UNREADABLE)).hasMessageContaining("folder");
        assertThat(parser.processesStarted()).isZero();
        assertThat(children()).isEmpty();
    }

    @Test
    void olderEncodingsAreGuessed() throws Exception {
        String german = "Größe und Gewicht der Bücher: die Übersicht für Kärtchen, schöne Grüße, süß.\n".repeat(5);
        String russian = "Резервное копирование нужно делать каждый день, иначе данные пропадут.\n".repeat(5);
        String japanese = "バックアップは毎日取るべきです。図書館の目録を検索する方法について説明します。\n".repeat(5);
        assertThat(text(file("de.txt", german.getBytes(Charset.forName("windows-1252")))))
                .isEqualTo(german);
        assertThat(text(file("ru.txt", russian.getBytes(Charset.forName("windows-1251")))))
                .isEqualTo(russian);
        assertThat(text(file("koi.txt", russian.getBytes(Charset.forName("KOI8-R")))))
                .isEqualTo(russian);
        assertThat(text(file("sjis.txt", japanese.getBytes(Charset.forName("Shift_JIS")))))
                .isEqualTo(japanese);
        assertThat(text(file("euc.txt", japanese.getBytes(Charset.forName("EUC-JP")))))
                .isEqualTo(japanese);
        assertThat(text(file("le.txt", german.getBytes(StandardCharsets.UTF_16LE))))
                .isEqualTo(german);
        assertThat(text(file("be.txt", ("\uFEFF" + russian).getBytes(StandardCharsets.UTF_16BE))))
                .isEqualTo(russian);
        String late = "ascii only\n".repeat(20_000) + german;
        assertThat(text(file("late.txt", late.getBytes(Charset.forName("windows-1252")))))
                .isEqualTo(late);
        byte[] damaged = russian.getBytes(StandardCharsets.UTF_8);
        damaged[100] = (byte) 0xFF;
        assertThat(text(file("damaged.txt", damaged))).contains("\uFFFD").endsWith("данные пропадут.\n");
        assertThat(parser.processesStarted()).isZero();
    }

    @Test
    void htmlLosesItsScripts() throws Exception {
        ParsedDocument d = parser.parse(file(
                "page.html",
                "<html lang=en><head><title>The title</title><style>p{}</style><script>var x;</script></head><body>"
                        + "<nav>Menu</nav><h1>Head</h1>\n\n\n<p>One &amp; two.</p>\n\n\n\n<p>Three<br>four.</p><script>bad()</script>"
                        + "<ul><li>a</li><li>b</li></ul></body></html>"));
        assertThat(d.text().strip()).isEqualTo("Menu\n\n\nHead\n\nOne & two.\n\nThree\nfour.\n\na\nb");
        assertThat(d.properties()).containsEntry("title", "The title").containsEntry("media_type", "text/html");
        assertThat(text(file("noname", "<!DOCTYPE html><p>Hello <b>there</b>")))
                .isEqualToIgnoringWhitespace("Hello there");
        assertThat(parser.parse(file("untitled.htm", "<h2>A  heading</h2><p>x")).properties())
                .containsEntry("title", "A heading");
        assertThat(parser.processesStarted()).isEqualTo(1);
    }

    @Test
    void mailCarriesItsAttachments() throws Exception {
        ParsedDocument d = parser.parse(file("m.eml", """
                From: Keeper <keeper@example.org>
                To: all@example.org
                Subject: The minutes
                Date: Tue, 3 Mar 2026 10:00:00 +0100
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary=X

                --X
                Content-Type: text/plain; charset=utf-8

                Dear all, see below.
                --X
                Content-Type: text/csv; name=list.csv
                Content-Disposition: attachment; filename=list.csv

                disk,weekday
                blue,Monday
                --X
                Content-Type: application/zip; name=a.zip
                Content-Disposition: attachment; filename=a.zip
                Content-Transfer-Encoding: base64

                UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==
                --X--
                """.replace("\n", "\r\n")));
        assertThat(d.text())
                .startsWith("Subject: The minutes\nFrom: Keeper <keeper@example.org>\nTo: all@example.org\n\n")
                .contains("Dear all, see below.", "blue", "Monday");
        assertThat(d.properties())
                .containsEntry("title", "The minutes")
                .containsEntry("media_type", "message/rfc822")
                .containsEntry("created", 1_772_528_400_000L);
    }

    @Test
    void saysWhatIsWrongWithDocuments() throws Exception {
        byte[] docx = docx("A paragraph of text.");
        assertThat(text(file("good.docx", docx)).strip()).isEqualTo("A paragraph of text.");
        refused(file("broken.docx", java.util.Arrays.copyOf(docx, docx.length / 2)), Reason.CORRUPT);
        refused(file("broken.epub", java.util.Arrays.copyOf(docx, docx.length / 3)), Reason.CORRUPT);
        byte[] junk = new byte[4000];
        new Random(3).nextBytes(junk);
        refused(file("junk.docx", junk), Reason.CORRUPT);
        refused(file("junk.pdf", "%PDF-1.7\nnothing of the kind"), Reason.CORRUPT);
        assertThat(refused(file("locked.pdf", pdf(true)), Reason.ENCRYPTED)).hasMessageContaining("password");
        assertThat(refused(file("scan.pdf", pdf(false)), Reason.EMPTY)).hasMessageContaining("no text layer: 1 page");
        assertThat(refused(file("a.zip", zip("x.txt", "text".getBytes(StandardCharsets.UTF_8))), Reason.UNSUPPORTED))
                .hasMessageContaining("archive");
        refused(tmp.resolve("gone.pdf"), Reason.VANISHED);
        assertThat(text(file("pdf-named.txt", docx)).strip()).isEqualTo("A paragraph of text.");
        assertThat(parser.processesStarted()).isEqualTo(1);
        rememberFolders();
    }

    @Test
    void whatCannotBeReadIsNoDocumentsEnd() throws Exception {
        // Root may read everything, but not this.
        refused(Path.of("/proc/self/mem"), Reason.UNREADABLE);
        Path fifo = tmp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        refused(fifo, Reason.UNREADABLE);
        assertThat(refused(tmp.resolve("gone"), Reason.VANISHED).getMessage()).contains("not there any more");
    }

    @Test
    void limitsNameTheirSettings() throws Exception {
        settings(Duration.ofSeconds(60), 128 * MB, 2 * MB, 1000);
        Path large = file("large.txt", new byte[(int) (3 * MB)]);
        assertThat(refused(large, Reason.TOO_LARGE))
                .hasMessage(large + " has 3 MB, more than the 2 MB that parse.max_file_size allows");
        Path longer = file("longer.txt", "x".repeat(1001));
        assertThat(refused(longer, Reason.TOO_MUCH_TEXT))
                .hasMessage(longer + " holds 1001 characters of text, more than the 1000 characters that"
                        + " parse.max_characters allows");
        refused(file("longest.txt", "x".repeat(10_000)), Reason.TOO_MUCH_TEXT);
        assertThat(refused(file("long.html", "<p>" + "x ".repeat(1000)), Reason.TOO_MUCH_TEXT))
                .hasMessageContaining("parse.max_characters");
        assertThat(text(file("fits.txt", "x".repeat(1000)))).hasSize(1000);
        refused(hostile("flood"), Reason.TOO_MUCH_TEXT);
    }

    @Test
    void aBombIsDefusedQuickly() throws Exception {
        byte[] paragraph = "<w:p><w:r><w:t>All work and no play.</w:t></w:r></w:p>".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes);
                InputStream in = new java.io.ByteArrayInputStream(docx("x"));
                java.util.zip.ZipInputStream from = new java.util.zip.ZipInputStream(in)) {
            for (ZipEntry e = from.getNextEntry(); e != null; e = from.getNextEntry()) {
                zip.putNextEntry(new ZipEntry(e.getName()));
                String xml = new String(from.readAllBytes(), StandardCharsets.UTF_8);
                if (e.getName().equals("word/document.xml")) {
                    int at = xml.indexOf("<w:p>");
                    zip.write(xml.substring(0, at).getBytes(StandardCharsets.UTF_8));
                    for (long n = 0; n < 300 * MB; n += paragraph.length) {
                        zip.write(paragraph);
                    }
                    zip.write(xml.substring(at).getBytes(StandardCharsets.UTF_8));
                } else {
                    zip.write(xml.getBytes(StandardCharsets.UTF_8));
                }
                zip.closeEntry();
            }
        }
        Path bomb = file("bomb.docx", bytes.toByteArray());
        assertThat(Files.size(bomb)).isLessThan(3 * MB);
        long start = System.nanoTime();
        ParseException e = catchThrowableOfType(ParseException.class, () -> parser.parse(bomb));
        assertThat(e.reason()).as(e.getMessage()).isIn(Reason.TOO_MUCH_TEXT, Reason.OUT_OF_MEMORY);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
    }

    @Test
    void survivesAHang() throws Exception {
        settings(Duration.ofSeconds(3), 128 * MB, MB, 1000);
        Path file = hostile("hang");
        assertThat(refused(file, Reason.TIMEOUT))
                .hasMessage(file + " was not parsed within 3 s, the limit of parse.timeout");
        assertThat(text(file("after.html", "<p>fine"))).isEqualToIgnoringWhitespace("fine");
        assertThat(parser.processesStarted()).isEqualTo(2);
        rememberFolders();
    }

    @Test
    void survivesExhaustedMemory() throws Exception {
        settings(Duration.ofSeconds(60), 96 * MB, MB, 1000);
        Path file = hostile("oom");
        assertThat(refused(file, Reason.OUT_OF_MEMORY))
                .hasMessage(file + " needs more than 96 MB of memory to be parsed, the limit of parse.memory")
                .cause()
                .hasMessageContaining("OutOfMemoryError");
        assertThat(text(file("after.html", "<p>fine"))).isEqualToIgnoringWhitespace("fine");
        assertThat(parser.processesStarted()).isEqualTo(2);
    }

    @Test
    void survivesAnExitAndGivesTheVerdictOfAFreshProcess() throws Exception {
        assertThat(text(file("before.html", "<p>fine"))).isEqualToIgnoringWhitespace("fine");
        Path file = hostile("exit 7");
        assertThat(refused(file, Reason.CRASHED))
                .hasMessage(file + " crashed its parser: the process ended with status 7");
        assertThat(parser.processesStarted()).as("one used, one fresh").isEqualTo(2);
        assertThat(refused(hostile("halt 137"), Reason.CRASHED)).hasMessageContaining("signal 9");
        assertThat(refused(hostile("halt 143"), Reason.CRASHED)).hasMessageContaining("signal 15");
        assertThat(parser.processesStarted()).as("three tries at the last").isEqualTo(6);
        assertThat(refused(hostile("overflow"), Reason.CORRUPT)).hasMessageContaining("nested too deeply");
        assertThat(text(file("after.html", "<p>fine"))).isEqualToIgnoringWhitespace("fine");
    }

    @Test
    void whatParsersPrintIsNotTheirAnswer() throws Exception {
        assertThat(text(hostile("chatter"))).isEqualToIgnoringWhitespace("said");
        assertThat(text(hostile("property java.awt.headless"))).isEqualToIgnoringWhitespace("true");
    }

    @Test
    void parsersStartNoPrograms() throws Exception {
        Path touched = tmp.resolve("touched");
        assertThat(refused(hostile("exec " + touched), Reason.CRASHED))
                .cause()
                .hasMessageContaining("NONE is not a supported process launch mechanism");
        assertThat(touched).doesNotExist();
    }

    @Test
    void parsersUseNoNetwork() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(1500);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/x";
            assertThat(refused(hostile("fetch " + url), Reason.CORRUPT)).hasMessageContaining("no network");
            var unused1 = catchThrowableOfType(
                    ParseException.class,
                    () -> parser.parse(file(
                            "x.xml",
                            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY % e SYSTEM '" + url
                                    + "'> %e;<!ENTITY f SYSTEM '" + url + "'>]><a>text &f; more</a>")));
            var unused2 = catchThrowableOfType(
                    ParseException.class,
                    () -> parser.parse(
                            file("x.html", "<link rel=stylesheet href='" + url + "'><img src='" + url + "'><p>x</p>")));
            assertThatThrownBy(server::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void localFilesAreNoEntities() throws Exception {
        Path secret = file("secret.txt", "the secret");
        Path xml = file(
                "x.xml",
                "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY f SYSTEM '" + secret.toUri() + "'>]><a>text &f; more</a>");
        try {
            assertThat(text(xml)).doesNotContain("secret");
        } catch (ParseException e) {
            assertThat(e.reason()).isEqualTo(Reason.CORRUPT);
        }
    }

    @Test
    void closingEndsAParseAndRefusesMore() throws Exception {
        Path file = hostile("hang");
        var running = java.util.concurrent.CompletableFuture.runAsync(() -> {
            try {
                parser.parse(file);
            } catch (ParseException e) {
                throw new AssertionError(e);
            }
        });
        while (children().isEmpty() && !running.isDone()) {
            Thread.sleep(50);
        }
        Thread.sleep(3000);
        rememberFolders();
        parser.close();
        assertThatThrownBy(running::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> parser.parse(file)).isInstanceOf(IllegalStateException.class);
        assertThat(children()).isEmpty();
    }

    @Test
    void aProcessThatCannotStartIsNoDocumentsFault() throws Exception {
        settings(Duration.ofSeconds(5), 1L << 50, MB, 1000);
        assertThatThrownBy(() -> parser.parse(file("x.html", "<p>x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("parse.memory");
    }

    /** A program whose parser is busy, to be killed. */
    static final class Victim {
        private Victim() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) throws Exception {
            ForkedTikaParser parser = new ForkedTikaParser(ParserSettings.DEFAULT);
            parser.parse(Path.of(args[0]));
            ProcessHandle.current().children().forEach(c -> System.out.println(c.pid()));
            parser.parse(Path.of(args[1]));
        }
    }

    @Test
    void noProcessOutlivesAKilledProgram() throws Exception {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + Files.createDirectory(tmp.resolve("temporary")),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        file("x.html", "<p>x").toString(),
                        hostile("hang").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long pid;
        try (var lines = victim.inputReader()) {
            pid = Long.parseLong(lines.readLine());
        }
        ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
        Thread.sleep(1500);
        assertThat(child.isAlive()).isTrue();
        victim.destroyForcibly().waitFor();
        child.onExit().get(20, java.util.concurrent.TimeUnit.SECONDS);
        try (Stream<Path> left = Files.list(tmp.resolve("temporary"))) {
            assertThat(left).noneMatch(p -> p.getFileName().toString().startsWith("ragd-parser-"));
        }
    }

    private static byte[] docx(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XWPFDocument document = new XWPFDocument()) {
            document.createParagraph().createRun().setText(text);
            document.write(out);
        }
        return out.toByteArray();
    }

    private static byte[] pdf(boolean locked) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PDDocument document = new PDDocument()) {
            document.addPage(new PDPage());
            if (locked) {
                document.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
            }
            document.save(out);
        }
        return out.toByteArray();
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            ((OutputStream) zip).write(content);
        }
        return out.toByteArray();
    }
}
