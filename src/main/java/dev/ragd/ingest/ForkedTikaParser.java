package dev.ragd.ingest;

import dev.ragd.ingest.ParseException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MimeTypes;
import org.jspecify.annotations.Nullable;

/**
 * Extracts text with Apache Tika in separate processes, which a hostile or broken document may hang, bloat or crash
 * without harm; plain text is decoded right here.
 *
 * <p>How a file is taken: text by its name or by its first bytes is decoded (UTF-8, UTF-16 with or without a mark, else
 * a guess at older encodings). PDF, zip-based and old Office formats are known by their first bytes whatever their name;
 * HTML, XML and mail by name or first line. Binary data that Tika's signatures do not take for a document is refused
 * without a process: images, audio, video, fonts, programs, archives. An archive is no document: its files have no paths
 * to lead a reader to. Attachments of mails are part of their mail.
 *
 * <p>Processes start when the first file needs one, end with {@link #close} and with this process, and are replaced
 * after a failure. A verdict "crashed" or "out of memory" is only given by a fresh process: what a process had read
 * before is not held against a document.
 *
 * <p>Why not Tika's own ForkParser: it sends classes and SAX events one by one through its pipe, leaves a bootstrap jar
 * in the temporary folder when killed, does not tell out-of-memory from a crash, and is gone in Tika 4.
 *
 * <p>Thread-safe: at most {@link ParserSettings#processes()} files are parsed at a time, others wait.
 */
public final class ForkedTikaParser implements DocumentParser {

    /** To be raised when our own rules extract other text. */
    private static final int RULES_VERSION = 1;

    private static final int HEAD = 1 << 16;

    /** A used process, one ended from outside, a third that decides. */
    private static final int ATTEMPTS = 3;

    private final ParserSettings settings;
    private final Semaphore slots;
    private final Deque<ParserChild> idle = new ArrayDeque<>();
    private final Set<ParserChild> children = new HashSet<>();
    private boolean closed;
    private int started;

    /** Starts nothing yet. */
    public ForkedTikaParser(ParserSettings settings) {
        this.settings = settings;
        this.slots = new Semaphore(settings.processes());
    }

    @Override
    public String fingerprint() {
        return "ragd-parser-" + RULES_VERSION + "/tika-" + tikaVersion();
    }

    private static String tikaVersion() {
        // Tika.getString() would do, but loads all its parsers.
        try (InputStream in =
                MimeTypes.class.getResourceAsStream("/META-INF/maven/org.apache.tika/tika-core/pom.properties")) {
            java.util.Properties p = new java.util.Properties();
            if (in != null) {
                p.load(in);
            }
            return p.getProperty("version", "unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** How many processes have been started so far. */
    synchronized int processesStarted() {
        return started;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when this parser is closed, or no process can be started: no file's fault
     */
    @Override
    public ParsedDocument parse(Path file) throws ParseException {
        String name = String.valueOf(file.getFileName());
        try {
            checkSize(file);
            try (InputStream in = Files.newInputStream(file)) {
                byte[] head = in.readNBytes(HEAD);
                if (head.length == 0) {
                    throw failure(file, Reason.EMPTY, "is empty", null);
                }
                if (isText(file, name, head)) {
                    return text(file, name, in, head);
                }
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return fork(file);
    }

    private void checkSize(Path file) throws IOException, ParseException {
        BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
        if (!a.isRegularFile()) {
            throw failure(
                    file,
                    Reason.UNREADABLE,
                    a.isDirectory() ? "is a folder, not a file" : "is a device, pipe or socket, not a file",
                    null);
        }
        if (a.size() > settings.maxFileSize()) {
            throw tooLarge(file, a.size());
        }
    }

    private ParseException tooLarge(Path file, long size) {
        return failure(
                file,
                Reason.TOO_LARGE,
                "has " + ParserSettings.bytes(size) + ", more than the " + ParserSettings.bytes(settings.maxFileSize())
                        + " that parse.max_file_size allows",
                null);
    }

    /**
     * Whether a file is text as it is.
     *
     * @throws ParseException when it is neither text nor a document
     */
    private static boolean isText(Path file, String name, byte[] head) throws IOException, ParseException {
        if (FileKind.container(head)) {
            return false;
        }
        if (PlainText.mayBeText(head)) {
            return FileKind.namedText(name) || !FileKind.markup(name, head);
        }
        Metadata metadata = new Metadata();
        metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, name);
        String type = MimeTypes.getDefaultMimeTypes()
                .detect(new ByteArrayInputStream(head), metadata)
                .getBaseType()
                .toString();
        if (FileKind.namedText(name)) {
            throw failure(
                    file,
                    Reason.UNSUPPORTED,
                    "is named like a text but holds binary data"
                            + (FileKind.document(type) ? "" : ": it " + FileKind.refusal(type)),
                    null);
        }
        if (!FileKind.document(type) && !type.equals("application/zip")) {
            throw failure(file, Reason.UNSUPPORTED, FileKind.refusal(type), null);
        }
        return false;
    }

    private ParsedDocument text(Path file, String name, InputStream rest, byte[] head)
            throws IOException, ParseException {
        // No encoding has more than four bytes for one UTF-16 unit: beyond that there is no need to read on.
        long enough = Math.min(settings.maxFileSize(), 4L * settings.maxCharacters());
        byte[] tail = rest.readNBytes((int) Math.min(Integer.MAX_VALUE - 16L - head.length, enough + 1));
        byte[] bytes = java.util.Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, bytes, head.length, tail.length);
        if (bytes.length > settings.maxFileSize()) {
            throw tooLarge(file, bytes.length);
        }
        String decoded = bytes.length > enough ? null : PlainText.decode(bytes);
        if (bytes.length > enough || (decoded != null && decoded.length() > settings.maxCharacters())) {
            throw failure(
                    file,
                    Reason.TOO_MUCH_TEXT,
                    "holds " + (decoded == null ? "more" : decoded.length() + " characters of text, more")
                            + " than the " + settings.maxCharacters() + " characters that parse.max_characters allows",
                    null);
        }
        if (decoded == null) {
            throw failure(file, Reason.UNSUPPORTED, "starts like a text but holds binary data", null);
        }
        String text = CleanText.of(decoded);
        if (CleanText.isBlank(text)) {
            throw failure(file, Reason.EMPTY, "holds nothing but white space", null);
        }
        return new ParsedDocument(text, TextProperties.of(text, FileKind.textType(name)));
    }

    private ParsedDocument fork(Path file) throws ParseException {
        slots.acquireUninterruptibly();
        try {
            for (int attempt = 1; ; attempt++) {
                ParsedDocument document = ask(take(), file, attempt == ATTEMPTS);
                if (document != null) {
                    return document;
                }
            }
        } finally {
            slots.release();
        }
    }

    /** Returns null when another, fresh process has to be asked. */
    private @Nullable ParsedDocument ask(ParserChild child, Path file, boolean last) throws ParseException {
        boolean fresh = child.files() == 0;
        CompletableFuture<Boolean> timer = child.killAfter(settings.timeout());
        try {
            ParserWire.Answer answer = child.ask(file);
            if (timer.cancel(false)) {
                giveBack(child);
            } else {
                drop(child);
            }
            if (answer instanceof ParserWire.Failure f) {
                throw failure(file, f.reason(), f.message(), f.detail());
            }
            return ((ParserWire.Document) answer).document();
        } catch (ParserChild.Ended e) {
            boolean timedOut = !timer.cancel(false);
            drop(child);
            synchronized (this) {
                if (closed) {
                    throw new IllegalStateException("the parser was closed while it read " + file, e);
                }
            }
            if (timedOut) {
                throw failure(
                        file,
                        Reason.TIMEOUT,
                        "was not parsed within " + seconds(settings.timeout()) + ", the limit of parse.timeout",
                        e.getMessage());
            }
            if (!last && (!fresh || fromOutside(e.exitCode()))) {
                return null;
            }
            throw ended(file, e);
        }
    }

    /** Ended by a hang-up, Ctrl-C or kill that was meant for the whole program, or for no reason we know. */
    private static boolean fromOutside(int exitCode) {
        return exitCode == 129 || exitCode == 130 || exitCode == 143;
    }

    private ParseException ended(Path file, ParserChild.Ended e) {
        if (e.exitCode() == ParserProcess.OUT_OF_MEMORY
                && String.valueOf(e.getMessage()).contains("OutOfMemoryError")) {
            return failure(
                    file,
                    Reason.OUT_OF_MEMORY,
                    "needs more than " + ParserSettings.bytes(settings.memory())
                            + " of memory to be parsed, the limit of parse.memory",
                    e.getMessage());
        }
        String how = e.exitCode() > 128 && e.exitCode() < 160
                ? "was ended by signal " + (e.exitCode() - 128)
                : "ended with status " + e.exitCode();
        return failure(file, Reason.CRASHED, "crashed its parser: the process " + how, e.getMessage());
    }

    private ParserChild take() {
        synchronized (this) {
            checkOpen();
            ParserChild child = idle.poll();
            if (child != null) {
                return child;
            }
            started++;
        }
        ParserChild child = ParserChild.start(settings);
        synchronized (this) {
            if (!closed) {
                children.add(child);
                return child;
            }
        }
        child.kill();
        throw new IllegalStateException("the parser is closed");
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the parser is closed");
        }
    }

    private synchronized void giveBack(ParserChild child) {
        if (!closed) {
            idle.push(child);
        }
    }

    private void drop(ParserChild child) {
        synchronized (this) {
            children.remove(child);
        }
        child.kill();
    }

    @Override
    public void close() {
        Set<ParserChild> all;
        synchronized (this) {
            closed = true;
            all = Set.copyOf(children);
            children.clear();
            idle.clear();
        }
        all.forEach(ParserChild::kill);
    }

    private static ParseException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return failure(file, Reason.VANISHED, "is not there any more", null);
        }
        String why = e instanceof AccessDeniedException
                ? "permission denied"
                : e instanceof FileSystemException f && f.getReason() != null
                        ? f.getReason()
                        : String.valueOf(e.getMessage());
        return failure(file, Reason.UNREADABLE, "cannot be read: " + why, null);
    }

    private static ParseException failure(Path file, Reason reason, String what, @Nullable String detail) {
        Throwable cause = detail == null || detail.isBlank() ? null : new ParserOutput(detail);
        return new ParseException(reason, file + " " + what, cause);
    }

    private static String seconds(Duration d) {
        return d.toMillis() % 1000 == 0 ? d.toSeconds() + " s" : d.toMillis() + " ms";
    }

    /** What the parser process said about a failure, as its message: stack trace or standard error. */
    static final class ParserOutput extends Exception {
        private static final long serialVersionUID = 1;

        ParserOutput(String output) {
            super(output, null, false, false);
        }
    }
}
