package dev.ragd.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Debian's cron: the real daemon, in a mount namespace of its own, so that it reads this crontab only, and nobody else's. Its
 * clock stands until {@link #tick}; what it starts has the real clock. The mails that it sends become files.
 * As root, or as anybody where user namespaces are allowed. Not for two threads.
 */
public final class CronDaemon implements AutoCloseable {

    private static final String INSIDE = """
            set -e
            mount -t tmpfs none /var/spool
            mkdir -p /var/spool/cron/crontabs
            mount -t tmpfs none /run
            for file in /etc/crontab /etc/anacrontab; do [ ! -f $file ] || mount --bind /dev/null $file; done
            [ ! -d /etc/cron.d ] || mount -t tmpfs none /etc/cron.d
            mount -t overlay none -o "lowerdir=$PLACE/sbin:/usr/sbin" /usr/sbin
            """;

    private final Path place;
    private final Process process;

    private CronDaemon(Path place, Process process) {
        this.place = place;
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param place an empty folder for what belongs to it
     * @param crontab all lines of the crontab
     */
    public static CronDaemon start(Path place, String crontab) throws IOException {
        Path bin = programs();
        prepare(place);
        Files.writeString(place.resolve("crontab"), crontab);
        String script = INSIDE + """
                cp "$PLACE/crontab" /var/spool/cron/crontabs/root
                chmod 600 /var/spool/cron/crontabs/root
                STEPPED_CLOCK="$PLACE/minutes" LD_PRELOAD="$PLACE/clock.so" exec setpriv --pdeathsig KILL "$BIN/usr/sbin/cron" -f
                """;
        Files.createFile(place.resolve("minutes"));
        CronDaemon daemon = new CronDaemon(place, inside(place, bin, script));
        try {
            // A minute that passes before it has read its crontab would be none.
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (!Files.exists(place.resolve("minutes.waiting"))) {
                daemon.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("cron does not wait by the clock of this test: " + daemon.said());
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            daemon.close();
            throw new IllegalStateException(e);
        }
        return daemon;
    }

    /** Lets a minute pass for it: what is due in the next one is started, soon. */
    public void tick() throws IOException {
        Files.write(place.resolve("minutes"), new byte[1], StandardOpenOption.APPEND);
    }

    /**
     * Asks Debian's crontab whether it would install some crontabs.
     *
     * @return for each, whether it did
     */
    public static List<Boolean> accepts(Path place, List<String> crontabs) throws IOException {
        Path bin = programs();
        prepare(place);
        for (int i = 0; i < crontabs.size(); i++) {
            Files.writeString(place.resolve("tab" + i), crontabs.get(i));
        }
        String script = INSIDE + """
                i=0
                while [ -f "$PLACE/tab$i" ]; do
                  if "$BIN/usr/bin/crontab" "$PLACE/tab$i" </dev/null >/dev/null 2>&1; then echo yes; else echo no; fi
                  i=$((i + 1))
                done >"$PLACE/answers"
                """;
        try {
            Process asked = inside(place, bin, script);
            if (!asked.waitFor(1, TimeUnit.MINUTES) || asked.exitValue() != 0) {
                asked.destroyForcibly();
                throw new IOException("crontab was not asked: " + Files.readString(place.resolve("cron.log")));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return Files.readAllLines(place.resolve("answers")).stream()
                .map("yes"::equals)
                .toList();
    }

    private static void prepare(Path place) throws IOException {
        Path sbin = Files.createDirectories(place.resolve("sbin"));
        Files.createDirectories(place.resolve("mails"));
        Path sendmail = Files.writeString(sbin.resolve("sendmail"), """
                #!/bin/sh
                file=$(mktemp "%1$s/.mail-XXXXXX") && cat >"$file" && mv "$file" "%1$s/$(date +%%s)-$$"
                """.formatted(place.resolve("mails")));
        Files.setPosixFilePermissions(sendmail, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path source = place.resolve("clock.c");
        try (InputStream in = CronDaemon.class.getResourceAsStream("stepped-clock.c")) {
            Files.write(source, Objects.requireNonNull(in).readAllBytes());
        }
        String library = place.resolve("clock.so").toString();
        DebianPackages.run(place, "g++", "-x", "c", "-shared", "-fPIC", "-O1", "-o", library, source.toString());
    }

    private static Process inside(Path place, Path bin, String script) throws IOException {
        boolean root = "0".equals(DebianPackages.run(null, "id", "-u").strip());
        ProcessBuilder builder = new ProcessBuilder(List.of("unshare", root ? "-m" : "-rm", "sh", "-c", script))
                .redirectErrorStream(true)
                .redirectOutput(place.resolve("cron.log").toFile());
        builder.environment().put("PLACE", place.toString());
        builder.environment().put("BIN", bin.toString());
        return builder.start();
    }

    /** Where {@code usr/sbin/cron} and {@code usr/bin/crontab} are; aborts the test where they cannot be had. */
    private static Path programs() {
        if (Files.isExecutable(Path.of("/usr/sbin/cron")) && Files.isExecutable(Path.of("/usr/bin/crontab"))) {
            return Path.of("/");
        }
        Path cache = Path.of(".cache").toAbsolutePath();
        Path target = cache.resolve("cron");
        try {
            if (!Files.isDirectory(cache)) { // it may be a link
                Files.createDirectories(cache);
            }
            try (FileChannel channel = FileChannel.open(
                            cache.resolve("cron.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                Objects.requireNonNull(lock);
                if (!Files.exists(target)) {
                    String suite = DebianPackages.run(null, "sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME");
                    Path temporary = Files.createTempDirectory(cache, ".cron-");
                    Files.move(
                            DebianPackages.unpack(temporary, suite.strip(), "cron"),
                            target,
                            StandardCopyOption.ATOMIC_MOVE);
                    DebianPackages.run(null, "rm", "-rf", temporary.toString());
                }
            }
            return target;
        } catch (IOException e) {
            String message = "NO CRON OF DEBIAN FOR TESTS: " + e.getMessage();
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                return Assertions.fail(message, e);
            }
            System.err.println(message);
            Assumptions.abort(message);
            throw new AssertionError(message);
        }
    }

    /** The mails that were sent so far, in their order. */
    public List<String> mails() {
        try (Stream<Path> files = Files.list(place.resolve("mails"))) {
            List<String> mails = new ArrayList<>();
            for (Path file : files.filter(f -> !f.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList()) {
                mails.add(Files.readString(file));
            }
            return mails;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it still runs; what it said when it does not. */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new AssertionError("cron ended with " + process.exitValue() + ": " + said());
        }
    }

    private String said() {
        try (Stream<String> lines = Files.lines(place.resolve("cron.log"))) {
            return lines.collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it; what it started goes on. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
