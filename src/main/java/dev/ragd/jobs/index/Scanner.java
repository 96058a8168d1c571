package dev.ragd.jobs.index;

import dev.ragd.ingest.FileWalk;
import dev.ragd.ingest.SourceMissingException;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.Work;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the files below the roots with the ledger and says what is to be done. Reads the ledger, writes nothing.
 *
 * <p>A file whose size and modification time are the ledger's is unchanged and costs a look-up. One that was only touched
 * costs a hash. A new file with the content of one that vanished is a renamed one. A file of the ledger that lies below a
 * root and was not found is gone, unless the place it was in could not be looked at.
 */
final class Scanner {

    /** Hears the result line by line. */
    interface Sink {
        void work(Work work);

        /** The content is as it was, the modification time is not. */
        void touched(Work work);
    }

    /**
     * The sums.
     *
     * @param renamed files of the ledger that go on under a new name
     * @param removed files that are gone
     * @param staleFiles unchanged files that another pipeline read
     * @param staleChunks their chunks
     */
    record Result(
            long seen,
            long unchanged,
            long renamed,
            long removed,
            long staleFiles,
            long staleChunks,
            List<String> notes) {}

    private static final int FILES_BETWEEN_PROGRESS = 100;

    private final Ledger ledger;
    private final OptionalLong target;
    private final OptionalLong replaces;
    private final String pipeline;
    private final IndexRequest request;
    private final IndexSettings settings;
    private final Progress progress;
    private final StopSignal stop;
    private final Sink sink;

    private final Set<String> halfWritten;
    private final CompactSet seen = new CompactSet();
    private final List<String> unknownPlaces = new ArrayList<>();
    private List<String> places = List.of();
    private final Set<String> renamedFrom = new HashSet<>();
    private final List<String> notes = new ArrayList<>();
    private long seq;
    private long seenCount;
    private long unchanged;
    private long staleFiles;
    private long staleChunks;

    /**
     * @param target the collection compared with; empty when there is nothing to compare with
     * @param replaces the collection that must not shrink unasked: the same, or the generation before
     * @param pipeline the fingerprint of today's parser and chunker
     */
    Scanner(
            Ledger ledger,
            OptionalLong target,
            OptionalLong replaces,
            String pipeline,
            IndexRequest request,
            IndexSettings settings,
            Progress progress,
            StopSignal stop,
            Sink sink) {
        this.ledger = ledger;
        this.target = target;
        this.replaces = replaces;
        this.pipeline = pipeline;
        this.request = request;
        this.settings = settings;
        this.progress = progress;
        this.stop = stop;
        this.sink = sink;
        this.halfWritten = target.isPresent() ? Set.copyOf(ledger.pendingPaths(target.getAsLong())) : Set.of();
    }

    /**
     * Scans.
     *
     * @param roots files and folders
     * @throws JobException when a root is not there or the mass-delete guard refuses
     */
    Result scan(List<Path> roots) {
        places = roots.stream()
                .map(root -> root.toAbsolutePath().normalize().toString())
                .toList();
        progress.phase("scanning", 0, "files");
        progress.advance(0);
        FileWalk walk = walk(roots);
        if (walk != null) {
            for (FileWalk.Entry entry : walk) {
                if (stop.requested()) {
                    throw new JobException(stop.reason(), "stopped while scanning; nothing was changed", null);
                }
                if (entry instanceof FileWalk.Candidate file) {
                    visit(file);
                } else if (entry instanceof FileWalk.Problem problem) {
                    report(problem);
                }
            }
        }
        progress.advance(seenCount);
        long removed = target.isPresent() ? findGone(target.getAsLong()) : 0;
        return new Result(
                seenCount, unchanged, renamedFrom.size(), removed, staleFiles, staleChunks, List.copyOf(notes));
    }

    private @Nullable FileWalk walk(List<Path> roots) {
        List<Path> there = new ArrayList<>(roots);
        while (!there.isEmpty()) {
            try {
                return IndexSources.open(there, request);
            } catch (SourceMissingException e) {
                long known = countKnown(e.root());
                if (known == 0) {
                    throw IndexSources.missing(e);
                }
                if (!request.allowMassDelete()) {
                    throw new JobException(
                            ExitCode.REFUSED,
                            e.getMessage() + " The collection holds " + known + " files from there and keeps them;"
                                    + " if they are really gone, run again with --allow-mass-delete",
                            e);
                }
                there.remove(e.root());
            }
        }
        return null;
    }

    private void visit(FileWalk.Candidate file) {
        String path = file.path().toString();
        seen.add(path);
        seenCount++;
        if (seenCount % FILES_BETWEEN_PROGRESS == 0) {
            progress.advance(seenCount);
        }
        FileEntry known = target.isEmpty() ? null : ledger.file(target.getAsLong(), path);
        if (known == null) {
            sink.work(newFile(file, path));
        } else if (known.failure() != null) {
            sink.work(work(Work.Kind.RETRY, file, null, null));
        } else if (request.full() || halfWritten.contains(path) || known.bytes() != file.size()) {
            sink.work(work(Work.Kind.CHANGE, file, null, null));
        } else if (known.modified() == file.modifiedNanos()) {
            keep(known);
        } else {
            touchedOrChanged(file, known);
        }
    }

    private void touchedOrChanged(FileWalk.Candidate file, FileEntry known) {
        String sha256 = hash(file.path());
        if (sha256 != null && sha256.equals(known.sha256())) {
            sink.touched(work(Work.Kind.CHANGE, file, sha256, null));
            seq--; // a touched file is no line of the plan
            keep(known);
        } else {
            sink.work(work(Work.Kind.CHANGE, file, sha256, null));
        }
    }

    private void keep(FileEntry known) {
        unchanged++;
        if (!pipeline.equals(known.pipeline())) {
            staleFiles += known.chunks() > 0 ? 1 : 0;
            staleChunks += known.chunks();
        }
    }

    private Work newFile(FileWalk.Candidate file, String path) {
        if (target.isPresent() && !request.full() && ledger.knowsSize(target.getAsLong(), file.size())) {
            String sha256 = hash(file.path());
            if (sha256 != null) {
                for (FileEntry twin : ledger.filesWithContent(target.getAsLong(), file.size(), sha256)) {
                    if (twin.chunks() > 0
                            && FilePlanner.sameKind(path, twin.path())
                            && !halfWritten.contains(twin.path())
                            && Files.notExists(Path.of(twin.path()))) {
                        if (movedAway(twin)) {
                            renamedFrom.add(twin.path());
                        }
                        return work(Work.Kind.RENAME, file, sha256, twin.path());
                    }
                }
            }
            return work(Work.Kind.ADD, file, sha256, null);
        }
        return work(Work.Kind.ADD, file, null, null);
    }

    /**
     * Whether a file that is not where it was went to its new name, rather than being out of reach: below this run's roots
     * the guard watches; elsewhere its whole root must be gone, for an empty one may be a disk that is not mounted.
     */
    private boolean movedAway(FileEntry twin) {
        return below(places, twin.path()) || Files.notExists(Path.of(twin.root()));
    }

    private Work work(Work.Kind kind, FileWalk.Candidate file, @Nullable String sha256, @Nullable String detail) {
        return new Work(
                seq++,
                kind,
                file.path().toString(),
                file.root().toAbsolutePath().normalize().toString(),
                file.size(),
                file.modifiedNanos(),
                sha256,
                detail);
    }

    private void report(FileWalk.Problem problem) {
        if (problem.kind() == FileWalk.Kind.EMPTY_ROOT) {
            long known = countKnown(problem.path());
            if (known > 0 && !request.allowMassDelete()) {
                throw new JobException(
                        ExitCode.REFUSED,
                        problem.message() + " The collection holds " + known + " files from there and keeps them;"
                                + " if they are really gone, run again with --allow-mass-delete",
                        null);
            }
            notes.add(problem.message());
            return;
        }
        unknownPlaces.add(problem.path().toString());
        if (problem.kind() == FileWalk.Kind.DANGLING_LINK) {
            notes.add(problem.message());
            return;
        }
        seen.add(problem.path().toString());
        seenCount++;
        String root = problem.root().toAbsolutePath().normalize().toString();
        sink.work(new Work(seq++, Work.Kind.REPORT, problem.path().toString(), root, 0, 0, null, problem.message()));
    }

    private long findGone(long targetId) {
        long[] known = new long[1];
        List<FileEntry> gone = new ArrayList<>();
        ledger.forEachFile(targetId, entry -> {
            if (!below(places, entry.path())) {
                if (renamedFrom.contains(entry.path())) {
                    gone.add(entry); // it went on below another root than it was found in
                }
                return;
            }
            known[0] += entry.chunks() > 0 ? 1 : 0;
            if (!seen.contains(entry.path()) && !below(unknownPlaces, entry.path())) {
                gone.add(entry);
            }
        });
        gone.sort((a, b) -> a.path().compareTo(b.path()));
        long removed = gone.stream()
                .filter(entry -> entry.chunks() > 0 && !renamedFrom.contains(entry.path()))
                .count();
        guard(removed, known[0]);
        for (FileEntry entry : gone) {
            Work.Kind kind = entry.chunks() > 0 ? Work.Kind.REMOVE : Work.Kind.CLEAN;
            // A file that is only deselected goes although it is there; one that was absent stays if it comes back in
            // time.
            String detail = Files.notExists(Path.of(entry.path())) ? Work.ABSENT : null;
            sink.work(new Work(
                    seq++, kind, entry.path(), entry.root(), entry.bytes(), entry.modified(), entry.sha256(), detail));
        }
        for (String path : halfWritten.stream().sorted().toList()) {
            if (!seen.contains(path) && ledger.file(targetId, path) == null && below(places, path)) {
                sink.work(new Work(seq++, Work.Kind.CLEAN, path, path, 0, 0, null, null));
            }
        }
        return removed;
    }

    private void guard(long removed, long known) {
        if (MassDeleteGuard.refuses(settings, removed, known) && !request.allowMassDelete()) {
            throw new JobException(
                    ExitCode.REFUSED,
                    removed + " of " + known + " known files are gone, more than " + settings.maxDeletePercent()
                            + " % and " + settings.maxDeleteFiles() + " files: nothing was changed."
                            + " Is a disk not mounted, a pattern wrong? If they are really gone, run again with"
                            + " --allow-mass-delete",
                    null);
        }
    }

    private long countKnown(Path place) {
        if (replaces.isEmpty()) {
            return 0;
        }
        List<String> there = List.of(place.toAbsolutePath().normalize().toString());
        long[] known = new long[1];
        ledger.forEachFile(replaces.getAsLong(), entry -> {
            if (entry.chunks() > 0 && below(there, entry.path())) {
                known[0]++;
            }
        });
        return known[0];
    }

    /** Compares text, because without a UTF-8 locale not every path of the ledger can be one of this process. */
    private static boolean below(List<String> places, String path) {
        return places.stream()
                .anyMatch(place -> path.startsWith(place)
                        && (path.length() == place.length()
                                || place.endsWith(File.separator)
                                || path.startsWith(File.separator, place.length())));
    }

    private static @Nullable String hash(Path file) {
        try {
            return FileHash.of(file).sha256();
        } catch (IOException e) {
            return null; // the parser will meet it too, and say so
        }
    }
}
