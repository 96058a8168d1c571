package dev.ragd.jobs.repair;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the audits of repairs found, in a table beside the ledger's, which goes with the plan of its job. Every method is one
 * transaction of its own. Thread-safe.
 */
final class Findings {

    private static final int ROWS_PER_STATEMENT = 500;

    /** A finding and its place among those of its job and stage. */
    record Numbered(long n, AuditFinding finding) {}

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    /** @param dataSource where the ledger has been opened */
    Findings(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.jdbc.setFetchSize(ROWS_PER_STATEMENT);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    /** Forgets what was noted for a job and stage, and takes what is found now. */
    Rows anew(long job, AuditStage stage) {
        jdbc.update("DELETE FROM RAGD_FINDING WHERE JOB_ID = ? AND STAGE = ?", job, stage.name());
        return new Rows(job, stage);
    }

    /** Writes findings down, some hundred at a time. One thread. */
    final class Rows implements Consumer<AuditFinding>, AutoCloseable {
        private final long job;
        private final AuditStage stage;
        private final List<AuditFinding> buffer = new ArrayList<>();

        private Rows(long job, AuditStage stage) {
            this.job = job;
            this.stage = stage;
        }

        @Override
        public void accept(AuditFinding finding) {
            buffer.add(finding);
            if (buffer.size() == ROWS_PER_STATEMENT) {
                close();
            }
        }

        @Override
        public void close() {
            add(job, stage, buffer);
            buffer.clear();
        }
    }

    /** Notes what an audit found, after what was noted for this job and stage before. */
    private void add(long job, AuditStage stage, List<AuditFinding> findings) {
        transaction.executeWithoutResult(status -> {
            Long last = jdbc.queryForObject(
                    "SELECT MAX(N) FROM RAGD_FINDING WHERE JOB_ID = ? AND STAGE = ?", Long.class, job, stage.name());
            long[] n = {last == null ? 0 : last + 1};
            jdbc.batchUpdate(
                    "INSERT INTO RAGD_FINDING VALUES (?, ?, ?, ?, ?, ?, ?)",
                    findings,
                    ROWS_PER_STATEMENT,
                    (statement, finding) -> {
                        statement.setLong(1, job);
                        statement.setString(2, stage.name());
                        statement.setLong(3, n[0]++);
                        statement.setString(4, finding.kind().name());
                        statement.setString(5, finding.id());
                        statement.setString(6, finding.path());
                        statement.setString(7, finding.detail());
                    });
        });
    }

    /** The next findings of a job and stage, in order. */
    List<Numbered> list(long job, AuditStage stage, long from, int limit) {
        return jdbc.query(
                "SELECT N, KIND, RECORD_ID, PATH, DETAIL FROM RAGD_FINDING WHERE JOB_ID = ? AND STAGE = ? AND N >= ?"
                        + " ORDER BY JOB_ID, STAGE, N LIMIT " + limit,
                (row, i) -> new Numbered(
                        row.getLong(1),
                        new AuditFinding(
                                AuditKind.valueOf(row.getString(2)),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5))),
                job,
                stage.name(),
                from);
    }

    /** Hands out all findings of a job and stage, in order; memory does not grow with their number. */
    void forEach(long job, AuditStage stage, Consumer<AuditFinding> consumer) {
        long from = 0;
        for (List<Numbered> page = list(job, stage, from, ROWS_PER_STATEMENT);
                !page.isEmpty();
                page = list(job, stage, from, ROWS_PER_STATEMENT)) {
            page.forEach(row -> consumer.accept(row.finding()));
            from = page.get(page.size() - 1).n() + 1;
        }
    }
}
