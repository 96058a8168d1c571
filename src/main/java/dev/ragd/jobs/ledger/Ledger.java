package dev.ragd.jobs.ledger;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.jobs.LedgerFormat;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What was put into which collection: files, their chunks, frozen plans, and ids that may have been written but are not
 * acknowledged yet. Lives beside the job repository, in the same local database.
 *
 * <p>Every method is one transaction of its own. Thread-safe.
 */
public final class Ledger {

    private static final int ROWS_PER_STATEMENT = 500;
    private static final int MAX_MESSAGE = 8000;
    private static final int FILES_PER_SLICE = 100;

    private static final int MAX_BACKEND = 8_192;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    Ledger(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.jdbc.setFetchSize(ROWS_PER_STATEMENT);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    /** Creates the tables when they are missing and checks their version. */
    public static Ledger open(DataSource dataSource) {
        new ResourceDatabasePopulator(new ClassPathResource("ledger.sql", Ledger.class)).execute(dataSource);
        LedgerFormat.check(dataSource);
        Ledger ledger = new Ledger(dataSource);
        ledger.upgrade();
        return ledger;
    }

    /**
     * Changes tables of an older ragd: they do not take the path of a snapshot, for a store had a name alone, or do not say
     * which model made a collection.
     */
    private void upgrade() {
        Map<String, Integer> widths = new HashMap<>();
        jdbc.query(
                "SELECT COLUMN_NAME, CHARACTER_MAXIMUM_LENGTH FROM INFORMATION_SCHEMA.COLUMNS"
                        + " WHERE TABLE_NAME = 'RAGD_TARGET'",
                row -> {
                    widths.put(row.getString(1), row.getInt(2));
                });
        if (widths.getOrDefault("BACKEND", MAX_BACKEND) < MAX_BACKEND) {
            jdbc.execute("ALTER TABLE RAGD_TARGET ALTER COLUMN BACKEND SET DATA TYPE VARCHAR(" + MAX_BACKEND + ")");
        }
        // Each is asked for: a process may have died after the first.
        Map<String, String> added =
                Map.of("MODEL", "VARCHAR(1024)", "FINGERPRINT", "VARCHAR(128)", "DIMENSION", "INTEGER");
        added.forEach((column, type) -> {
            if (!widths.containsKey(column)) {
                jdbc.execute("ALTER TABLE RAGD_TARGET ADD COLUMN " + column + " " + type);
            }
        });
    }

    public OptionalLong findTarget(String backend, String collection, String storeId) {
        return first(jdbc.queryForList(
                "SELECT ID FROM RAGD_TARGET WHERE BACKEND = ? AND COLLECTION = ? AND STORE_ID = ?",
                Long.class,
                backend,
                collection,
                storeId));
    }

    /** The newest target of that name, whatever its store id: what a dry run, which asks no store, compares with. */
    public OptionalLong newestTarget(String backend, String collection) {
        return first(jdbc.queryForList(
                "SELECT ID FROM RAGD_TARGET WHERE BACKEND = ? AND COLLECTION = ? ORDER BY ID DESC",
                Long.class,
                backend,
                collection));
    }

    public long createTarget(String backend, String collection, String storeId) {
        return inTransaction(() -> {
            OptionalLong found = findTarget(backend, collection, storeId);
            if (found.isEmpty()) {
                jdbc.update(
                        "INSERT INTO RAGD_TARGET (BACKEND, COLLECTION, STORE_ID) VALUES (?, ?, ?)",
                        backend,
                        collection,
                        storeId);
                found = findTarget(backend, collection, storeId);
            }
            return found.getAsLong();
        });
    }

    /** Forgets everything about a collection, in slices: in one piece a million chunks would not fit into memory. */
    public void dropTarget(long target) {
        int deleted;
        do {
            deleted = jdbc.update(
                    "DELETE FROM RAGD_FILE WHERE ID IN (SELECT ID FROM RAGD_FILE WHERE TARGET_ID = ? LIMIT 100)",
                    target);
        } while (deleted > 0);
        jdbc.update("DELETE FROM RAGD_TARGET WHERE ID = ?", target);
    }

    /** The model that made a collection's vectors; empty when no run since a copy or an older ragd has looked. */
    public Optional<CollectionEmbedder> embedder(long target) {
        return jdbc
                .query(
                        "SELECT MODEL, FINGERPRINT, DIMENSION FROM RAGD_TARGET WHERE ID = ? AND DIMENSION IS NOT NULL",
                        (row, n) -> new CollectionEmbedder(row.getString(1), row.getString(2), row.getInt(3)),
                        target)
                .stream()
                .findFirst();
    }

    public void rememberEmbedder(long target, CollectionEmbedder embedder) {
        if (!embedder(target).equals(Optional.of(embedder))) {
            jdbc.update(
                    "UPDATE RAGD_TARGET SET MODEL = ?, FINGERPRINT = ?, DIMENSION = ? WHERE ID = ?",
                    embedder.model(),
                    embedder.fingerprint(),
                    embedder.dimension(),
                    target);
        }
    }

    public OptionalDouble chunksPerSecond(long target) {
        List<Double> rate =
                jdbc.queryForList("SELECT CHUNKS_PER_SECOND FROM RAGD_TARGET WHERE ID = ?", Double.class, target);
        return rate.isEmpty() || rate.get(0) == null ? OptionalDouble.empty() : OptionalDouble.of(rate.get(0));
    }

    public void rememberRate(long target, double chunksPerSecond) {
        jdbc.update("UPDATE RAGD_TARGET SET CHUNKS_PER_SECOND = ? WHERE ID = ?", chunksPerSecond, target);
    }

    @Nullable
    public FileEntry file(long target, String path) {
        List<FileEntry> found =
                jdbc.query("SELECT * FROM RAGD_FILE WHERE TARGET_ID = ? AND PATH = ?", Ledger::entry, target, path);
        return found.isEmpty() ? null : found.get(0);
    }

    /** True when a file of this size was indexed: only then can a new file be one that was renamed. */
    public boolean knowsSize(long target, long bytes) {
        return !jdbc.queryForList(
                        "SELECT ID FROM RAGD_FILE WHERE TARGET_ID = ? AND BYTES = ? LIMIT 1", Long.class, target, bytes)
                .isEmpty();
    }

    public List<FileEntry> filesWithContent(long target, long bytes, String sha256) {
        return jdbc.query(
                "SELECT * FROM RAGD_FILE WHERE TARGET_ID = ? AND BYTES = ? AND SHA256 = ? ORDER BY PATH",
                Ledger::entry,
                target,
                bytes,
                sha256);
    }

    /** Hands out all files, one by one, in no promised order; memory does not grow with their number. */
    public void forEachFile(long target, Consumer<FileEntry> consumer) {
        long last = -1;
        List<FileEntry> page;
        do {
            page = jdbc.query(
                    "SELECT * FROM RAGD_FILE WHERE TARGET_ID = ? AND ID > ? ORDER BY ID LIMIT " + ROWS_PER_STATEMENT
                            + " USING INDEX",
                    Ledger::entry,
                    target,
                    last);
            for (FileEntry entry : page) {
                consumer.accept(entry);
                last = entry.id();
            }
        } while (!page.isEmpty());
    }

    public List<String> roots(long target) {
        return jdbc.queryForList(
                "SELECT DISTINCT ROOT FROM RAGD_FILE WHERE TARGET_ID = ? ORDER BY ROOT", String.class, target);
    }

    public List<ChunkEntry> chunks(long fileId) {
        return jdbc.query(
                "SELECT CHUNK_ID, DIGEST FROM RAGD_CHUNK WHERE FILE_ID = ? ORDER BY ORDINAL",
                (row, n) -> new ChunkEntry(row.getString(1), row.getString(2)),
                fileId);
    }

    /** How many chunks the store must hold; files of which it is known to have lost some do not count. */
    public long chunkCount(long target) {
        Long sum = jdbc.queryForObject(
                "SELECT SUM(CHUNKS) FROM RAGD_FILE WHERE TARGET_ID = ? AND SHA256 IS NOT NULL", Long.class, target);
        return sum == null ? 0 : sum;
    }

    /** How many chunks it knows of a collection, also of files of which the store is known to have lost some. */
    public long promisedCount(long target) {
        Long sum = jdbc.queryForObject("SELECT SUM(CHUNKS) FROM RAGD_FILE WHERE TARGET_ID = ?", Long.class, target);
        return sum == null ? 0 : sum;
    }

    /** How many files have chunks in a collection. */
    public long fileCount(long target) {
        Long count = jdbc.queryForObject(
                "SELECT COUNT(*) FROM RAGD_FILE WHERE TARGET_ID = ? AND CHUNKS > 0", Long.class, target);
        return count == null ? 0 : count;
    }

    /** Remembers the new modification times of files whose content is as it was. */
    public void touch(long target, List<Work> files) {
        if (!files.isEmpty()) {
            jdbc.batchUpdate(
                    "UPDATE RAGD_FILE SET MODIFIED = ? WHERE TARGET_ID = ? AND PATH = ?",
                    files,
                    ROWS_PER_STATEMENT,
                    (statement, work) -> {
                        statement.setLong(1, work.modified());
                        statement.setLong(2, target);
                        statement.setString(3, work.path());
                    });
        }
    }

    /**
     * Notes ids before they are written, so that they are found again whatever happens.
     *
     * @param ids by path
     */
    public void notePending(long target, Map<String, ? extends Collection<String>> ids) {
        inTransaction(() -> {
            jdbc.batchUpdate(
                    "INSERT INTO RAGD_PENDING (TARGET_ID, PATH, CHUNK_IDS) VALUES (?, ?, ?)",
                    ids.entrySet().stream()
                            .map(e -> new Object[] {target, e.getKey(), String.join(" ", e.getValue())})
                            .toList());
            return true;
        });
    }

    public Set<String> pendingIds(long target, String path) {
        Set<String> ids = new LinkedHashSet<>();
        jdbc.queryForList(
                        "SELECT CHUNK_IDS FROM RAGD_PENDING WHERE TARGET_ID = ? AND PATH = ?",
                        String.class,
                        target,
                        path)
                .forEach(line -> ids.addAll(List.of(line.split(" "))));
        return ids;
    }

    public List<String> pendingPaths(long target) {
        return jdbc.queryForList(
                "SELECT DISTINCT PATH FROM RAGD_PENDING WHERE TARGET_ID = ? ORDER BY PATH", String.class, target);
    }

    /** What runs that died may have written to one target they may have written to its copy. */
    public void copyPending(long from, long to) {
        jdbc.update(
                "INSERT INTO RAGD_PENDING (TARGET_ID, PATH, CHUNK_IDS)"
                        + " SELECT CAST(? AS BIGINT), PATH, CHUNK_IDS FROM RAGD_PENDING WHERE TARGET_ID = ?",
                to,
                from);
    }

    public void clearPending(long target, String path) {
        jdbc.update("DELETE FROM RAGD_PENDING WHERE TARGET_ID = ? AND PATH = ?", target, path);
    }

    /** Ids of a path that are, or may be, in the store. */
    public Set<String> idsInStore(long target, String path) {
        Set<String> ids = pendingIds(target, path);
        FileEntry entry = file(target, path);
        if (entry != null) {
            chunks(entry.id()).forEach(chunk -> ids.add(chunk.id()));
        }
        return ids;
    }

    /** Puts the new states of files in the place of their old ones, all at once: from now on they are indexed. */
    public void complete(long target, List<IndexedFile> files) {
        inTransaction(() -> {
            files.forEach(file -> complete(target, file.file(), file.chunks()));
            return true;
        });
    }

    /** Gives a target all files of another one, in slices: in one piece a million chunks would not fit into memory. */
    public void copyFiles(long from, long to) {
        List<FileEntry> slice = new ArrayList<>();
        forEachFile(from, file -> {
            slice.add(file);
            if (slice.size() == FILES_PER_SLICE) {
                copyFiles(to, slice);
            }
        });
        copyFiles(to, slice);
    }

    private void copyFiles(long to, List<FileEntry> slice) {
        inTransaction(() -> {
            slice.forEach(file -> complete(to, file, chunks(file.id())));
            return true;
        });
        slice.clear();
    }

    private void complete(long target, FileEntry file, List<ChunkEntry> chunks) {
        jdbc.update("DELETE FROM RAGD_FILE WHERE TARGET_ID = ? AND PATH = ?", target, file.path());
        insert(target, file);
        FileEntry stored = file(target, file.path());
        if (stored == null) {
            throw new IllegalStateException("the ledger lost " + file.path());
        }
        List<Object[]> rows = new ArrayList<>(chunks.size());
        for (int i = 0; i < chunks.size(); i++) {
            rows.add(new Object[] {
                stored.id(), i, chunks.get(i).id(), chunks.get(i).digest()
            });
        }
        jdbc.batchUpdate("INSERT INTO RAGD_CHUNK VALUES (?, ?, ?, ?)", rows);
        clearPending(target, file.path());
    }

    /**
     * Notes that a file failed; what the store holds of its last good state stays.
     *
     * @param halfWritten ids of that state which the failed try has written again: they stay pending, so that the next try
     *     does not take them for what they were
     */
    public void fail(long target, Work work, String failure, long job, Collection<String> halfWritten) {
        String reason = cut(failure);
        inTransaction(() -> {
            int updated = jdbc.update(
                    "UPDATE RAGD_FILE SET FAILURE = ?, FAILED_IN = ? WHERE TARGET_ID = ? AND PATH = ?",
                    reason,
                    job,
                    target,
                    work.path());
            if (updated == 0) {
                insert(
                        target,
                        new FileEntry(
                                0,
                                work.path(),
                                work.root(),
                                work.bytes(),
                                work.modified(),
                                null,
                                null,
                                0,
                                reason,
                                job));
            }
            clearPending(target, work.path());
            if (!halfWritten.isEmpty()) {
                notePending(target, Map.of(work.path(), halfWritten));
            }
            return true;
        });
    }

    /** A message may be as long as it likes, a column may not. */
    private static String cut(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + " ...";
    }

    public void remove(long target, String path) {
        inTransaction(() -> {
            jdbc.update("DELETE FROM RAGD_FILE WHERE TARGET_ID = ? AND PATH = ?", target, path);
            clearPending(target, path);
            return true;
        });
    }

    /**
     * Takes back that a file is indexed, because the store lost chunks of it: the next scan over it finds it changed, and
     * all its chunks are written again.
     */
    public void demote(long target, FileEntry file) {
        demote(target, file, List.of());
    }

    /**
     * The same, where the store holds something else under some of its ids.
     *
     * @param damaged ids of chunks that are to be embedded again
     */
    public void demote(long target, FileEntry file, Collection<String> damaged) {
        inTransaction(() -> {
            jdbc.batchUpdate(
                    "UPDATE RAGD_CHUNK SET DIGEST = '' WHERE FILE_ID = ? AND CHUNK_ID = ?",
                    damaged.stream().map(id -> new Object[] {file.id(), id}).toList());
            List<String> ids = chunks(file.id()).stream().map(ChunkEntry::id).toList();
            if (!ids.isEmpty()) {
                notePending(target, Map.of(file.path(), ids));
            }
            return jdbc.update(
                    "UPDATE RAGD_FILE SET SHA256 = NULL, PIPELINE = NULL, BYTES = -1 WHERE ID = ?", file.id());
        });
    }

    /** The files that the latest try failed on, by path. */
    public List<Quarantined> quarantined(long target, long job) {
        return jdbc.query(
                "SELECT PATH, FAILURE FROM RAGD_FILE WHERE TARGET_ID = ? AND FAILED_IN = ? ORDER BY PATH",
                (row, n) -> new Quarantined(row.getString(1), row.getString(2)),
                target,
                job);
    }

    /**
     * Starts a plan. Earlier plans of the same scope, frozen or half made, are dropped: there is one at a time.
     *
     * @param scope the collection planned for
     * @param world what the plan takes for granted; a resume in another world is none
     */
    public void startPlan(long job, String scope, String world) {
        inTransaction(() -> {
            dropPlans("SCOPE = ?", scope);
            jdbc.update(
                    "INSERT INTO RAGD_PLAN (JOB_ID, SCOPE, FROZEN, WORLD) VALUES (?, ?, FALSE, ?)", job, scope, world);
            return true;
        });
    }

    /** The job that planned last for a scope. */
    public OptionalLong lastJob(String scope) {
        return first(jdbc.queryForList("SELECT JOB_ID FROM RAGD_PLAN WHERE SCOPE = ?", Long.class, scope));
    }

    /** All jobs that have a plan: the last one of each scope. */
    public Set<Long> plannedJobs() {
        return new LinkedHashSet<>(jdbc.queryForList("SELECT JOB_ID FROM RAGD_PLAN", Long.class));
    }

    /** True when a job's plan was made for this world, and the collection it writes to is still the one it was. */
    public boolean planFits(long job, String world, Function<String, Optional<String>> storeIds) {
        List<String> planned = jdbc.queryForList("SELECT WORLD FROM RAGD_PLAN WHERE JOB_ID = ?", String.class, job);
        if (planned.isEmpty() || !planned.get(0).equals(world)) {
            return false;
        }
        PlanHead head = plan(job);
        if (head == null || head.targetId() < 0) {
            return true;
        }
        List<String> storeId =
                jdbc.queryForList("SELECT STORE_ID FROM RAGD_TARGET WHERE ID = ?", String.class, head.targetId());
        return storeIds.apply(head.collection())
                .filter(id -> storeId.contains(id))
                .isPresent();
    }

    /** Forgets a job's plan, so that the next run scans anew. */
    public void dropPlan(long job) {
        inTransaction(() -> dropPlans("JOB_ID = ?", job));
    }

    private int dropPlans(String which, Object... values) {
        String jobs = " WHERE JOB_ID IN (SELECT JOB_ID FROM RAGD_PLAN WHERE " + which + ")";
        jdbc.update("DELETE FROM RAGD_WORK" + jobs, values);
        jdbc.update("DELETE FROM RAGD_FINDING" + jobs, values);
        return jdbc.update("DELETE FROM RAGD_PLAN WHERE " + which, values);
    }

    /** A number that no run had before. */
    public long nextRun() {
        Long number = jdbc.queryForObject("CALL NEXT VALUE FOR RAGD_RUN", Long.class);
        if (number == null) {
            throw new IllegalStateException("the ledger gives no numbers");
        }
        return number;
    }

    public void addWork(long job, List<Work> work) {
        jdbc.batchUpdate(
                "INSERT INTO RAGD_WORK VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                work,
                ROWS_PER_STATEMENT,
                (statement, w) -> {
                    statement.setLong(1, job);
                    statement.setLong(2, w.seq());
                    statement.setString(3, w.kind().name());
                    statement.setString(4, w.path());
                    statement.setString(5, w.root());
                    statement.setLong(6, w.bytes());
                    statement.setLong(7, w.modified());
                    statement.setString(8, w.sha256());
                    statement.setString(9, w.detail() == null ? null : cut(w.detail()));
                });
    }

    /**
     * Freezes the plan: from here on a resumed job follows it. Plans of other jobs for the same collection are dropped:
     * half done, they would take for granted what this one changes.
     */
    public void freeze(long job, PlanHead head) {
        inTransaction(() -> {
            dropPlans("TARGET_ID = ? AND TARGET_ID >= 0 AND JOB_ID <> ?", head.targetId(), job);
            return setHead(job, head);
        });
    }

    private int setHead(long job, PlanHead head) {
        return jdbc.update(
                "UPDATE RAGD_PLAN SET FROZEN = TRUE, TARGET_ID = ?, COLLECTION = ?, SWITCHES = ?, SEEN = ?, UNCHANGED = ?,"
                        + " RENAMED = ?, STALE_CHUNKS = ? WHERE JOB_ID = ?",
                head.targetId(),
                head.collection(),
                head.switches(),
                head.seen(),
                head.unchanged(),
                head.renamed(),
                head.staleChunks(),
                job);
    }

    /** The frozen plan of a job, or null while there is none. */
    @Nullable
    public PlanHead plan(long job) {
        List<PlanHead> found = jdbc.query(
                "SELECT * FROM RAGD_PLAN WHERE JOB_ID = ? AND FROZEN",
                (row, n) -> new PlanHead(
                        row.getLong("TARGET_ID"),
                        row.getString("COLLECTION"),
                        row.getBoolean("SWITCHES"),
                        row.getLong("SEEN"),
                        row.getLong("UNCHANGED"),
                        row.getLong("RENAMED"),
                        row.getLong("STALE_CHUNKS")),
                job);
        return found.isEmpty() ? null : found.get(0);
    }

    /** The next lines of a plan, in order. */
    public List<Work> work(long job, boolean prunes, long fromSeq, int limit) {
        return jdbc.query(
                "SELECT * FROM RAGD_WORK WHERE JOB_ID = ? AND SEQ >= ? AND KIND "
                        + (prunes ? "IN ('REMOVE', 'CLEAN')" : "NOT IN ('REMOVE', 'CLEAN')")
                        + " ORDER BY JOB_ID, SEQ LIMIT " + limit,
                (row, n) -> new Work(
                        row.getLong("SEQ"),
                        Work.Kind.valueOf(row.getString("KIND")),
                        row.getString("PATH"),
                        row.getString("ROOT"),
                        row.getLong("BYTES"),
                        row.getLong("MODIFIED"),
                        row.getString("SHA256"),
                        row.getString("DETAIL")),
                job,
                fromSeq);
    }

    public long countWork(long job, Work.Kind kind) {
        Long count = jdbc.queryForObject(
                "SELECT COUNT(*) FROM RAGD_WORK WHERE JOB_ID = ? AND KIND = ?", Long.class, job, kind.name());
        return count == null ? 0 : count;
    }

    /** How many files a plan wants parsed or taken over. */
    public long countFilesToIndex(long job) {
        Long count = jdbc.queryForObject(
                "SELECT COUNT(*) FROM RAGD_WORK WHERE JOB_ID = ? AND KIND NOT IN ('REMOVE', 'CLEAN')", Long.class, job);
        return count == null ? 0 : count;
    }

    private void insert(long target, FileEntry file) {
        jdbc.update(
                "INSERT INTO RAGD_FILE (TARGET_ID, PATH, ROOT, BYTES, MODIFIED, SHA256, PIPELINE, CHUNKS, FAILURE, FAILED_IN)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                target,
                file.path(),
                file.root(),
                file.bytes(),
                file.modified(),
                file.sha256(),
                file.pipeline(),
                file.chunks(),
                file.failure(),
                file.failedIn());
    }

    private static FileEntry entry(ResultSet row, int n) throws SQLException {
        long job = row.getLong("FAILED_IN");
        Long failedIn = row.wasNull() ? null : job;
        return new FileEntry(
                row.getLong("ID"),
                row.getString("PATH"),
                row.getString("ROOT"),
                row.getLong("BYTES"),
                row.getLong("MODIFIED"),
                row.getString("SHA256"),
                row.getString("PIPELINE"),
                row.getInt("CHUNKS"),
                row.getString("FAILURE"),
                failedIn);
    }

    private <T> T inTransaction(Supplier<T> body) {
        T result = transaction.execute(status -> body.get());
        if (result == null) {
            throw new IllegalStateException("a ledger transaction gave no result");
        }
        return result;
    }

    private static OptionalLong first(List<Long> ids) {
        return ids.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ids.get(0));
    }
}
