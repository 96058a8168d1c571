package dev.ragd.jobs;

import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Keeps the order of step executions when the clock is set back. Spring Batch 6.0.4 takes for the last execution of a step
 * the one with the latest creation time, and resumes from its position; after the clock went back - or, since these are
 * local times, at the end of summer time - that is an old one, and work that was acknowledged since would be repeated.
 * A trigger lets creation times stand still instead of going back; among equal ones the number of the row decides.
 */
public final class StepOrder {

    private StepOrder() {}

    /** Makes the trigger in a job database whose tables exist. Doing it twice changes nothing. */
    public static void keep(DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        Integer there = jdbc.queryForObject(
                "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_NAME = 'RAGD_STEP_ORDER'",
                Integer.class);
        if (there != null && there > 0) {
            return;
        }
        jdbc.execute("CREATE TRIGGER RAGD_STEP_ORDER BEFORE INSERT ON BATCH_STEP_EXECUTION"
                + " REFERENCING NEW ROW AS ADDED FOR EACH ROW BEGIN ATOMIC DECLARE LATEST TIMESTAMP(9);"
                + " SET LATEST = (SELECT MAX(CREATE_TIME) FROM BATCH_STEP_EXECUTION);"
                + " IF LATEST > ADDED.CREATE_TIME THEN SET ADDED.CREATE_TIME = LATEST; END IF; END");
    }
}
