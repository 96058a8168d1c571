package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.testing.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The job database's file does not grow by what is deleted, and giving room back endures kills. */
class JobDatabaseTest {

    private static final int ROWS = 100;
    private static final int ROUNDS_KEPT = 5;

    @TempDir
    Path jobs;

    private static SingleConnectionDataSource open(Path jobs) {
        return new SingleConnectionDataSource(JobDatabase.url(jobs), "SA", "", true);
    }

    /** What a run does to the database: new rows, and old ones go. */
    private static void round(DataSource database, int number) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        jdbc.execute("CREATE TABLE IF NOT EXISTS ROWS (ROUND INTEGER, N INTEGER, TEXT VARCHAR(5000))");
        List<Object[]> rows = IntStream.range(0, ROWS)
                .mapToObj(n -> new Object[] {number, n, "x".repeat(3000)})
                .toList();
        jdbc.batchUpdate("INSERT INTO ROWS VALUES (?, ?, ?)", rows);
        jdbc.update("DELETE FROM ROWS WHERE ROUND <= ?", number - ROUNDS_KEPT);
    }

    @Test
    void roomOfDeletedRowsIsGivenBack() throws IOException {
        long most = 0;
        for (int number = 0; number < 40; number++) {
            SingleConnectionDataSource database = open(jobs);
            round(database, number);
            JobDatabase.reclaim(database);
            database.destroy();
            most = Math.max(most, Files.size(jobs.resolve("jobrepo.data")));
        }
        // 1.5 MB in rows; 12 MB have been written.
        assertThat(most).isLessThan(6L << 20);
        SingleConnectionDataSource database = open(jobs);
        assertThat(new JdbcTemplate(database).queryForObject("SELECT COUNT(*) FROM ROWS", Long.class))
                .isEqualTo((long) ROWS * ROUNDS_KEPT);
        database.destroy();
    }

    @Test
    @Timeout(300)
    void aKillWhileRoomIsGivenBackLosesNothing() throws Exception {
        Random random = new Random(20261128);
        int last = -1;
        int insideADefragmentation = 0;
        for (int kill = 0; kill < 20; kill++) {
            Process process = JavaProcess.start(JobDatabaseTest.class, jobs.toString(), String.valueOf(last + 1));
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (int i = 0; i <= random.nextInt(3); i++) {
                    last = Integer.parseInt(out.readLine());
                }
                Thread.sleep(random.nextInt(60));
                process.toHandle().destroyForcibly(); // the process's own method closes the pipe
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    last = Integer.parseInt(line);
                }
            }
            try (Stream<Path> files = Files.list(jobs)) {
                insideADefragmentation += files.anyMatch(f -> f.toString().endsWith(".new")) ? 1 : 0;
            }
            SingleConnectionDataSource database = open(jobs);
            JdbcTemplate jdbc = new JdbcTemplate(database);
            // The round that was not acknowledged yet may be there, with or without its deletion.
            List<Integer> rounds = jdbc.queryForList(
                    "SELECT ROUND FROM ROWS GROUP BY ROUND HAVING COUNT(*) = " + ROWS + " ORDER BY ROUND",
                    Integer.class);
            assertThat(jdbc.queryForObject("SELECT COUNT(DISTINCT ROUND) FROM ROWS", Integer.class))
                    .as("rounds that are torn")
                    .isLessThanOrEqualTo(rounds.size() + 1);
            int newest = last;
            assertThat(rounds)
                    .as("kill %s after round %s", kill, last)
                    .containsAll(IntStream.rangeClosed(Math.max(0, newest - ROUNDS_KEPT + 2), newest)
                            .boxed()
                            .toList());
            jdbc.update("DELETE FROM ROWS WHERE ROUND > ?", last);
            database.destroy();
        }
        assertThat(insideADefragmentation).as("kills inside a defragmentation").isPositive();
    }

    /** The process that is killed. */
    public static void main(String[] arguments) {
        for (int number = Integer.parseInt(arguments[1]); ; number++) {
            SingleConnectionDataSource database = open(Path.of(arguments[0]));
            round(database, number);
            System.out.println(number);
            System.out.flush();
            new JdbcTemplate(database).execute("CHECKPOINT DEFRAG");
            database.destroy();
        }
    }
}
