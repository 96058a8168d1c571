package dev.ragd.app;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.nio.file.Path;

/** Where the job repository and the ledger live. */
final class JobDatabase {

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
}
