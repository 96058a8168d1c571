package dev.ragd.app;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The narrowest place to die: a step has done everything, and its end is not written down. A trigger in a home's job
 * database refuses to write it, until this is closed.
 */
final class LostStepEnd implements AutoCloseable {

    private final Path jobs;

    /**
     * From now on the step does not come to its end.
     *
     * @param jobs the folder of a job database in which a job has run before
     */
    LostStepEnd(Path jobs, String step) throws SQLException {
        this.jobs = jobs;
        execute("CREATE TRIGGER LOST_STEP_END BEFORE UPDATE ON BATCH_STEP_EXECUTION REFERENCING NEW ROW AS CHANGED"
                + " FOR EACH ROW BEGIN ATOMIC IF CHANGED.STEP_NAME = '" + step + "' AND CHANGED.STATUS = 'COMPLETED'"
                + " THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'dies here'; END IF; END");
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
        execute("DROP TRIGGER LOST_STEP_END");
    }
}
