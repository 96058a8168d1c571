package dev.ragd.cli;

import dev.ragd.jobs.Progress;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.temporal.ChronoUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress on a terminal: a bar with rate and time left. Close it before anything else is printed. */
final class BarProgress implements Progress, AutoCloseable {

    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream err;
    private final int columns;
    private @Nullable ProgressBar bar;

    BarProgress(PrintStream err, int columns) {
        this.err = err;
        this.columns = columns;
    }

    @Override
    public void phase(String name, long total, String unit) {
        close();
        boolean unicode = Charset.defaultCharset().newEncoder().canEncode('█');
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total > 0 ? total : -1)
                .setUnit(" " + unit, 1)
                .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setSpeedUnit(ChronoUnit.SECONDS)
                .showSpeed()
                .clearDisplayOnFinish()
                .setConsumer(new ConsoleProgressBarConsumer(err, columns))
                .setMaxRenderedLength(columns);
        bar = (total > 0 ? builder : builder.hideEta()).build();
    }

    @Override
    public void advance(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /** Takes the bar's line for the note; the bar draws itself again below. */
    @Override
    public void note(String line) {
        err.print(CLEAR_LINE + PlainText.of(line) + System.lineSeparator());
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.print(CLEAR_LINE);
            err.flush();
        }
    }
}
