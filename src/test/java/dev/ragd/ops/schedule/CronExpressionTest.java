package dev.ragd.ops.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.testing.CronDaemon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against three that know: Debian's crontab, systemd, and Spring. */
class CronExpressionTest {

    private static final LocalDateTime START = LocalDateTime.parse("2026-01-01T00:00");

    private static final List<String> GOOD = List.of(
            "* * * * *",
            "0 0 1 1 *",
            "59 23 31 12 7",
            "*/15 8-18 * * mon-fri",
            "0-59/7 */6 1,15 jan,jul *",
            "30 2 29 2 *",
            "5 4 * * Sun",
            "0 12 13 * FRI",
            "10-20,40-50/2 0 * 3-5 1-5",
            "@daily",
            "@weekly",
            "@hourly",
            "@annually",
            "0 0 */2 * 1");

    /** Debian also takes 5-1, and never runs it, 1-2-3 and steps of steps; we do not. */
    private static final List<String> BAD = List.of(
            "",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * 32 * *",
            "* * * 13 *",
            "* * * 0 *",
            "* * * * 8",
            "5/15 * * * *",
            "*/0 * * * *",
            "1- * * * *",
            ", * * * *",
            "1,,2 * * * *",
            "a * * * *",
            "* * * foo *",
            "@sometimes",
            "-1 * * * *");

    @TempDir
    Path folder;

    @Test
    void aTimeThatTheClockIsSetForwardOverIsFound() {
        ZonedDateTime now = ZonedDateTime.of(2026, 11, 28, 12, 0, 0, 0, ZoneId.of("Europe/Berlin"));
        assertThat(CronExpression.parse("30 2 * * *").skipped(now)).contains(LocalDateTime.of(2027, 3, 28, 2, 30));
        assertThat(CronExpression.parse("*/40 2 * * sun").skipped(now)).contains(LocalDateTime.of(2027, 3, 28, 2, 0));
        assertThat(CronExpression.parse("30 4 * * *").skipped(now)).isEmpty();
        assertThat(CronExpression.parse("0 3 * * *").skipped(now)).isEmpty();
        assertThat(CronExpression.parse("59 1 * * *").skipped(now)).isEmpty();
        assertThat(CronExpression.parse("30 3 * * *").skipped(now.withZoneSameInstant(ZoneId.of("Europe/Helsinki"))))
                .contains(LocalDateTime.of(2027, 3, 28, 3, 30));
        assertThat(CronExpression.parse("30 2 * * *").skipped(now.withZoneSameInstant(ZoneId.of("UTC"))))
                .isEmpty();
    }

    @Test
    void cronsWordsAreWrittenAsCronKnowsThem() {
        assertThat(CronExpression.parse("@DAILY").text()).isEqualTo("@daily");
    }

    @Test
    void debiansCrontabAgreesOnWhatIsRightAndWhatIsWrong() throws IOException {
        List<String> all = Stream.concat(GOOD.stream(), BAD.stream()).toList();
        List<Boolean> ours = all.stream()
                .map(text -> {
                    try {
                        CronExpression.parse(text);
                        return true;
                    } catch (IllegalArgumentException e) {
                        return false;
                    }
                })
                .toList();
        List<Boolean> theirs =
                CronDaemon.accepts(folder, all.stream().map(t -> t + " true\n").toList());
        for (int i = 0; i < all.size(); i++) {
            assertThat(ours.get(i)).as("'" + all.get(i) + "'").isEqualTo(i < GOOD.size());
            assertThat(theirs.get(i)).as("Debian's: '" + all.get(i) + "'").isEqualTo(ours.get(i));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    61 * * * *    | the minute '61'          | values from 0 to 59
                    5/15 * * * *  | write 5-59/15            | the minute
                    * 22-2 * * *  | write 22-23,0-2          | the hour
                    * * * * mo    | the day of week 'mo'     | sun to sat
                    * * 31 2 *    | never comes              | no month has that day
                    30 2 * *      | five fields              | has 4
                    1-2-3 * * * * | not a range such as 1-5  | the minute
                    @reboot       | no time of the clock     | crontab
                    @noon         | none of @annually        | @yearly
                    """)
    void whatIsWrongIsSaidWithTheWayOut(String text, String first, String second) {
        assertThatThrownBy(() -> CronExpression.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(first)
                .hasMessageContaining(second);
    }

    @Test
    void itComesWhenSpringSaysWhereSpringMeansTheSame() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            // With one of the day fields free, both mean the same.
            boolean week = random.nextBoolean();
            String text = field(random, 0, 59) + " " + field(random, 0, 23) + " " + (week ? "*" : field(random, 1, 28))
                    + " " + field(random, 1, 12) + " "
                    + (week ? random.nextInt(3) + ",5" : "*"); // Spring counts steps from Monday
            CronExpression ours = CronExpression.parse(text);
            var theirs = org.springframework.scheduling.support.CronExpression.parse("0 " + text);
            LocalDateTime time = START.plusMinutes(random.nextInt(2_000_000));
            LocalDateTime other = time;
            for (int i = 0; i < 5; i++) {
                time = ours.next(time);
                other = theirs.next(other);
                assertThat(time).as(text).isEqualTo(other);
            }
        }
    }

    private static String field(Random random, int least, int most) {
        int first = least + random.nextInt(most - least + 1);
        int last = first + random.nextInt(most - first + 1);
        return switch (random.nextInt(5)) {
            case 0 -> "*";
            case 1 -> "*/" + (1 + random.nextInt(9));
            case 2 -> first + "-" + last;
            case 3 -> first + "-" + last + "/" + (1 + random.nextInt(3));
            default -> first + "," + last;
        };
    }

    @Test
    void twoRestrictedDayFieldsMeanEitherAndAStarMeansBoth() {
        // Friday or the 13th, as crontab(5) says.
        List<String> either = times(CronExpression.parse("0 12 13 * fri"), 4);
        assertThat(either)
                .containsExactly("2026-01-02T12:00", "2026-01-09T12:00", "2026-01-13T12:00", "2026-01-16T12:00");
        // An odd day that is a Monday.
        List<String> both = times(CronExpression.parse("0 0 */2 * 1"), 2);
        assertThat(both).containsExactly("2026-01-05T00:00", "2026-01-19T00:00");
        assertThat(times(CronExpression.parse("30 2 29 2 *"), 2))
                .containsExactly("2028-02-29T02:30", "2032-02-29T02:30");
    }

    private static List<String> times(CronExpression when, int count) {
        return Stream.iterate(when.next(START), when::next)
                .limit(count)
                .map(LocalDateTime::toString)
                .toList();
    }

    @Test
    void systemdMeansTheSameByTheCalendarEvents() throws Exception {
        Assumptions.assumeTrue(
                Stream.of("/usr/bin/systemd-analyze").map(Path::of).allMatch(java.nio.file.Files::isExecutable),
                "NO SYSTEMD FOR TESTS on this system");
        for (String text : GOOD) {
            CronExpression when = CronExpression.parse(text);
            List<LocalDateTime> theirs = new ArrayList<>();
            for (String event : when.calendarEvents()) {
                theirs.addAll(systemd(event, 8));
            }
            List<String> merged = theirs.stream()
                    .distinct()
                    .sorted()
                    .limit(6)
                    .map(LocalDateTime::toString)
                    .toList();
            List<String> ours = times(when, merged.size());
            assertThat(merged)
                    .as(text + " = " + when.calendarEvents())
                    .isEqualTo(ours)
                    .isNotEmpty();
        }
    }

    private static List<LocalDateTime> systemd(String event, int count) throws Exception {
        Process process = new ProcessBuilder(
                        "env",
                        "TZ=UTC",
                        "systemd-analyze",
                        "calendar",
                        "--iterations=" + count,
                        "--base-time=2026-01-01 00:00:30 UTC",
                        event)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines()
                .filter(l -> l.matches("\\s*(Next elapse|Iter[^:]*):.*"))
                .map(l -> l.replaceFirst(".*(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d):00.*", "$1T$2"))
                .map(LocalDateTime::parse)
                .toList();
    }
}
