package dev.ragd.jobs.index;

import dev.ragd.catalog.Generations;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Says what a run would do. Reads the files and a private copy of the ledger in memory or in the temporary folder; asks no
 * store and no model, and leaves nothing behind.
 */
public final class IndexDryRun {

    private final Path jobsFolder;
    private final IndexSettings settings;
    private final IndexResources resources;
    private final Generations generations;
    private final StopSignal stop;

    /** @param jobsFolder where the job repository is, if there is one yet */
    public IndexDryRun(
            Path jobsFolder,
            IndexSettings settings,
            IndexResources resources,
            Generations generations,
            StopSignal stop) {
        this.jobsFolder = jobsFolder;
        this.settings = settings;
        this.resources = resources;
        this.generations = generations;
        this.stop = stop;
    }

    /**
     * Scans.
     *
     * @throws JobException as a real run would: missing root, mass-delete guard
     */
    public IndexReport run(IndexRequest request, Progress progress) {
        long started = System.nanoTime();
        Path copy = null;
        try {
            copy = copyOfLedger();
            String url = copy == null
                    ? "jdbc:hsqldb:mem:" + UUID.randomUUID()
                    : "jdbc:hsqldb:file:" + copy.resolve("jobrepo") + ";shutdown=true";
            SingleConnectionDataSource database = new SingleConnectionDataSource(url, "SA", "", true);
            try {
                return report(request, progress, database, started);
            } finally {
                database.destroy();
            }
        } catch (IOException e) {
            throw new JobException(ExitCode.FAILED, "the ledger in " + jobsFolder + " cannot be read: " + e, e);
        } finally {
            delete(copy);
        }
    }

    private IndexReport report(IndexRequest request, Progress progress, DataSource database, long started) {
        Ledger ledger = Ledger.open(database);
        String physical =
                generations.current(request.backend(), request.collection()).physical();
        OptionalLong target = ledger.newestTarget(request.backend(), physical);
        Tally tally = new Tally();
        Scanner.Result result = new Scanner(
                        ledger, target, target, resources.pipeline(), request, settings, progress, stop, tally)
                .scan(request.roots());
        List<String> notes = new ArrayList<>(result.notes());
        if (result.staleChunks() > 0 && target.isPresent()) {
            notes.add(ReindexCost.sentence(result.staleChunks(), ledger.chunksPerSecond(target.getAsLong())));
        }
        long chunks = target.isPresent() ? ledger.chunkCount(target.getAsLong()) : 0;
        return new IndexReport(
                true,
                false,
                new IndexReport.Files(
                        result.seen(),
                        tally.indexed,
                        result.unchanged(),
                        result.renamed(),
                        result.removed(),
                        tally.problems.size()),
                new IndexReport.Chunks(0, 0, 0, chunks),
                tally.problems,
                notes,
                (System.nanoTime() - started) / 1e9);
    }

    private @Nullable Path copyOfLedger() throws IOException {
        if (!Files.exists(jobsFolder.resolve("jobrepo.script"))) {
            return null;
        }
        Path lockFile = jobsFolder.resolve("owner.lock");
        Path copy = Files.createTempDirectory("ragd-dry-run");
        if (!Files.exists(lockFile)) {
            copyInto(copy);
            return copy;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                delete(copy);
                throw new JobException(
                        ExitCode.BUSY,
                        "another run owns this home (" + jobsFolder.getParent() + "); wait for it",
                        null);
            }
            copyInto(copy);
            return copy;
        }
    }

    private void copyInto(Path copy) throws IOException {
        try (Stream<Path> files = Files.list(jobsFolder)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith("jobrepo.") && !name.endsWith(".lck") && Files.isRegularFile(file)) {
                    Files.copy(file, copy.resolve(name));
                }
            }
        }
    }

    private static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    // A file of ours in the temporary folder: the system clears it.
                }
            });
        } catch (IOException e) {
            // As above.
        }
    }

    private static final class Tally implements Scanner.Sink {
        private final List<IndexReport.Quarantined> problems = new ArrayList<>();
        private long indexed;

        @Override
        public void work(Work work) {
            if (work.kind() == Work.Kind.REPORT) {
                problems.add(new IndexReport.Quarantined(work.path(), String.valueOf(work.detail())));
            } else if (!work.kind().prunes()) {
                indexed++;
            }
        }

        @Override
        public void touched(Work work) {
            // Costs a hash, which a dry run has paid for nothing.
        }
    }
}
