package dev.ragd.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The version of the tables beside the job repository, in databases in memory. */
class LedgerFormatTest {

    private final DataSource database =
            new DriverManagerDataSource("jdbc:hsqldb:mem:" + UUID.randomUUID() + ";shutdown=false", "SA", "");

    private final JdbcTemplate jdbc = new JdbcTemplate(database);

    private Integer version() {
        return jdbc.queryForObject("SELECT VERSION FROM RAGD_FORMAT", Integer.class);
    }

    @Test
    void aNewDatabaseGetsTheVersionAndKeepsIt() {
        LedgerFormat.check(database);
        LedgerFormat.check(database);
        assertThat(version()).isEqualTo(LedgerFormat.VERSION);
    }

    @Test
    void tablesOfANewerRagdAreRefusedAndStay() {
        LedgerFormat.check(database);
        jdbc.update("UPDATE RAGD_FORMAT SET VERSION = 7");
        assertThatThrownBy(() -> LedgerFormat.check(database))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("ledger format 7, this program knows " + LedgerFormat.VERSION)
                .hasMessageContaining("upgrade ragd");
        assertThat(version()).isEqualTo(7);
    }
}
