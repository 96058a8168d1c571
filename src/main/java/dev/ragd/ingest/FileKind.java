package dev.ragd.ingest;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a name and the first bytes say about a file. */
final class FileKind {

    /** Endings of files that are text as they are, and their media types. */
    private static final Map<String, String> TEXT = new HashMap<>();

    /** Endings of formats whose text has to be extracted although they may look like text. */
    private static final Set<String> MARKUP = Set.of(
            "html", "htm", "xhtml", "xht", "shtml", "xml", "svg", "fb2", "eml", "mht", "mhtml", "mbox", "rtf", "fodt",
            "fods", "fodp", "xlf", "dita", "docbook", "opf", "ncx");

    private static final Set<String> NO_DOCUMENTS = Set.of(
            "application/octet-stream",
            // Archives: a folder in a file. Its documents have no path to lead a reader to.
            "application/zip",
            "application/gzip",
            "application/x-tar",
            "application/x-gtar",
            "application/x-7z-compressed",
            "application/x-rar-compressed",
            "application/x-bzip",
            "application/x-bzip2",
            "application/x-xz",
            "application/zstd",
            "application/x-lzma",
            "application/x-compress",
            "application/x-lz4",
            "application/x-snappy-framed",
            "application/x-brotli",
            "application/x-archive",
            "application/x-cpio",
            "application/x-arj",
            "application/java-archive",
            "application/x-tika-java-enterprise-archive",
            "application/x-tika-java-web-archive",
            "application/vnd.android.package-archive",
            "application/x-debian-package",
            "application/x-rpm",
            "application/x-apple-diskimage",
            "application/x-iso9660-image",
            "application/vnd.ms-cab-compressed",
            "application/warc",
            "application/warc+gz",
            // Programs and data.
            "application/java-vm",
            "application/x-executable",
            "application/x-elf",
            "application/x-sharedlib",
            "application/x-object",
            "application/x-coredump",
            "application/x-msdownload",
            "application/x-dosexec",
            "application/x-mach-o",
            "application/x-sqlite3",
            "application/postscript",
            "application/x-font-ttf",
            "application/x-font-otf",
            "application/x-font-type1",
            "application/x-font-adobe-metric");

    static {
        text("text/plain", "txt text log lst nfo conf cfg ini properties env toml lock list srt vtt po pot diff patch");
        text("text/markdown", "md markdown mdown mkd mdx qmd rmd");
        text("text/x-rst", "rst rest");
        text("text/org", "org");
        text("text/asciidoc", "adoc asciidoc asc");
        text("text/x-tex", "tex latex sty cls bib");
        text("text/csv", "csv");
        text("text/tab-separated-values", "tsv tab");
        text("application/json", "json jsonl ndjson json5 geojson ipynb webmanifest");
        text("application/yaml", "yaml yml");
        text("text/x-python", "py pyi pyw");
        text("text/x-java-source", "java");
        text("text/javascript", "js mjs cjs jsx");
        text("text/x-typescript", "ts tsx");
        text("text/x-c", "c h cc cpp cxx hpp hh hxx m mm cu ino");
        text("text/x-sh", "sh bash zsh fish ksh ps1 bat cmd awk sed");
        text("text/css", "css scss sass less");
        text("application/sql", "sql");
        text("text/x-go", "go");
        text("text/x-rust", "rs");
        text("text/x-ruby", "rb");
        text("text/x-perl", "pl pm pod");
        text("text/x-php", "php");
        text(
                "text/x-source",
                "kt kts scala groovy gradle swift dart lua r jl hs ml mli clj cljs edn ex exs erl el lisp");
        text("text/x-source", "scm rkt cs fs vb pas f f90 ada asm s v vhdl proto thrift graphql cmake mk nix tf hcl");
        text("text/x-source", "vue svelte jsp erb tpl j2 vim zig nim d sol pro cob cbl");
        text("text/calendar", "ics");
        text("text/vcard", "vcf");
    }

    private static void text(String mediaType, String endings) {
        for (String ending : endings.split(" ", -1)) {
            TEXT.put(ending, mediaType);
        }
    }

    private FileKind() {}

    /** The ending of a file name in lower case, without its dot; empty if there is none. */
    static String ending(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** Whether the name says that the file is text as it is. */
    static boolean namedText(String name) {
        return TEXT.containsKey(ending(name));
    }

    static String textType(String name) {
        return TEXT.getOrDefault(ending(name), "text/plain");
    }

    /** Whether the first bytes prove a format that has to be extracted, whatever the name says. */
    static boolean container(byte[] head) {
        return starts(head, "%PDF-")
                || starts(head, "PK\u0003\u0004")
                || starts(head, "{\\rtf")
                || starts(head, "\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1");
    }

    /** Whether a text file without a telling name is markup or mail. */
    static boolean markup(String name, byte[] head) {
        if (MARKUP.contains(ending(name))) {
            return true;
        }
        int i = starts(head, "\u00EF\u00BB\u00BF") ? 3 : 0;
        while (i < head.length && head[i] >= 0 && head[i] <= ' ') {
            i++;
        }
        String start = new String(head, i, Math.min(head.length - i, 200), java.nio.charset.StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT);
        return start.startsWith("<!doctype")
                || start.startsWith("<html")
                || start.startsWith("<?xml")
                || start.startsWith("%!ps")
                || start.startsWith("return-path: ")
                || start.startsWith("delivered-to: ")
                || start.startsWith("received: from ")
                || start.startsWith("mime-version: ")
                || (start.startsWith("from ") && start.contains("@") && start.contains("\n"));
    }

    /** Whether files of a media type (without parameters) are documents at all. */
    static boolean document(String mediaType) {
        return !NO_DOCUMENTS.contains(mediaType)
                && !mediaType.startsWith("image/")
                && !mediaType.startsWith("audio/")
                && !mediaType.startsWith("video/")
                && !mediaType.startsWith("font/")
                && !mediaType.startsWith("model/");
    }

    /** Why a media type is not taken, as a sentence without its subject. */
    static String refusal(String mediaType) {
        if (mediaType.startsWith("image/")) {
            return "is an image (" + mediaType + "); text is not read from images";
        }
        if (mediaType.equals("application/octet-stream")) {
            return "is binary data of no known format";
        }
        if (mediaType.equals("application/zip") || mediaType.endsWith("tar") || mediaType.contains("zip")) {
            return "is an archive (" + mediaType + "): unpack it to index what it holds";
        }
        return "is of a type that holds no text to index (" + mediaType + ")";
    }

    private static boolean starts(byte[] head, String latin1) {
        if (head.length < latin1.length()) {
            return false;
        }
        for (int i = 0; i < latin1.length(); i++) {
            if ((head[i] & 0xFF) != latin1.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
