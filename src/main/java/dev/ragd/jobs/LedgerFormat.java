package dev.ragd.jobs;

import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The version of the tables that jobs keep beside the job repository: an older program refuses newer ones. */
public final class LedgerFormat {

    /** What this program writes. */
    static final int VERSION = 1;

    private LedgerFormat() {}

    /**
     * Notes the version in a new database and checks it in an old one.
     *
     * @throws JobException when a newer program wrote the tables
     */
    public static void check(DataSource dataSource) {
        JdbcTemplate jdbc = new JdbcTemplate(dataSource);
        jdbc.execute("CREATE CACHED TABLE IF NOT EXISTS RAGD_FORMAT (VERSION INTEGER NOT NULL)");
        Integer version = jdbc.queryForObject("SELECT MAX(VERSION) FROM RAGD_FORMAT", Integer.class);
        if (version == null) {
            jdbc.update("INSERT INTO RAGD_FORMAT VALUES (?)", VERSION);
        } else if (version > VERSION) {
            throw new JobException(
                    ExitCode.USAGE,
                    "this home was written by a newer ragd (ledger format " + version + ", this program knows "
                            + VERSION + "); upgrade ragd",
                    null);
        }
    }
}
