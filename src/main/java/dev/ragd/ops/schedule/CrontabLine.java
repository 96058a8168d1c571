package dev.ragd.ops.schedule;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** A line of a user's crontab. */
public final class CrontabLine {

    /** What Debian's cron reads of a command, in bytes; the rest it leaves out without a word. */
    private static final int MOST = 998;

    private CrontabLine() {}

    /**
     * The line, without its end.
     *
     * @throws IllegalArgumentException when it is longer than cron reads
     */
    public static String of(CronExpression when, ScheduledCommand command) {
        String environment = command.environment().entrySet().stream()
                .map(v -> v.getKey() + "=" + word(v.getValue()) + " ")
                .collect(Collectors.joining());
        String words = command.words().stream().map(w -> " " + word(w)).collect(Collectors.joining());
        String line = "cd " + word(command.folder().toString()) + " && " + environment
                + word(command.wrapper().toString()) + words;
        // To cron, an unescaped per cent sign is the end of the line.
        String escaped = line.replace("%", "\\%");
        int length = escaped.getBytes(StandardCharsets.UTF_8).length;
        if (length > MOST) {
            throw new IllegalArgumentException(
                    "the command is too long for a crontab: " + length + " bytes, but cron reads " + MOST
                            + "; put its parameters into a file, see jobs/reindex.properties");
        }
        return when.text() + "  " + escaped;
    }

    /** A word as a shell reads it. */
    static String word(String text) {
        return text.matches("[\\p{L}\\p{N}_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
