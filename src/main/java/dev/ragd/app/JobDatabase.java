package dev.ragd.app;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Where the job repository and the ledger live. */
final class JobDatabase {

    /** Less lost room than this is not worth the tenth of a second. */
    private static final long LOST_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(JobDatabase.class);

    private JobDatabase() {}

    /**
     * The JDBC address. Without write delay a commit is on disk when it returns: with HSQLDB's default, a kill takes back
     * half a second of acknowledged work. Its lock file is off: the owner lock guards the folder, and the kernel releases
     * that at a kill, while HSQLDB's own file makes the next start wait ten seconds and sometimes refuse.
     */
    static String url(Path jobsFolder) {
        if (jobsFolder.toString().contains(";")) {
            throw new JobException(
                    ExitCode.USAGE,
                    "the home " + jobsFolder.getParent()
                            + " has a ';' in its path, which the job database cannot live with;"
                            + " use another --home",
                    null);
        }
        return "jdbc:hsqldb:file:" + jobsFolder.resolve("jobrepo").toAbsolutePath()
                + ";hsqldb.tx=mvcc;hsqldb.write_delay=false;hsqldb.default_table_type=cached;hsqldb.lock_file=false;shutdown=true";
    }

    /**
     * Writes the data file anew when most of it is lost room. HSQLDB forgets at each end which room is free, so the file of a
     * database that is opened and closed by every run grows by what each run deletes, for ever.
     */
    static void reclaim(DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        Long lost = jdbc.queryForObject(
                "SELECT COALESCE(SUM(FILE_LOST_BYTES), 0) FROM INFORMATION_SCHEMA.SYSTEM_CACHEINFO"
                        + " WHERE FILE_LOST_BYTES > FILE_FREE_POS / 2",
                Long.class);
        try {
            if (lost != null && lost > LOST_BYTES) {
                jdbc.execute("CHECKPOINT DEFRAG");
            }
        } catch (DataAccessException e) {
            LOG.debug("the room of the job database was not given back", e); // a full disk: the next run tries again
        }
    }
}
