package dev.ragd.jobs.migrate;

import dev.ragd.jobs.LedgerFormat;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Plans of migrations and what was found about single records. Lives beside the job repository, in the same database. Every
 * method is one transaction of its own. Thread-safe.
 */
final class MigrationLedger {

    private static final int PAGE = 500;
    private static final int MAX_DETAIL = 2000;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    private MigrationLedger(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    /** Creates the tables when they are missing and checks their version. */
    static MigrationLedger open(DataSource dataSource) {
        new ResourceDatabasePopulator(new ClassPathResource("migrations.sql", MigrationLedger.class))
                .execute(dataSource);
        LedgerFormat.check(dataSource);
        return new MigrationLedger(dataSource);
    }

    /** A number that no run had before. */
    long nextRun() {
        Long number = jdbc.queryForObject("CALL NEXT VALUE FOR RAGD_RUN", Long.class);
        if (number == null) {
            throw new IllegalStateException("the job database gives no numbers");
        }
        return number;
    }

    /** Freezes a plan. */
    void freeze(Plan p) {
        jdbc.update(
                "INSERT INTO RAGD_MIGRATION VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                p.job(),
                p.id().toString(),
                p.scope(),
                p.command(),
                p.report(),
                p.sourceCollection(),
                p.sourceId(),
                p.targetCollection(),
                p.targetId(),
                p.compares(),
                p.inPlace(),
                p.records(),
                p.batches(),
                p.idBytes(),
                p.gone(),
                p.goneBytes(),
                p.recordBytes(),
                p.started(),
                p.verdict() == null ? null : p.verdict().name(),
                p.published());
    }

    /** The plan of a job, or null while there is none. */
    @Nullable
    Plan plan(long job) {
        return first("WHERE JOB_ID = ?", job);
    }

    /** The plan of a job that must have one. */
    Plan require(long job) {
        Plan plan = plan(job);
        if (plan == null) {
            throw new IllegalStateException("job " + job + " has no frozen plan");
        }
        return plan;
    }

    /** The newest plan of a pair. */
    @Nullable
    Plan last(String scope) {
        return first("WHERE SCOPE = ? ORDER BY JOB_ID DESC LIMIT 1", scope);
    }

    /** The newest plan of a pair that was carried out to its end: what a delta starts from. */
    @Nullable
    Plan lastPublished(String scope) {
        return first("WHERE SCOPE = ? AND PUBLISHED ORDER BY JOB_ID DESC LIMIT 1", scope);
    }

    /** All plans, oldest first. */
    List<Plan> all() {
        return jdbc.query("SELECT * FROM RAGD_MIGRATION ORDER BY JOB_ID", MigrationLedger::row);
    }

    void verdict(long job, Plan.Verdict verdict) {
        jdbc.update("UPDATE RAGD_MIGRATION SET VERDICT = ? WHERE JOB_ID = ?", verdict.name(), job);
    }

    void published(long job) {
        jdbc.update("UPDATE RAGD_MIGRATION SET PUBLISHED = TRUE WHERE JOB_ID = ?", job);
    }

    /** Forgets a plan and its findings. */
    void drop(long job) {
        jdbc.update("DELETE FROM RAGD_MIGRATION WHERE JOB_ID = ?", job);
    }

    /**
     * Notes what was found in a batch, in the place of what an earlier try found there.
     *
     * @param kinds the kinds that this step finds
     * @param batch the batch's place, so that a batch that is repeated is noted once
     */
    void note(long job, List<Finding.Kind> kinds, long batch, List<Finding> findings) {
        if (findings.isEmpty() && !noted(job, kinds, batch)) {
            return;
        }
        transaction.executeWithoutResult(status -> {
            for (Finding.Kind kind : kinds) {
                jdbc.update(
                        "DELETE FROM RAGD_MIGRATION_FINDING WHERE JOB_ID = ? AND KIND = ? AND BATCH = ?",
                        job,
                        kind.name(),
                        batch);
            }
            int[] n = {0};
            jdbc.batchUpdate(
                    "INSERT INTO RAGD_MIGRATION_FINDING VALUES (?, ?, ?, ?, ?, ?)",
                    findings,
                    PAGE,
                    (statement, finding) -> {
                        statement.setLong(1, job);
                        statement.setString(2, finding.kind().name());
                        statement.setLong(3, batch);
                        statement.setInt(4, n[0]++);
                        statement.setString(5, finding.id());
                        statement.setString(6, cut(finding.detail()));
                    });
        });
    }

    private boolean noted(long job, List<Finding.Kind> kinds, long batch) {
        return kinds.stream()
                .anyMatch(kind -> !jdbc.queryForList(
                                "SELECT N FROM RAGD_MIGRATION_FINDING WHERE JOB_ID = ? AND KIND = ? AND BATCH = ? LIMIT 1",
                                Integer.class,
                                job,
                                kind.name(),
                                batch)
                        .isEmpty());
    }

    /** The ids of a kind in one batch. */
    List<String> ids(long job, Finding.Kind kind, long batch) {
        return jdbc.queryForList(
                "SELECT RECORD_ID FROM RAGD_MIGRATION_FINDING WHERE JOB_ID = ? AND KIND = ? AND BATCH = ? ORDER BY N",
                String.class,
                job,
                kind.name(),
                batch);
    }

    /** How many findings of each kind there are. */
    Map<Finding.Kind, Long> counts(long job) {
        Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
        for (Finding.Kind kind : Finding.Kind.values()) {
            Long count = jdbc.queryForObject(
                    "SELECT COUNT(*) FROM RAGD_MIGRATION_FINDING WHERE JOB_ID = ? AND KIND = ?",
                    Long.class,
                    job,
                    kind.name());
            counts.put(kind, count == null ? 0 : count);
        }
        return counts;
    }

    /** The first findings of a kind, in the order of the plan. */
    List<Finding> first(long job, Finding.Kind kind, int limit) {
        return page(job, kind, -1, -1, limit).stream().map(Row::finding).toList();
    }

    /** Hands out all findings of a kind, in the order of the plan; memory does not grow with their number. */
    void forEach(long job, Finding.Kind kind, Consumer<Finding> consumer) {
        long batch = -1;
        int n = -1;
        for (List<Row> page = page(job, kind, batch, n, PAGE);
                !page.isEmpty();
                page = page(job, kind, batch, n, PAGE)) {
            for (Row row : page) {
                consumer.accept(row.finding());
                batch = row.batch();
                n = row.n();
            }
        }
    }

    private record Row(long batch, int n, Finding finding) {}

    private List<Row> page(long job, Finding.Kind kind, long batch, int n, int limit) {
        return jdbc.query(
                "SELECT BATCH, N, RECORD_ID, DETAIL FROM RAGD_MIGRATION_FINDING WHERE JOB_ID = ? AND KIND = ?"
                        + " AND (BATCH > ? OR (BATCH = ? AND N > ?)) ORDER BY JOB_ID, KIND, BATCH, N LIMIT " + limit
                        + " USING INDEX",
                (row, i) ->
                        new Row(row.getLong(1), row.getInt(2), new Finding(kind, row.getString(3), row.getString(4))),
                job,
                kind.name(),
                batch,
                batch,
                n);
    }

    private @Nullable Plan first(String where, Object key) {
        List<Plan> found = jdbc.query("SELECT * FROM RAGD_MIGRATION " + where, MigrationLedger::row, key);
        return found.isEmpty() ? null : found.get(0);
    }

    private static Plan row(ResultSet row, int n) throws SQLException {
        String verdict = row.getString("VERDICT");
        return new Plan(
                row.getLong("JOB_ID"),
                UUID.fromString(row.getString("PLAN_ID")),
                row.getString("SCOPE"),
                row.getString("COMMAND"),
                row.getString("REPORT"),
                row.getString("SOURCE_COLLECTION"),
                row.getString("SOURCE_ID"),
                row.getString("TARGET_COLLECTION"),
                row.getString("TARGET_ID"),
                row.getBoolean("COMPARES"),
                row.getBoolean("IN_PLACE"),
                row.getLong("RECORDS"),
                row.getLong("BATCHES"),
                row.getLong("ID_BYTES"),
                row.getLong("GONE"),
                row.getLong("GONE_BYTES"),
                row.getLong("RECORD_BYTES"),
                row.getLong("STARTED"),
                verdict == null ? null : Plan.Verdict.valueOf(verdict),
                row.getBoolean("PUBLISHED"));
    }

    private static String cut(String detail) {
        return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + " ...";
    }
}
