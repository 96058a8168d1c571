package dev.ragd.ingest;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files to index below some roots, always in the same order: the roots as given, below each root by the
 * relative path ({@link String#compareTo}).
 *
 * <p><b>Left out</b>, and not reported: hidden files and folders (a name that starts with a dot) and {@code
 * node_modules}, {@code __pycache__}, {@code CVS}, {@code lost+found}, {@code $RECYCLE.BIN}, {@code System Volume
 * Information}, a {@code target} beside {@code pom.xml}, {@code build.sbt} or {@code Cargo.toml}, a {@code build} beside
 * {@code build.gradle} or {@code build.gradle.kts}; and devices, pipes and sockets, which are never opened. An include
 * that spells such a name out ({@code .config/*.md}) lifts this for that name, a root is always taken.
 *
 * <p><b>Links</b> to files and folders are followed. A file that can be reached on several ways (links, overlapping
 * roots) counts once: under its real path if the walk comes by there, else under the first link in order.
 *
 * <p><b>Problems</b> are part of the result and never end the walk. Memory does not grow with the number of files, only
 * with the largest folder and with the number of links that lead out of the roots.
 *
 * <p>Immutable and thread-safe; each iterator belongs to one thread.
 */
public final class FileWalk implements Iterable<FileWalk.Entry> {

    /** How this process reads the bytes of names. */
    private static final String NAMES = System.getProperty("sun.jnu.encoding");

    /** What the walk came by. */
    public sealed interface Entry {
        /** Where it is: absolute, normalised; links not resolved. */
        Path path();

        /** The root below which it was found, as the user gave it. */
        Path root();
    }

    /**
     * A file to index.
     *
     * @param relativePath below the root, with {@code /} between names; for a root that is a file, its name
     * @param size bytes
     * @param modifiedNanos time of last modification, nanoseconds since the epoch
     */
    public record Candidate(Path path, Path root, String relativePath, long size, long modifiedNanos)
            implements Entry {}

    /**
     * Something that could not be looked at, so that what it holds is unknown: it must not be taken for deleted.
     *
     * @param message a sentence that names it and says what to do
     */
    public record Problem(Path path, Path root, Kind kind, String message) implements Entry {}

    /** Kinds of problems. */
    public enum Kind {
        /** A folder or file whose attributes or entries cannot be read. */
        UNREADABLE,
        /** A name that this process cannot express as text; the files below are unknown. */
        UNDECODABLE_NAME,
        /** A link to nowhere, or to itself. */
        DANGLING_LINK,
        /** A root folder without any file to index. */
        EMPTY_ROOT
    }

    private static final Set<String> SKIPPED =
            Set.of("node_modules", "__pycache__", "CVS", "lost+found", "$RECYCLE.BIN", "System Volume Information");

    private final List<Root> roots;
    private final List<Glob> includes;
    private final List<Glob> excludes;
    private final List<Glob> wanted;

    /**
     * Looks at the roots, at nothing below them.
     *
     * @param roots files or folders, absolute or relative to the working directory
     * @param includes globs of files to take; empty means all. See {@code IndexRequest}
     * @param excludes globs of files and folders to leave out; they win over includes
     * @throws SourceMissingException when a root is not there
     * @throws IllegalArgumentException when a pattern is malformed
     */
    public FileWalk(List<Path> roots, List<String> includes, List<String> excludes) throws SourceMissingException {
        this.includes = Glob.all(includes);
        this.excludes = Glob.all(excludes);
        this.wanted = this.includes.stream()
                .flatMap(g -> g.spelledOutNames().stream())
                .toList();
        List<Root> found = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        for (Path root : roots) {
            Root r = Root.of(root);
            if (seen.add(r.real)) {
                found.add(r);
            }
        }
        this.roots = List.copyOf(found);
    }

    /** Walks; each call walks anew. */
    @Override
    public Iterator<Entry> iterator() {
        return new Walk();
    }

    /** Walks, as a sequential, ordered stream. Holds no open files, need not be closed. */
    public Stream<Entry> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    /** The roots that are walked: as given, without those named twice. */
    public List<Path> roots() {
        return roots.stream().map(r -> r.given).toList();
    }

    private record Root(Path given, Path path, Path real, boolean folder) {
        static Root of(Path given) throws SourceMissingException {
            Path path = given.toAbsolutePath().normalize();
            try {
                // toRealPath, not path: "a/../b" is "b" for normalize(), but not when a is a link.
                Path real = given.toRealPath();
                BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
                if (attributes.isOther()) {
                    throw new SourceMissingException(
                            given,
                            given + " is neither a file nor a folder: it cannot be indexed",
                            new IOException("device, pipe or socket"));
                }
                return new Root(given, path, real, attributes.isDirectory());
            } catch (NoSuchFileException e) {
                throw new SourceMissingException(
                        given,
                        given + " does not exist: check its spelling, and that its disk is mounted"
                                + (decodes(given)
                                        ? ""
                                        : " (its name has characters that this process cannot read: start it with LANG=C.UTF-8)"),
                        e);
            } catch (IOException e) {
                throw new SourceMissingException(given, given + " cannot be read: " + reason(e), e);
            }
        }

        private static boolean decodes(Path p) {
            return p.toString().indexOf('\uFFFD') < 0;
        }
    }

    /** Whether the walk of one root reaches a real path without following a link. A function of names alone. */
    private boolean reaches(Root root, Path real) {
        if (!root.folder) {
            return real.equals(root.real);
        }
        if (real.equals(root.real)) {
            return true;
        }
        if (!real.startsWith(root.real)) {
            return false;
        }
        Path relative = root.real.relativize(real);
        Path parent = root.real;
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < relative.getNameCount(); i++) {
            Path name = relative.getName(i);
            path.append(i == 0 ? "" : "/").append(name);
            if (skipped(parent, name.toString()) || excluded(path.toString()) || !roundTrips(name)) {
                return false;
            }
            parent = parent.resolve(name);
        }
        return true;
    }

    private boolean reachesFile(Root root, Path real) {
        return reaches(root, real) && (!root.folder || included(slashed(root.real.relativize(real))));
    }

    private boolean included(String relativePath) {
        return includes.isEmpty() || includes.stream().anyMatch(g -> g.matches(relativePath));
    }

    private boolean excluded(String relativePath) {
        return excludes.stream().anyMatch(g -> g.matches(relativePath));
    }

    private boolean skipped(Path folder, String name) {
        boolean unwanted = name.startsWith(".")
                || SKIPPED.contains(name)
                || (name.equals("target") && beside(folder, "pom.xml", "build.sbt", "Cargo.toml"))
                || (name.equals("build") && beside(folder, "build.gradle", "build.gradle.kts"));
        return unwanted && wanted.stream().noneMatch(g -> g.matches(name));
    }

    private static boolean beside(Path folder, String... names) {
        for (String name : names) {
            if (Files.exists(folder.resolve(name))) {
                return true;
            }
        }
        return false;
    }

    private static String slashed(Path relative) {
        String separator = relative.getFileSystem().getSeparator();
        return separator.equals("/") ? relative.toString() : relative.toString().replace(separator, "/");
    }

    /**
     * Whether a name survives as a string. On Linux a name is bytes; those that are not text in the locale's encoding
     * come back as U+FFFD and lead nowhere.
     */
    private static boolean roundTrips(Path name) {
        String s = name.toString();
        if (s.indexOf('\uFFFD') < 0) {
            return true;
        }
        try {
            return name.getFileSystem().getPath(s).equals(name);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof java.nio.file.FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /** One entry of a folder: its name, with a slash after it if it is a folder so that it sorts as its files will. */
    private record Named(
            String sortKey, Path path, @Nullable BasicFileAttributes attributes, boolean link)
            implements Comparable<Named> {
        @Override
        public int compareTo(Named other) {
            return sortKey.compareTo(other.sortKey);
        }
    }

    /**
     * A folder being walked.
     *
     * @param real its real path
     * @param relative its path below the root with a slash at its end, or empty
     * @param foreign reached over a link, so not known to be met only once
     */
    private record Frame(Path real, String relative, boolean foreign, Iterator<Named> entries) {}

    private final class Walk implements Iterator<Entry> {
        private final Deque<Frame> stack = new ArrayDeque<>();
        /** Real paths of what was reached over links. */
        private final Set<Path> linked = new HashSet<>();

        private int nextRoot;
        private @Nullable Root root;
        private boolean rootGaveFiles;
        private @Nullable Entry next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = advance();
            }
            return next != null;
        }

        @Override
        public Entry next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException();
            }
            Entry result = next;
            next = null;
            return result;
        }

        private @Nullable Entry advance() {
            while (true) {
                Frame frame = stack.peek();
                Root current = root;
                if (frame == null || current == null) {
                    if (current != null && current.folder && !rootGaveFiles) {
                        root = null;
                        return new Problem(
                                current.path,
                                current.given,
                                Kind.EMPTY_ROOT,
                                current.given + " holds no file to index: is its disk mounted, do the patterns fit?");
                    }
                    if (nextRoot == roots.size()) {
                        return null;
                    }
                    Entry entry = enter(roots.get(nextRoot++));
                    if (entry != null) {
                        return entry;
                    }
                } else if (frame.entries.hasNext()) {
                    Entry entry = visit(current, frame, frame.entries.next());
                    if (entry != null) {
                        return entry;
                    }
                } else {
                    stack.pop();
                }
            }
        }

        private @Nullable Entry enter(Root r) {
            root = r;
            rootGaveFiles = false;
            if (r.folder) {
                return open(r, r.path, r.real, "", false);
            }
            if (ownedByEarlierRoot(r, r.real)) {
                return null;
            }
            Path name = r.path.getFileName();
            try {
                BasicFileAttributes a = Files.readAttributes(r.real, BasicFileAttributes.class);
                return new Candidate(r.path, r.given, String.valueOf(name), a.size(), nanos(a));
            } catch (IOException e) {
                return problem(r, r.path, Kind.UNREADABLE, "cannot be read: " + reason(e));
            }
        }

        private @Nullable Entry visit(Root r, Frame frame, Named entry) {
            Path path = entry.path;
            Path name = path.getFileName();
            if (name == null) {
                return null;
            }
            String relative = frame.relative + name;
            if (skipped(frame.real, name.toString()) || excluded(relative)) {
                return null;
            }
            if (!roundTrips(name)) {
                return problem(
                        r,
                        path,
                        Kind.UNDECODABLE_NAME,
                        "(" + path.toUri().getRawPath() + ") has a name that is not text in this process's encoding, "
                                + NAMES + ": rename it"
                                + ("UTF-8".equals(NAMES) ? "" : ", or start ragd with LANG=C.UTF-8"));
            }
            BasicFileAttributes attributes = entry.attributes;
            if (attributes == null) {
                return unreadable(r, path, entry.link);
            }
            try {
                if (attributes.isDirectory()) {
                    return visitFolder(r, frame, entry, relative, name);
                }
                if (attributes.isRegularFile() && included(relative)) {
                    return visitFile(r, frame, entry, relative, name, attributes);
                }
                return null;
            } catch (IOException e) {
                return problem(r, path, Kind.UNREADABLE, "cannot be read: " + reason(e));
            }
        }

        private @Nullable Entry visitFolder(Root r, Frame frame, Named entry, String relative, Path name)
                throws IOException {
            boolean foreign = frame.foreign || entry.link;
            Path real = entry.link ? entry.path.toRealPath() : frame.real.resolve(name);
            if (foreign && (anyRootReaches(real) || !linked.add(real))) {
                return null;
            }
            return open(r, entry.path, real, relative + "/", foreign);
        }

        private @Nullable Entry visitFile(
                Root r, Frame frame, Named entry, String relative, Path name, BasicFileAttributes a)
                throws IOException {
            Path real = entry.link ? entry.path.toRealPath() : frame.real.resolve(name);
            if (entry.link || frame.foreign) {
                for (Root other : roots) {
                    if (reachesFile(other, real)) {
                        return null;
                    }
                }
                // Files of a foreign folder are met once because it is entered once, except by links to the file.
                if (entry.link ? linkedFolderHolds(real) || !linked.add(real) : linked.contains(real)) {
                    return null;
                }
            } else if (ownedByEarlierRoot(r, real)) {
                return null;
            }
            rootGaveFiles = true;
            return new Candidate(entry.path, r.given, relative, a.size(), nanos(a));
        }

        private boolean linkedFolderHolds(Path real) {
            Path parent = real.getParent();
            Path name = real.getFileName();
            return parent != null && name != null && linked.contains(parent) && !skipped(parent, name.toString());
        }

        private boolean anyRootReaches(Path realFolder) {
            return roots.stream().anyMatch(o -> o.folder && reaches(o, realFolder));
        }

        private boolean ownedByEarlierRoot(Root r, Path real) {
            for (Root other : roots) {
                if (other.equals(r)) {
                    return false;
                }
                if (reachesFile(other, real)) {
                    rootGaveFiles = true;
                    return true;
                }
            }
            return false;
        }

        private @Nullable Entry open(Root r, Path path, Path real, String relative, boolean foreign) {
            List<Named> names = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    names.add(named(entry));
                }
            } catch (IOException e) {
                return problem(r, path, Kind.UNREADABLE, "cannot be listed: " + reason(e));
            } catch (DirectoryIteratorException e) {
                return problem(r, path, Kind.UNREADABLE, "cannot be listed to its end: " + e.getMessage());
            }
            Collections.sort(names);
            stack.push(new Frame(real, relative, foreign, names.iterator()));
            return null;
        }

        private static Named named(Path entry) {
            String name = String.valueOf(entry.getFileName());
            boolean link = false;
            try {
                BasicFileAttributes a =
                        Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                link = a.isSymbolicLink();
                if (link) {
                    a = Files.readAttributes(entry, BasicFileAttributes.class);
                }
                return new Named(a.isDirectory() ? name + "/" : name, entry, a, link);
            } catch (IOException e) {
                return new Named(name, entry, null, link);
            }
        }

        private @Nullable Entry unreadable(Root r, Path path, boolean link) {
            try {
                Files.readAttributes(path, BasicFileAttributes.class);
                // It could be read at the second try: somebody is writing here. The next run will see it.
                return problem(r, path, Kind.UNREADABLE, "changed while it was looked at: run again");
            } catch (NoSuchFileException | FileSystemLoopException e) {
                return link ? problem(r, path, Kind.DANGLING_LINK, "is a link to nowhere") : null;
            } catch (IOException e) {
                return link
                        ? problem(r, path, Kind.DANGLING_LINK, "is a link that cannot be followed: " + reason(e))
                        : problem(r, path, Kind.UNREADABLE, "cannot be read: " + reason(e));
            }
        }

        private static Problem problem(Root r, Path path, Kind kind, String what) {
            return new Problem(path, r.given, kind, path + " " + what);
        }

        private static long nanos(BasicFileAttributes a) {
            return a.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        }
    }
}
