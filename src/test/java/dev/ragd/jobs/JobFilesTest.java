package dev.ragd.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The states in which a process can die that makes a database or saves one. They are those that were seen when HSQLDB 2.7.4 was
 * killed at each of its renames and deletes.
 */
class JobFilesTest {

    @TempDir
    Path jobs;

    /** Two rows, which the database has saved: in script, data and properties. */
    @BeforeEach
    void database() throws Exception {
        try (Connection connection = DriverManager.getConnection(url(), "SA", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE CACHED TABLE T (A INT PRIMARY KEY)");
            statement.execute("INSERT INTO T VALUES 1, 2");
            statement.execute("SHUTDOWN");
        }
    }

    @Test
    void oneThatDiedWhileItWasMadeIsMadeAgain() throws Exception {
        for (String made : List.of("script", "data", "properties")) {
            Files.delete(file(made));
        }
        Files.createFile(file("log"));
        Files.writeString(file("script.new"), "SET DATABASE UNIQUE NAME HSQLDB\n");
        Files.writeString(file("properties.new"), "modified=yes-new-files\n");

        assertThat(JobFiles.exist(jobs)).isFalse();
        JobFiles.prepare(jobs);

        try (Connection connection = DriverManager.getConnection(url(), "SA", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE CACHED TABLE T (A INT PRIMARY KEY)");
        }
        assertThat(JobFiles.exist(jobs)).isTrue();
    }

    @Test
    void oneThatDiedBetweenTheOldScriptAndTheNewIsWhole() throws Exception {
        Files.move(file("script"), file("script.new"));
        properties("modified=no", "modified=yes-new-files");

        assertThat(JobFiles.exist(jobs)).isTrue();
        JobFiles.prepare(jobs);

        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void oneThatDiedBetweenTheOldPropertiesAndTheNewIsWhole() throws Exception {
        Files.move(file("properties"), file("properties.new"));

        assertThat(JobFiles.exist(jobs)).isTrue();
        JobFiles.prepare(jobs);

        assertThat(rows()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"script", "data"})
    void oneOfWhichAPartIsLostIsRefused(String part) throws IOException {
        Files.delete(file(part));

        assertThatThrownBy(() -> JobFiles.prepare(jobs))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("jobrepo." + part + " is missing");
    }

    @ParameterizedTest
    @CsvSource({"script properties data, log", "script properties log, data", "script data log, properties"})
    void theRestOfOneIsNotTakenForABeginning(String lost, String left) throws IOException {
        Files.writeString(file("log"), "/*C1*/SET SCHEMA PUBLIC\n");
        for (String part : lost.split(" ")) {
            Files.delete(file(part));
        }

        assertThatThrownBy(() -> JobFiles.prepare(jobs)).hasMessageContaining("jobrepo.script is missing");
        assertThat(file(left)).exists();
    }

    @Test
    void whereNothingIsThereIsNone() {
        assertThat(JobFiles.exist(jobs.resolve("none"))).isFalse();
        JobFiles.prepare(jobs.resolve("none"));
    }

    private Path file(String end) {
        return jobs.resolve("jobrepo." + end);
    }

    private void properties(String old, String now) throws IOException {
        String text = Files.readString(file("properties"));
        assertThat(text).contains(old);
        Files.writeString(file("properties"), text.replace(old, now));
    }

    private int rows() throws Exception {
        try (Connection connection = DriverManager.getConnection(url(), "SA", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM T")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private String url() {
        return "jdbc:hsqldb:file:" + jobs.resolve("jobrepo") + ";hsqldb.lock_file=false;shutdown=true";
    }
}
