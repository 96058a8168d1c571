package dev.ragd.cli;

import dev.ragd.jobs.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Progress for logs: a line every {@value #SECONDS_BETWEEN_LINES} seconds, notes at once. */
final class LineProgress implements Progress {

    private static final int SECONDS_BETWEEN_LINES = 10;

    private final PrintStream err;
    private final LongSupplier nanoTime;
    private long lastLine;
    private long phaseStart;
    private long firstDone = -1;
    private String name = "";
    private String unit = "";
    private long total;

    /** @param nanoTime a clock like {@link System#nanoTime()} */
    LineProgress(PrintStream err, LongSupplier nanoTime) {
        this.err = err;
        this.nanoTime = nanoTime;
        this.lastLine = nanoTime.getAsLong();
    }

    @Override
    public void phase(String name, long total, String unit) {
        this.name = name;
        this.unit = unit;
        this.total = total;
        firstDone = -1;
        phaseStart = nanoTime.getAsLong();
    }

    @Override
    public void advance(long done) {
        if (firstDone < 0) {
            firstDone = done;
        }
        long now = nanoTime.getAsLong();
        if (now - lastLine < TimeUnit.SECONDS.toNanos(SECONDS_BETWEEN_LINES)) {
            return;
        }
        lastLine = now;
        err.println(line(done, (now - phaseStart) / 1e9));
    }

    /** What a resumed run found done already does not count for the rate. */
    private String line(long done, double seconds) {
        StringBuilder line = new StringBuilder(name).append(": ").append(done);
        if (total > 0) {
            line.append(" of ").append(total);
        }
        line.append(' ').append(unit);
        if (total > 0) {
            line.append(String.format(Locale.ROOT, " (%d %%)", 100 * done / total));
        }
        double rate = (done - firstDone) / Math.max(seconds, 1e-9);
        if (rate > 0) {
            line.append(String.format(Locale.ROOT, ", %.1f/s", rate));
            if (total > done) {
                line.append(", about ")
                        .append(Elapsed.of((total - done) / rate))
                        .append(" left");
            }
        }
        return line.toString();
    }

    @Override
    public void note(String line) {
        err.println(PlainText.of(line));
    }
}
