package dev.ragd.ingest;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.tika.exception.TikaException;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MediaType;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.sax.XHTMLContentHandler;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** Does to its process what the file says: the worst that bugs in real parsers do. */
public final class HostileParser implements Parser {
    private static final long serialVersionUID = 1;

    static byte[] file(String what) {
        return ("\0HOSTILE " + what).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Set<MediaType> getSupportedTypes(ParseContext context) {
        return Set.of(MediaType.application("x-ragd-hostile"));
    }

    @Override
    @SuppressWarnings("SystemOut")
    public void parse(InputStream stream, ContentHandler handler, Metadata metadata, ParseContext context)
            throws IOException, SAXException, TikaException {
        String[] what = new String(stream.readAllBytes(), StandardCharsets.UTF_8).split(" ", 3);
        XHTMLContentHandler xhtml = new XHTMLContentHandler(handler, metadata);
        xhtml.startDocument();
        switch (what[1]) {
            case "hang" -> {
                Files.writeString(File.createTempFile("left", "behind").toPath(), "x");
                while (true) {
                    Thread.onSpinWait();
                }
            }
            case "oom" -> {
                List<long[]> all = new ArrayList<>();
                while (all.size() < Integer.MAX_VALUE) {
                    all.add(new long[1 << 20]);
                }
            }
            case "exit" -> System.exit(Integer.parseInt(what[2]));
            case "halt" -> Runtime.getRuntime().halt(Integer.parseInt(what[2]));
            case "overflow" -> overflow(1);
            case "chatter" -> {
                System.out.println("noise on standard output");
                System.err.println("noise on standard error");
                xhtml.characters("said");
            }
            case "flood" -> {
                while (true) {
                    try {
                        xhtml.characters("all work and no play ");
                    } catch (SAXException e) {
                        throw new TikaException("wrapped", e);
                    }
                }
            }
            case "exec" -> new ProcessBuilder("touch", what[2]).start();
            case "fetch" -> new URL(what[2]).openStream().close();
            case "property" -> xhtml.characters(System.getProperty(what[2]));
            default -> throw new IOException("what is " + what[1] + "?");
        }
        xhtml.endDocument();
    }

    private static int overflow(int n) {
        return n == Integer.MAX_VALUE ? 0 : overflow(n + 1) + 1;
    }
}
