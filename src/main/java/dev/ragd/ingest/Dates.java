package dev.ragd.ingest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the dates that documents carry: ISO, ISO without a zone (OpenDocument; taken as UTC), days, mail dates. */
final class Dates {

    private static final List<DateTimeFormatter> FORMATS =
            List.of(DateTimeFormatter.ISO_DATE_TIME, DateTimeFormatter.ISO_DATE, DateTimeFormatter.RFC_1123_DATE_TIME);

    private Dates() {}

    /** Milliseconds since the epoch, or null when it is no date that anybody could mean. */
    static @Nullable Long millis(@Nullable String value) {
        if (value == null) {
            return null;
        }
        String text = value.strip().replaceFirst("^(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:)", "$1T$2");
        for (DateTimeFormatter format : FORMATS) {
            try {
                TemporalAccessor parsed = format.parseBest(
                        text, ZonedDateTime::from, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
                Instant instant = instant(parsed);
                int year = instant.atOffset(ZoneOffset.UTC).getYear();
                return year < 1000 || year > 9999 ? null : (Long) instant.toEpochMilli();
            } catch (DateTimeException | ArithmeticException e) {
                // The next format, then.
            }
        }
        return null;
    }

    private static Instant instant(TemporalAccessor parsed) {
        if (parsed instanceof LocalDate day) {
            return day.atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        return parsed instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : Instant.from(parsed);
    }
}
