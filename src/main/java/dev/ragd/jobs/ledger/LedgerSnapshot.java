package dev.ragd.jobs.ledger;

import dev.ragd.files.FileTree;
import dev.ragd.files.ProcessLock;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.JobFiles;
import dev.ragd.jobs.OwnerLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A private copy of the ledger, in memory or in the temporary folder: for commands that write nothing at all, where opening
 * the database itself would. Until it is released or closed, no job can start on the home.
 */
public final class LedgerSnapshot implements AutoCloseable {

    private final @Nullable Path copy;
    private final @Nullable ProcessLock owner;
    private final SingleConnectionDataSource database;
    private final Ledger ledger;

    private LedgerSnapshot(@Nullable Path copy, @Nullable ProcessLock owner) {
        this.copy = copy;
        this.owner = owner;
        String url = copy == null
                ? "jdbc:hsqldb:mem:" + UUID.randomUUID()
                : "jdbc:hsqldb:file:" + copy.resolve("jobrepo") + ";shutdown=true;hsqldb.lock_file=false";
        this.database = new SingleConnectionDataSource(url, "SA", "", true);
        this.ledger = Ledger.open(database);
    }

    /**
     * Copies the ledger as it is; an empty one where there is none yet.
     *
     * @param jobsFolder {@code <home>/jobs}; not created
     * @throws JobException with {@link ExitCode#BUSY} when a job is running
     */
    public static LedgerSnapshot take(Path jobsFolder) {
        ProcessLock owner = null;
        Path copy = null;
        try {
            owner = OwnerLock.block(jobsFolder);
            if (JobFiles.exist(jobsFolder)) {
                copy = Files.createTempDirectory("ragd-ledger");
                copy(jobsFolder, copy);
            }
            return new LedgerSnapshot(copy, owner);
        } catch (IOException | RuntimeException e) {
            release(owner);
            delete(copy);
            if (e instanceof RuntimeException failure) {
                throw failure;
            }
            throw new JobException(ExitCode.FAILED, "the ledger in " + jobsFolder + " cannot be read: " + e, e);
        }
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Lets jobs start again; the copy stays as it is. */
    public void release() {
        release(owner);
    }

    private static void copy(Path jobsFolder, Path copy) throws IOException {
        try (Stream<Path> files = Files.list(jobsFolder)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith("jobrepo.") && !name.endsWith(".lck") && Files.isRegularFile(file)) {
                    Files.copy(file, copy.resolve(name));
                }
            }
        }
    }

    private static void release(@Nullable ProcessLock owner) {
        try {
            if (owner != null) {
                owner.close();
            }
        } catch (IOException e) {
            // The lock goes with the process at the latest.
        }
    }

    private static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            // Files of ours in the temporary folder: the system clears it.
        }
    }

    @Override
    public void close() {
        database.destroy();
        release(owner);
        delete(copy);
    }
}
