package dev.ragd.app;

import dev.ragd.config.Home;
import dev.ragd.files.AtomicFile;
import dev.ragd.files.ProcessLock;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.OwnerLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The format of a home as a whole: which folders and files there are, and what they mean to each other. The job database, the
 * catalogue and the collections have formats of their own.
 *
 * <p>The file {@code <home>/format} holds {@code ragd home N}. The first job writes it; homes from before it have none and are
 * of format 1. A home of a newer format is refused. One of an older format is taken forward, a step for each format in between,
 * after a copy of what steps may change was put into {@code <home>/backup/format-N/}: everything but collections and what can
 * be made again. Immutable; safe for use by several threads.
 */
final class HomeFormat {

    /** The format that this ragd writes. */
    static final HomeFormat CURRENT = new HomeFormat(List.of());

    private static final String FILE = "format";
    private static final String BACKUP = "backup";
    private static final Pattern CONTENT = Pattern.compile("ragd home (\\d{1,9})\\s*");

    /** Never copied: what can be made again, what people read, copies. */
    private static final Set<String> NOT_COPIED =
            Set.of("cache", "chroma", "logs", "metrics", "profile", "reports", BACKUP);

    /** Makes a home of one format into one of the next. */
    @FunctionalInterface
    interface Step {
        /** May be repeated: a step that was cut off is done again from its beginning. */
        void upgrade(Home home) throws IOException;
    }

    private final List<Step> steps;

    /** @param steps from format 1 to 2, from 2 to 3, and so on to the one that is written */
    HomeFormat(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /** The number of the format. */
    int version() {
        return steps.size() + 1;
    }

    /**
     * Called before anything in a home is used. Does nothing to a home that is not there or not older.
     *
     * @throws JobException when the home is newer, its format cannot be read, or it is older and another run owns it
     */
    void admit(Home home) {
        int found = refuseNewer(home);
        if (found < version() && Files.isDirectory(home.root())) {
            try (OwnerLock owner = OwnerLock.take(home.jobs())) {
                upgrade(home, read(home)); // which another process may have done meanwhile
            } catch (IOException e) {
                throw new JobException(
                        ExitCode.FAILED,
                        "the home " + home.root() + " cannot be taken from format " + found + " to " + version() + ": "
                                + e + "; what it was is in " + backup(home, found)
                                + "; set that right and run the same command again",
                        e);
            }
        }
    }

    /**
     * Called before what every format has in common is read or changed: runs and settings.
     *
     * @return its format
     * @throws JobException when the home is newer, or its format cannot be read
     */
    int refuseNewer(Home home) {
        int found = read(home);
        if (found > version()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "the home " + home.root() + " has format " + found + ", but this ragd knows formats up to "
                            + version() + "; use the newer ragd that wrote it, or another --home",
                    null);
        }
        return found;
    }

    /** Called by who owns the home: notes the format of one that has no note. */
    void mark(Home home) {
        if (Files.notExists(file(home))) {
            try {
                write(home, version());
            } catch (IOException e) {
                throw new JobException(
                        ExitCode.FAILED,
                        "cannot write " + file(home) + ": " + e
                                + "; check that the home is writable and its disk not full",
                        e);
            }
        }
    }

    private static Path file(Home home) {
        return home.root().resolve(FILE);
    }

    private static Path backup(Home home, int version) {
        return home.root().resolve(BACKUP).resolve("format-" + version);
    }

    private static int read(Home home) {
        try {
            Matcher content = CONTENT.matcher(Files.readString(file(home), StandardCharsets.UTF_8));
            if (content.matches() && Integer.parseInt(content.group(1)) > 0) {
                return Integer.parseInt(content.group(1));
            }
            throw unreadable(home, "it does not say 'ragd home' and a number", null);
        } catch (NoSuchFileException e) {
            return 1;
        } catch (IOException e) {
            throw unreadable(home, e.toString(), e);
        }
    }

    private static JobException unreadable(Home home, String problem, @Nullable Throwable cause) {
        return new JobException(
                ExitCode.FAILED,
                file(home) + ", which says what format this home has, cannot be read: " + problem
                        + "; restore it from a backup, or write 'ragd home " + CURRENT.version()
                        + "' into it if no newer ragd was ever used here",
                cause);
    }

    private void upgrade(Home home, int from) throws IOException {
        if (from < version()) {
            copyOnce(home, backup(home, from));
        }
        for (int version = from; version < version(); version++) {
            steps.get(version - 1).upgrade(home);
            write(home, version + 1);
        }
    }

    private static void write(Home home, int version) throws IOException {
        AtomicFile.write(file(home), ("ragd home " + version + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** What an upgrade that was cut off has copied is what there was before; later states are not. */
    private static void copyOnce(Home home, Path to) throws IOException {
        if (Files.exists(to)) {
            return;
        }
        Path part = to.resolveSibling("." + to.getFileName() + ".part");
        AtomicFile.createPrivateFolder(part);
        Files.walkFileTree(home.root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                boolean collections = home.data().equals(folder.getParent());
                boolean left = home.root().equals(folder.getParent())
                        && NOT_COPIED.contains(folder.getFileName().toString());
                if (collections || left) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                AtomicFile.createPrivateFolder(part.resolve(home.root().relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!ProcessLock.isHeldHere(file)) { // the owner lock: reading it would let go of it
                    Files.copy(
                            file,
                            part.resolve(home.root().relativize(file)),
                            StandardCopyOption.REPLACE_EXISTING,
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        AtomicFile.publish(part, to);
    }
}
