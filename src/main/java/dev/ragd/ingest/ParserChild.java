package dev.ragd.ingest;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running {@link ParserProcess}, seen from outside. Used by one thread at a time; {@link #kill} by any. */
final class ParserChild {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final int STDERR_KEPT = 16 << 10;

    private final Process process;
    private final Path folder;
    private final int maxBytes;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Thread drain;
    private final StringBuilder stderr = new StringBuilder();
    private int files;

    /** The process has ended, or talks nonsense, instead of answering. */
    static final class Ended extends Exception {
        private static final long serialVersionUID = 1;
        private final int exitCode;

        Ended(int exitCode, String detail, Throwable cause) {
            super(detail, cause);
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    private ParserChild(Process process, Path folder, ParserSettings settings) {
        this.process = process;
        this.folder = folder;
        this.maxBytes = (int) Math.min(Integer.MAX_VALUE - 16L, 3L * settings.maxCharacters() + 4096);
        this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        this.drain = new Thread(this::drain, "parser-stderr");
        drain.setDaemon(true);
        drain.start();
    }

    /**
     * Starts a process and waits until it is ready.
     *
     * @throws IllegalStateException when none can be started; no document's fault
     */
    static ParserChild start(ParserSettings settings) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("ragd-parser-");
            ProcessBuilder builder = new ProcessBuilder(command(settings, folder));
            // Options meant for the main program (debuggers, agents, class loaders) would break or slow the parser.
            builder.environment()
                    .keySet()
                    .removeIf(k -> k.equals("JAVA_TOOL_OPTIONS")
                            || k.equals("JDK_JAVA_OPTIONS")
                            || k.equals("_JAVA_OPTIONS")
                            || k.startsWith("LOADER_"));
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            // An empty folder: a library that looks for a program to help it finds none.
            builder.environment().put("PATH", folder.toString());
            ParserChild child = new ParserChild(builder.start(), folder, settings);
            child.awaitReady();
            return child;
        } catch (IOException e) {
            deleteFolder(folder);
            throw new IllegalStateException("the parser process cannot be started: " + e.getMessage(), e);
        }
    }

    private void awaitReady() {
        CompletableFuture<Boolean> tooLong = killAfter(START_TIMEOUT);
        try {
            if (in.readInt() != ParserWire.READY) {
                throw new IOException("it greets in another language");
            }
        } catch (IOException e) {
            Ended ended = ended(e);
            throw new IllegalStateException(
                    "the parser process cannot be started (exit status " + ended.exitCode()
                            + "; is parse.memory too large" + " for this machine?): " + ended.getMessage(),
                    e);
        } finally {
            tooLong.cancel(false);
        }
    }

    private static List<String> command(ParserSettings settings, Path folder) {
        List<String> c = new ArrayList<>();
        c.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        c.add("-Xmx" + settings.memory() / 1024 + "k");
        c.add("-XX:+UseSerialGC");
        c.add("-XX:+ExitOnOutOfMemoryError");
        // What the machine itself says must not come between the answers, nor into files.
        c.add("-XX:+DisplayVMOutputToStderr");
        c.add("-XX:+ErrorFileToStderr");
        c.add("-XX:-CreateCoredumpOnCrash");
        c.add("-XX:-UsePerfData");
        c.add("-Djava.awt.headless=true");
        c.add("-Djava.io.tmpdir=" + folder);
        c.add("-Dpdfbox.fontcache=" + folder);
        c.add("-Djavax.xml.accessExternalDTD=");
        c.add("-Djavax.xml.accessExternalSchema=");
        c.add("-Djavax.xml.accessExternalStylesheet=");
        // Numbers and dates of spreadsheets come out the same on every machine.
        c.add("-Duser.language=en");
        c.add("-Duser.country=US");
        c.add("-Duser.timezone=UTC");
        c.add("-Dfile.encoding=UTF-8");
        c.add("-Dlogback.configurationFile=dev/ragd/ingest/parser-logback.xml");
        CodeSource source = ParserProcess.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location != null && !location.getProtocol().equals("file")) {
            // Inside the fat jar: its own loader has to find us there.
            c.add("-Dloader.main=" + ParserProcess.class.getName());
            c.add("org.springframework.boot.loader.launch.PropertiesLauncher");
        } else {
            c.add(ParserProcess.class.getName());
        }
        c.add(Integer.toString(settings.maxCharacters()));
        c.add(folder.toString());
        return c;
    }

    /** How many files it has been asked for. */
    int files() {
        return files;
    }

    /** Asks for one file. */
    ParserWire.Answer ask(Path file) throws Ended {
        files++;
        try {
            ParserWire.writeString(out, file.toUri().toString());
            out.flush();
            return ParserWire.read(in, maxBytes);
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /** Kills it after a while unless the result is cancelled first. */
    CompletableFuture<Boolean> killAfter(Duration time) {
        CompletableFuture<Boolean> timer = new CompletableFuture<>();
        // A thread of its own: the common pool may be busy for longer than the limit.
        CompletableFuture<Void> unused = timer.thenRunAsync(this::kill, command -> {
            Thread thread = new Thread(command, "parser-timeout");
            thread.setDaemon(true);
            thread.start();
        });
        return timer.completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends it at once, without a word, and deletes its temporary files. Idempotent. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deleteFolder(folder);
    }

    private Ended ended(IOException cause) {
        int exitCode = -1;
        try {
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                exitCode = process.exitValue();
            }
            kill();
            drain.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
        String detail;
        synchronized (stderr) {
            detail = stderr.toString();
        }
        return new Ended(exitCode, detail, cause);
    }

    private void drain() {
        byte[] buffer = new byte[4096];
        try (InputStream err = process.getErrorStream()) {
            for (int n = err.read(buffer); n >= 0; n = err.read(buffer)) {
                synchronized (stderr) {
                    stderr.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    if (stderr.length() > STDERR_KEPT) {
                        stderr.delete(0, stderr.length() - STDERR_KEPT);
                    }
                }
            }
        } catch (IOException e) {
            // Its end, as good as any.
        }
    }

    /** Deletes a folder and what is in it, as far as possible. */
    static void deleteFolder(@org.jspecify.annotations.Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        } catch (IOException | UncheckedIOException e) {
            // Gone already, or somebody writes to it: whoever ends last deletes it.
        }
    }
}
