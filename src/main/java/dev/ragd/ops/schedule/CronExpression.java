package dev.ragd.ops.schedule;

import dev.ragd.ops.schedule.CronField.Kind;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * When cron runs something: minute, hour, day of month, month, day of week, as in crontab(5) of Debian's cron, or one of the
 * words {@code @hourly @daily @midnight @weekly @monthly @yearly @annually}. When both day fields are restricted, a day that
 * fits either of them counts; a field that begins with {@code *}, such as {@code *}{@code /2}, restricts together with the
 * other. Immutable.
 *
 * @param text as it was written, blanks made single
 */
public record CronExpression(
        String text, CronField minute, CronField hour, CronField dayOfMonth, CronField month, CronField dayOfWeek) {

    private static final Map<String, String> WORDS = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");

    /** The day of week and the 29th of February meet again after so long. */
    private static final int DAYS_TO_LOOK_AT = 41 * 366;

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException when cron would refuse it, or it never comes; the message says why and what to write
     */
    public static CronExpression parse(String text) {
        String plain = text.strip();
        if (plain.equalsIgnoreCase("@reboot")) {
            throw new IllegalArgumentException(
                    "@reboot is no time of the clock; put such a line into a crontab yourself");
        }
        if (plain.startsWith("@") && !WORDS.containsKey(plain.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("'" + plain + "' is none of "
                    + String.join(", ", WORDS.keySet().stream().sorted().toList()));
        }
        String[] fields =
                WORDS.getOrDefault(plain.toLowerCase(Locale.ROOT), plain).split("\\s+");
        if (fields.length != 5 || fields[0].isEmpty()) {
            throw new IllegalArgumentException(
                    "expected five fields - minute, hour, day of month, month, day of week, for"
                            + " example '30 4 * * *' for 04:30 every night - but '" + plain + "' has "
                            + (plain.isEmpty() ? 0 : fields.length));
        }
        CronExpression expression = new CronExpression(
                // cron knows its words in small letters alone
                plain.startsWith("@") ? plain.toLowerCase(Locale.ROOT) : plain.replaceAll("\\s+", " "),
                CronField.parse(Kind.MINUTE, fields[0]),
                CronField.parse(Kind.HOUR, fields[1]),
                CronField.parse(Kind.DAY_OF_MONTH, fields[2]),
                CronField.parse(Kind.MONTH, fields[3]),
                CronField.parse(Kind.DAY_OF_WEEK, fields[4]));
        if (expression.days(LocalDate.of(2000, 1, 1)).isEmpty()) {
            throw new IllegalArgumentException("'" + plain + "' never comes: no month has that day");
        }
        return expression;
    }

    /** The first minute after a time, on a clock that is never changed. */
    public LocalDateTime next(LocalDateTime after) {
        LocalDateTime earliest = after.plusMinutes(1).withSecond(0).withNano(0);
        if (fits(earliest.toLocalDate())) {
            LocalTime time = earliest.toLocalTime();
            for (int h = hour.values().nextSetBit(time.getHour());
                    h >= 0;
                    h = hour.values().nextSetBit(h + 1)) {
                int m = minute.values().nextSetBit(h == time.getHour() ? time.getMinute() : 0);
                if (m >= 0) {
                    return earliest.toLocalDate().atTime(h, m);
                }
            }
        }
        return days(earliest.toLocalDate().plusDays(1))
                .get(0)
                .atTime(hour.values().nextSetBit(0), minute.values().nextSetBit(0));
    }

    /**
     * The first time after an instant that the clock of a zone leaves out, when it is set forward; empty when it leaves out
     * none within two years. cron makes up for such a time at once, systemd does not.
     */
    public Optional<LocalDateTime> skipped(ZonedDateTime after) {
        ZoneRules rules = after.getZone().getRules();
        ZoneOffsetTransition change = rules.nextTransition(after.toInstant());
        while (change != null && change.getInstant().isBefore(after.plusYears(2).toInstant())) {
            LocalDateTime first = next(change.getDateTimeBefore().minusMinutes(1));
            if (change.isGap() && first.isBefore(change.getDateTimeAfter())) {
                return Optional.of(first);
            }
            change = rules.nextTransition(change.getInstant());
        }
        return Optional.empty();
    }

    /** The first day that fits, from this one on; none when there is none. */
    private List<LocalDate> days(LocalDate from) {
        return from.datesUntil(from.plusDays(DAYS_TO_LOOK_AT))
                .filter(this::fits)
                .limit(1)
                .toList();
    }

    private boolean fits(LocalDate day) {
        boolean inMonth = dayOfMonth.values().get(day.getDayOfMonth());
        boolean inWeek = dayOfWeek.values().get(day.getDayOfWeek().getValue() % 7);
        return month.values().get(day.getMonthValue()) && (eitherDay() ? inMonth || inWeek : inMonth && inWeek);
    }

    private boolean eitherDay() {
        return !dayOfMonth.starred() && !dayOfWeek.starred();
    }

    /** The same as systemd writes it: calendar events, of which any counts; see systemd.time(7). */
    public List<String> calendarEvents() {
        String months = month.ranges(Kind.MONTH, 2);
        String days = dayOfMonth.ranges(Kind.DAY_OF_MONTH, 2);
        String time = " " + hour.ranges(Kind.HOUR, 2) + ":" + minute.ranges(Kind.MINUTE, 2) + ":00";
        String week = week();
        List<String> events = new ArrayList<>();
        if (eitherDay()) {
            events.add("*-" + months + "-" + days + time);
            events.add(week + "*-" + months + "-*" + time);
        } else {
            events.add(week + "*-" + months + "-" + days + time);
        }
        return events;
    }

    private String week() {
        if (dayOfWeek.values().cardinality() == 7) {
            return "";
        }
        List<String> names = List.of("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat");
        return String.join(",", dayOfWeek.values().stream().mapToObj(names::get).toList()) + " ";
    }
}
