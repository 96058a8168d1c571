package dev.ragd.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;

/** Files that do harm, made from nothing. */
final class HostileFiles {

    private static final String WORD =
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    private static final String PACKAGE = "http://schemas.openxmlformats.org/package/2006/";

    private HostileFiles() {}

    /** Random bytes. */
    static void junk(Path file) throws IOException {
        byte[] bytes = new byte[5_000];
        new Random(7).nextBytes(bytes);
        Files.write(file, bytes);
    }

    /** A PDF with a line of text that nobody can read without its password. */
    static void lockedPdf(Path file) throws IOException {
        try (PDDocument pdf = pdf("the secret")) {
            pdf.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
            pdf.save(file.toFile());
        }
    }

    /** A PDF with a line of text. */
    static void readablePdf(Path file, String line) throws IOException {
        try (PDDocument pdf = pdf(line)) {
            pdf.save(file.toFile());
        }
    }

    private static PDDocument pdf(String line) throws IOException {
        PDDocument pdf = new PDDocument();
        PDPage page = new PDPage();
        pdf.addPage(page);
        try (PDPageContentStream content = new PDPageContentStream(pdf, page)) {
            content.beginText();
            content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
            content.newLineAtOffset(50, 700);
            content.showText(line);
            content.endText();
        }
        return pdf;
    }

    /** A small PDF that takes hours: thousands of pages that share one stream of a million drawing commands. */
    static void endlessPdf(Path file) throws IOException {
        try (PDDocument pdf = new PDDocument()) {
            PDStream stream = new PDStream(pdf);
            try (OutputStream out = stream.createOutputStream(org.apache.pdfbox.cos.COSName.FLATE_DECODE)) {
                out.write("q 1 0 0 1 0 0 cm Q\n".repeat(500_000).getBytes(StandardCharsets.US_ASCII));
            }
            for (int i = 0; i < 2_000; i++) {
                PDPage page = new PDPage();
                page.setContents(stream);
                pdf.addPage(page);
            }
            pdf.save(file.toFile());
        }
    }

    /** A web page of nothing but elements: small as text, huge as a tree. */
    static void hugeTree(Path file) throws IOException {
        Files.writeString(file, "<!DOCTYPE html><html><body>" + "<br>".repeat(2_000_000) + "</body></html>");
    }

    /** A Word document of a few hundred kilobytes that holds tens of millions of characters. */
    static void bomb(Path file) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(
                    zip,
                    "[Content_Types].xml",
                    "<Types xmlns=\"" + PACKAGE + "content-types\"><Default Extension=\"rels\" ContentType=\""
                            + "application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\""
                            + "/word/document.xml\" ContentType=\"" + WORD + "\"/></Types>",
                    1,
                    "");
            entry(
                    zip,
                    "_rels/.rels",
                    "<Relationships xmlns=\"" + PACKAGE + "relationships\"><Relationship Id=\"r1\" Type=\""
                            + "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\""
                            + " Target=\"word/document.xml\"/></Relationships>",
                    1,
                    "");
            zip.putNextEntry(new ZipEntry("word/document.xml"));
            zip.write(("<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>")
                    .getBytes(StandardCharsets.UTF_8));
            byte[] many = "<w:p><w:r><w:t>All work and no play.</w:t></w:r></w:p>"
                    .repeat(1_000)
                    .getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 1_500; i++) {
                zip.write(many);
            }
            zip.write("</w:body></w:document>".getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
    }

    /** A zip archive whose only entry unpacks to a hundred megabytes. */
    static void zipBomb(Path file) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "zeros.txt", "", 100, "\0".repeat(1 << 20));
        }
    }

    private static void entry(ZipOutputStream zip, String name, String head, int times, String body)
            throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(head.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < times; i++) {
            zip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        zip.closeEntry();
    }

    /** Four hundred gigabytes of zeros that occupy no disk. */
    static void giant(Path file) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(400L << 30);
        }
    }

    /** Runs a shell command that must succeed; arguments are {@code $1} and so on. */
    static void shell(String script, Object... args) {
        try {
            java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of("sh", "-euc", script, "sh"));
            for (Object arg : args) {
                command.add(arg.toString());
            }
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(script + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
