package dev.ragd.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.apache.tika.config.ServiceLoader;
import org.apache.tika.detect.DefaultDetector;
import org.apache.tika.detect.Detector;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.exception.WriteLimitReachedException;
import org.apache.tika.exception.ZeroByteFileException;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.extractor.ParsingEmbeddedDocumentExtractor;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.Office;
import org.apache.tika.metadata.PagedText;
import org.apache.tika.metadata.Property;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MediaTypeRegistry;
import org.apache.tika.mime.MimeTypes;
import org.apache.tika.parser.AutoDetectParser;
import org.apache.tika.parser.AutoDetectParserConfig;
import org.apache.tika.parser.DefaultParser;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.ParserDecorator;
import org.apache.tika.parser.external.CompositeExternalParser;
import org.apache.tika.parser.ocr.TesseractOCRParser;
import org.apache.tika.parser.pdf.PDFParserConfig;
import org.jspecify.annotations.Nullable;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/**
 * Tika as we want it: no programs started, no text recognition, nothing of archives, text and properties only. Lives in
 * the parser process, for a document may hang it or exhaust its memory.
 *
 * <p>Attachments of mails and objects within documents are documents too: their text follows. What is no document by
 * itself (images, archives) is left out.
 */
final class TikaExtraction {

    private final int maxCharacters;
    private final Detector detector;
    private final MediaTypeRegistry registry;
    private final Map<MediaType, Parser> parsers;
    private final AutoDetectParser parser;

    TikaExtraction(int maxCharacters) {
        this.maxCharacters = maxCharacters;
        ServiceLoader loader = new ServiceLoader(TikaExtraction.class.getClassLoader());
        MimeTypes types = MimeTypes.getDefaultMimeTypes(TikaExtraction.class.getClassLoader());
        registry = types.getMediaTypeRegistry();
        detector = new DefaultDetector(types, loader);
        DefaultParser all =
                new DefaultParser(registry, loader, List.of(CompositeExternalParser.class, TesseractOCRParser.class));
        parsers = all.getParsers(new ParseContext());
        parser = new AutoDetectParser(detector, all);
        AutoDetectParserConfig config = new AutoDetectParserConfig();
        // Tika takes a hundred nested elements for an attack; old web pages never close their <font>.
        config.setMaximumDepth(2000);
        parser.setAutoDetectParserConfig(config);
        FontMappers.set(new BuiltInFont());
    }

    /**
     * Extracts one file's text.
     *
     * @throws ParseException with a message that is a sentence without its subject, the file
     */
    ParsedDocument extract(Path file) throws ParseException {
        Metadata metadata = new Metadata();
        TextCollector collector = new TextCollector(maxCharacters);
        try (TikaInputStream stream = TikaInputStream.get(file, metadata)) {
            MediaType type = detector.detect(stream, metadata).getBaseType();
            if (!FileKind.document(type.toString()) || !parsable(type)) {
                throw new ParseException(ParseException.Reason.UNSUPPORTED, FileKind.refusal(type.toString()), null);
            }
            parser.parse(stream, collector, metadata, context());
        } catch (TextCollector.LimitReached e) {
            // Told below.
        } catch (IOException | SAXException | TikaException | RuntimeException | StackOverflowError e) {
            if (!collector.exceeded()) {
                throw failure(e);
            }
        }
        if (collector.exceeded()) {
            throw new ParseException(
                    ParseException.Reason.TOO_MUCH_TEXT,
                    "holds more than " + maxCharacters + " characters of text, the limit of parse.max_characters",
                    null);
        }
        Map<String, Object> properties = properties(metadata, collector.firstHeading());
        String text = CleanText.of(mailHead(metadata, properties) + collector.text());
        if (CleanText.isBlank(text)) {
            throw new ParseException(ParseException.Reason.EMPTY, emptiness(properties), null);
        }
        return new ParsedDocument(text, properties);
    }

    private boolean parsable(MediaType type) {
        for (MediaType t = type; t != null; t = registry.getSupertype(t)) {
            if (parsers.containsKey(t)) {
                return true;
            }
        }
        return false;
    }

    private ParseContext context() {
        ParseContext context = new ParseContext();
        PDFParserConfig pdf = new PDFParserConfig();
        pdf.setOcrStrategy(PDFParserConfig.OCR_STRATEGY.NO_OCR);
        pdf.setExtractInlineImages(false);
        context.set(PDFParserConfig.class, pdf);
        context.set(Parser.class, new Attachments(parser));
        ParsingEmbeddedDocumentExtractor embedded = new ParsingEmbeddedDocumentExtractor(context);
        embedded.setWriteFileNameToContent(false);
        context.set(EmbeddedDocumentExtractor.class, embedded);
        return context;
    }

    /** Parses what lies inside a document if it is a document itself. */
    private final class Attachments extends ParserDecorator {
        private static final long serialVersionUID = 1;

        Attachments(Parser parser) {
            super(parser);
        }

        @Override
        public void parse(InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
                throws IOException, SAXException, TikaException {
            TikaInputStream in = TikaInputStream.get(stream);
            MediaType type = detector.detect(in, metadata).getBaseType();
            if (FileKind.document(type.toString()) && parsable(type)) {
                super.parse(in, handler, metadata, context);
            }
        }
    }

    private static ParseException failure(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof EncryptedDocumentException || t instanceof org.apache.poi.EncryptedDocumentException) {
                return new ParseException(
                        ParseException.Reason.ENCRYPTED,
                        "is protected by a password: save a copy without one to index it",
                        e);
            }
            if (t instanceof WriteLimitReachedException || isBomb(t)) {
                return new ParseException(
                        ParseException.Reason.TOO_MUCH_TEXT,
                        "unpacks to far more than it should (" + t.getMessage() + "): it looks like a zip bomb",
                        e);
            }
            if (t instanceof ZeroByteFileException) {
                return new ParseException(ParseException.Reason.EMPTY, "is empty", e);
            }
            if (t instanceof NoSuchFileException) {
                return new ParseException(ParseException.Reason.VANISHED, "is not there any more", e);
            }
            if (t instanceof AccessDeniedException) {
                return new ParseException(ParseException.Reason.UNREADABLE, "cannot be read: permission denied", e);
            }
        }
        if (e instanceof StackOverflowError) {
            return new ParseException(ParseException.Reason.CORRUPT, "is nested too deeply to be read", e);
        }
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return new ParseException(
                ParseException.Reason.CORRUPT, "is damaged and cannot be read: " + TextProperties.shorten(why), e);
    }

    private static boolean isBomb(Throwable t) {
        String message = String.valueOf(t.getMessage());
        return message.contains("zip bomb") || message.contains("Zip bomb");
    }

    private static Map<String, Object> properties(Metadata metadata, @Nullable String firstHeading) {
        Map<String, Object> result = new TreeMap<>();
        MediaType type = MediaType.parse(metadata.get(Metadata.CONTENT_TYPE));
        result.put("media_type", (type == null ? MediaType.OCTET_STREAM : type.getBaseType()).toString());
        text(result, "title", metadata.get(TikaCoreProperties.TITLE));
        if (firstHeading != null) {
            text(result, "title", firstHeading);
        }
        text(result, "author", String.join("; ", metadata.getValues(TikaCoreProperties.CREATOR)));
        text(result, "language", metadata.get(TikaCoreProperties.LANGUAGE));
        date(result, "created", metadata, TikaCoreProperties.CREATED);
        date(result, "modified", metadata, TikaCoreProperties.MODIFIED);
        Integer pages = metadata.getInt(PagedText.N_PAGES);
        if (pages == null) {
            pages = metadata.getInt(Office.PAGE_COUNT);
        }
        if (pages != null && pages > 0) {
            result.put("pages", (long) pages);
        }
        return result;
    }

    private static void text(Map<String, Object> result, String key, @Nullable String value) {
        if (value != null && !CleanText.isBlank(value)) {
            result.putIfAbsent(key, TextProperties.shorten(value));
        }
    }

    private static void date(Map<String, Object> result, String key, Metadata metadata, Property property) {
        Long millis = Dates.millis(metadata.get(property));
        if (millis != null) {
            result.put(key, millis);
        }
    }

    /** The lines a reader sees above a mail; a search for its subject should find it. */
    private static String mailHead(Metadata metadata, Map<String, Object> properties) {
        if (!"message/rfc822".equals(properties.get("media_type"))) {
            return "";
        }
        StringBuilder head = new StringBuilder();
        line(head, "Subject: ", metadata.getValues(TikaCoreProperties.TITLE));
        line(head, "From: ", metadata.getValues(TikaCoreProperties.CREATOR));
        line(head, "To: ", metadata.getValues(org.apache.tika.metadata.Message.MESSAGE_TO));
        return head.isEmpty() ? "" : head.append('\n').toString();
    }

    private static void line(StringBuilder head, String name, String[] values) {
        if (values.length > 0) {
            head.append(name)
                    .append(TextProperties.shorten(String.join(", ", values)))
                    .append('\n');
        }
    }

    private static String emptiness(Map<String, Object> properties) {
        if ("application/pdf".equals(properties.get("media_type"))) {
            Object pages = properties.getOrDefault("pages", "its");
            return "has no text layer: " + pages
                    + " page(s) of images or drawings; run it through a text recognition program first";
        }
        return "holds no text";
    }
}
