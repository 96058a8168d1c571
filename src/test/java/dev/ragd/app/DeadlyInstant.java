package dev.ragd.app;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The narrowest places to die: a step, or a job, has done everything, and its end is not written down; or its end is written
 * down, and nothing else. A trigger in a home's job database refuses to write, until this is closed.
 */
final class DeadlyInstant implements AutoCloseable {

    private final Path jobs;

    private DeadlyInstant(Path jobs, String event, String condition) throws SQLException {
        this.jobs = jobs;
        execute("CREATE TRIGGER DIES_HERE BEFORE " + event
                + " REFERENCING NEW ROW AS CHANGED FOR EACH ROW BEGIN ATOMIC IF " + condition
                + " THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'dies here'; END IF; END");
    }

    /** All there are between the steps of a migration. */
    static List<String> ofMigrations() {
        return List.of(
                "end of preflight",
                "begin of plan",
                "end of plan",
                "begin of copy",
                "end of copy",
                "begin of verify",
                "end of verify",
                "begin of publish",
                "end of publish",
                "begin of report",
                "end of report",
                "end of the job");
    }

    /**
     * From now on nothing gets past an instant.
     *
     * @param jobs the folder of a job database in which a job has run before
     * @param instant {@code begin of STEP}, {@code end of STEP} or {@code end of the job}
     */
    static DeadlyInstant at(Path jobs, String instant) throws SQLException {
        String step = instant.substring(instant.lastIndexOf(' ') + 1);
        if (instant.equals("end of the job")) {
            return new DeadlyInstant(jobs, "UPDATE ON BATCH_JOB_EXECUTION", "CHANGED.STATUS = 'COMPLETED'");
        } else if (instant.startsWith("end of ")) {
            return new DeadlyInstant(
                    jobs,
                    "UPDATE ON BATCH_STEP_EXECUTION",
                    "CHANGED.STEP_NAME = '" + step + "' AND CHANGED.STATUS = 'COMPLETED'");
        }
        return new DeadlyInstant(jobs, "INSERT ON BATCH_STEP_EXECUTION", "CHANGED.STEP_NAME = '" + step + "'");
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(JobDatabase.url(jobs), "SA", "");
                Statement executing = connection.createStatement()) {
            executing.execute(statement);
        }
    }

    /** The home's next run is a healthy one. */
    @Override
    public void close() throws SQLException {
        execute("DROP TRIGGER DIES_HERE");
    }
}
