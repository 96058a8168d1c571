package dev.ragd.samples;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSString;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.apache.poi.xwpf.usermodel.XWPFParagraph;

/**
 * Makes the binary files of {@code sample-docs}, the same bytes every time: {@code main} with that folder as its
 * argument. The text formats are written by hand.
 */
public final class SampleDocs {

    private static final LocalDateTime DAY = LocalDateTime.of(2026, 10, 1, 12, 0);
    private static final String CREATED = "2026-10-01T12:00:00Z";
    private static final String AUTHOR = "The ragd project";

    private SampleDocs() {}

    /** A text of headings (lines that start with #) and paragraphs. */
    record Text(String title, List<String> blocks) {}

    static final Text CATALOGUES = new Text(
            "A short history of the library catalogue",
            List.of(
                    "Around 250 BC, Callimachus of Cyrene listed the scrolls of the library of Alexandria in the Pinakes,"
                            + " the tables. They filled some 120 scrolls themselves. Authors were sorted by kind of work"
                            + " and then by name, with a few words about their lives, and each work was named by its"
                            + " first line, for many had no title.",
                    "#Books on chains, lists on walls",
                    "Medieval libraries were small enough for a list on the wall. It told where a book stood rather than"
                            + " what it was about: the third desk, second shelf. A catalogue of this kind is an inventory;"
                            + " it protects the books from the readers more than it leads readers to books.",
                    "#The card",
                    "In 1791 the revolutionary government of France ordered an inventory of the libraries that it had"
                            + " seized. Paper was short, so the instructions asked for playing cards, whose backs were"
                            + " blank. A card for each book, sorted by author, could be put in order and corrected"
                            + " without copying everything again. The idea stayed when paper was no longer short.",
                    "Melvil Dewey published his decimal classification in 1876. Its numbers did not name a place on a"
                            + " shelf but a subject, so that a library could grow in the middle. That is the property"
                            + " that every index since has had to have.",
                    "#The record",
                    "In the 1960s Henriette Avram led the work on MARC at the Library of Congress, a record format that"
                            + " machines could read. Most library catalogues still exchange its descendants. It was the"
                            + " end of the card, not at once but drawer by drawer: the last order for printed cards was"
                            + " filled in 2015.",
                    "#The vector",
                    "An index of embeddings is a catalogue without headings. No one has to guess under which word the"
                            + " cataloguer put a subject. In exchange, no one can read it: where a card said why it lay"
                            + " where it lay, a vector does not. It is wise to keep both."));

    static final Text CHECKLIST = new Text(
            "Moving to another store: a checklist",
            List.of(
                    "A collection of documents outlives the program that searches it. Sooner or later it moves: to another"
                            + " store, another disk, another model. These are the steps that make the move boring.",
                    "#Before",
                    "Count the records in the old store and write the number down. Note which model made the vectors, and"
                            + " its version; vectors of two models must never share a collection. Check that the new"
                            + " place has room for both the old and the new generation, because for a while you will"
                            + " have both.",
                    "#During",
                    "Copy in a fixed order and remember how far you came, so that a power cut costs minutes and not the"
                            + " whole night. Leave the old store readable. Nobody should notice the move.",
                    "#After",
                    "Compare the two sides: the same number of records, the same identifiers, the same text. Ask twenty"
                            + " typical questions on both and compare the answers. Only then switch over, in one step,"
                            + " and keep the old generation for a month."));

    static final Text LETTER = new Text(
            "A letter to whoever inherits this archive",
            List.of(
                    "If you read this, the shelves are yours now. There are about four thousand photographs, nine hundred"
                            + " letters and a box of tapes. Most of it will not matter to you, and that is fine. This"
                            + " letter tells you how to find the part that might.",
                    "#Where to begin",
                    "The folder called index holds one text file for each year. Each line names a file, the people in it"
                            + " and the place. It was written by hand over many winters, and the search program only"
                            + " makes it quicker to use; without any program it still works.",
                    "#What to throw away",
                    "Everything in the folder called inbox that is older than two years. The tapes, once somebody has"
                            + " listened to the copies. The fear that something might be lost: something always is.",
                    "#What to keep",
                    "The letters, on paper, dry and dark. A copy of this folder in another house. And the habit of writing"
                            + " the date on the back of things."));

    static final List<Text> HANDBOOK = List.of(
            new Text(
                    "Why local first",
                    List.of(
                            "A local-first program keeps your data on your own machine and treats every server as a"
                                    + " convenience. It starts without a network, it is fast because nothing has to travel,"
                                    + " and it goes on working when the company behind it does not.",
                            "The price is that you become the operator. Nobody else makes the backups, nobody else notices"
                                    + " that the disk is full. The chapters that follow are about paying that price in small"
                                    + " coins.")),
            new Text(
                    "What an index is",
                    List.of(
                            "An index is derived data: it can be made again from the documents, given time. So it needs no"
                                    + " backup as a matter of principle, and usually deserves one as a matter of patience,"
                                    + " for embedding a large collection takes a night.",
                            "The documents themselves are the other kind. Nothing brings them back. When space is short,"
                                    + " drop the index.")),
            new Text(
                    "When a document fails",
                    List.of(
                            "Among ten thousand files a few are always broken: a download that stopped half way, a letter"
                                    + " protected by a password nobody remembers, a scan without any text. A good index run"
                                    + " puts them aside with the reason, goes on, and tries them again the next time.",
                            "The broken file in this folder is here to show just that.")));

    /** Makes the files in a folder. */
    public static void main(String[] args) throws IOException {
        for (Map.Entry<String, byte[]> file : all().entrySet()) {
            Files.write(Path.of(args[0]).resolve(file.getKey()), file.getValue());
        }
    }

    /** All binary samples by file name. */
    public static Map<String, byte[]> all() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("history-of-catalogues.pdf", pdf(CATALOGUES));
        byte[] docx = docx(CHECKLIST);
        files.put("moving-checklist.docx", docx);
        files.put("letter-to-the-heirs.odt", odt(LETTER));
        files.put("local-first-handbook.epub", epub("The local-first handbook", HANDBOOK));
        files.put("broken.docx", Arrays.copyOf(docx, docx.length / 2));
        return files;
    }

    private static byte[] pdf(Text text) throws IOException {
        try (PDDocument document = new PDDocument()) {
            PDDocumentInformation info = document.getDocumentInformation();
            info.setTitle(text.title);
            info.setAuthor(AUTHOR);
            Calendar created = new GregorianCalendar(TimeZone.getTimeZone("UTC"));
            created.setTimeInMillis(java.time.Instant.parse(CREATED).toEpochMilli());
            info.setCreationDate(created);
            PDFont body = new PDType1Font(FontName.TIMES_ROMAN);
            PDFont bold = new PDType1Font(FontName.HELVETICA_BOLD);
            PDPageContentStream page = null;
            float y = 0;
            for (String block : prepend(text)) {
                PDFont font = block.startsWith("#") ? bold : body;
                for (String line : wrap(block.replace("#", ""), font)) {
                    if (page == null || y < 80) {
                        if (page != null) {
                            page.close();
                        }
                        PDPage sheet = new PDPage(PDRectangle.A5);
                        document.addPage(sheet);
                        page = new PDPageContentStream(document, sheet);
                        y = 540;
                    }
                    page.beginText();
                    page.setFont(font, 11);
                    page.newLineAtOffset(50, y);
                    page.showText(line);
                    page.endText();
                    y -= 14;
                }
                y -= 10;
            }
            if (page != null) {
                page.close();
            }
            COSArray id = new COSArray();
            id.add(new COSString("ragd-sample-0001".getBytes(StandardCharsets.US_ASCII)));
            id.add(new COSString("ragd-sample-0001".getBytes(StandardCharsets.US_ASCII)));
            document.getDocument().getTrailer().setItem(COSName.ID, id);
            document.getDocument().setDocumentID(id);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            document.save(out);
            return out.toByteArray();
        }
    }

    private static List<String> prepend(Text text) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of("#" + text.title), text.blocks.stream())
                .toList();
    }

    private static List<String> wrap(String block, PDFont font) throws IOException {
        List<String> lines = new java.util.ArrayList<>();
        String line = "";
        for (String word : block.split(" ", -1)) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (font.getStringWidth(longer) / 1000 * 11 > 320) {
                lines.add(line);
                longer = word;
            }
            line = longer;
        }
        lines.add(line);
        return lines;
    }

    private static byte[] docx(Text text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XWPFDocument document = new XWPFDocument()) {
            var core = document.getProperties().getCoreProperties();
            core.setTitle(text.title);
            core.setCreator(AUTHOR);
            core.setCreated(Optional.of(Date.from(java.time.Instant.parse(CREATED))));
            for (String block : prepend(text)) {
                XWPFParagraph p = document.createParagraph();
                if (block.startsWith("#")) {
                    p.setStyle("Heading1");
                }
                p.createRun().setText(block.replace("#", ""));
            }
            document.write(out);
        }
        // The same bytes every time: POI writes the clock into the entries.
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                entries.put(e.getName(), zip.readAllBytes());
            }
        }
        return zip(entries);
    }

    private static byte[] odt(Text text) throws IOException {
        StringBuilder body = new StringBuilder();
        for (String block : prepend(text)) {
            body.append(
                    block.startsWith("#")
                            ? "<text:h text:outline-level=\"1\">" + escape(block.substring(1)) + "</text:h>\n"
                            : "<text:p>" + escape(block) + "</text:p>\n");
        }
        String office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("mimetype", ascii("application/vnd.oasis.opendocument.text"));
        entries.put("META-INF/manifest.xml", utf8("""
                        <?xml version="1.0" encoding="UTF-8"?>
                        <manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
                        <manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>
                        <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
                        <manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
                        </manifest:manifest>
                        """));
        entries.put(
                "meta.xml",
                utf8("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-meta xmlns:office=\"" + office
                        + "\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\""
                        + " office:version=\"1.2\"><office:meta><dc:title>" + escape(text.title)
                        + "</dc:title><meta:initial-creator>" + AUTHOR + "</meta:initial-creator><dc:creator>" + AUTHOR
                        + "</dc:creator><meta:creation-date>2026-10-01T12:00:00.123456789</meta:creation-date>"
                        + "<dc:date>2026-10-01T12:00:00.123456789</dc:date></office:meta></office:document-meta>\n"));
        entries.put(
                "content.xml",
                utf8("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content xmlns:office=\"" + office
                        + "\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\">"
                        + "<office:body><office:text>\n" + body
                        + "</office:text></office:body></office:document-content>\n"));
        return zip(entries);
    }

    private static byte[] epub(String title, List<Text> chapters) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("mimetype", ascii("application/epub+zip"));
        entries.put("META-INF/container.xml", utf8("""
                        <?xml version="1.0" encoding="UTF-8"?>
                        <container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
                        <rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>
                        </container>
                        """));
        StringBuilder manifest = new StringBuilder();
        StringBuilder spine = new StringBuilder();
        StringBuilder contents = new StringBuilder();
        for (int i = 1; i <= chapters.size(); i++) {
            Text chapter = chapters.get(i - 1);
            String file = "chapter" + i + ".xhtml";
            manifest.append("<item id=\"c" + i + "\" href=\"" + file + "\" media-type=\"application/xhtml+xml\"/>\n");
            spine.append("<itemref idref=\"c" + i + "\"/>\n");
            contents.append("<li><a href=\"" + file + "\">" + escape(chapter.title) + "</a></li>\n");
            StringBuilder body = new StringBuilder("<h1>" + escape(chapter.title) + "</h1>\n");
            chapter.blocks.forEach(b -> body.append("<p>" + escape(b) + "</p>\n"));
            entries.put(file, xhtml(chapter.title, body.toString()));
        }
        entries.put(
                "nav.xhtml",
                xhtml(
                        "Contents",
                        "<nav epub:type=\"toc\" xmlns:epub=\"http://www.idpf.org/2007/ops\"><ol>\n" + contents
                                + "</ol></nav>\n"));
        entries.put(
                "book.opf",
                utf8("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        + "<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"id\">\n"
                        + "<metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
                        + "<dc:identifier id=\"id\">urn:ragd:sample:handbook</dc:identifier>\n<dc:title>"
                        + escape(title)
                        + "</dc:title>\n<dc:language>en</dc:language>\n<dc:creator>" + AUTHOR
                        + "</dc:creator>\n<meta property=\"dcterms:modified\">" + CREATED
                        + "</meta>\n</metadata>\n<manifest>\n"
                        + "<item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>\n"
                        + manifest + "</manifest>\n<spine>\n" + spine + "</spine>\n</package>\n"));
        return zip(entries);
    }

    private static byte[] xhtml(String title, String body) {
        return utf8(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>"
                        + escape(title) + "</title></head><body>\n" + body + "</body></html>\n");
    }

    /** A zip of fixed time; "mimetype" is stored, as its formats want it. */
    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> e : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(e.getKey());
                entry.setTimeLocal(DAY);
                if (e.getKey().equals("mimetype")) {
                    CRC32 crc = new CRC32();
                    crc.update(e.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(e.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(e.getValue());
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    private static String escape(String s) {
        return s.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }
}
