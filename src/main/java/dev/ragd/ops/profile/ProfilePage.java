package dev.ragd.ops.profile;

import static dev.ragd.html.Page.escape;

import dev.ragd.html.Page;
import dev.ragd.ops.profile.Plots.Row;
import dev.ragd.ops.profile.Profile.Latency;
import dev.ragd.ops.profile.Profile.StoreProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A profile as one HTML page that needs nothing else. */
public final class ProfilePage {

    private static final double MEGABYTE = 1 << 20;

    private final Profile profile;
    private final StringBuilder html = new StringBuilder(1 << 14);

    public ProfilePage(Profile profile) {
        this.profile = profile;
    }

    /** The page. */
    public String html() {
        html.append("<h1>Stores for <span class='soft'>").append(escape(profile.collection()));
        html.append("</span></h1>\n<p class='soft'>")
                .append(escape(profile.made()))
                .append("</p>\n");
        tiles();
        List<Row> rows = rows();
        if (!rows.isEmpty()) {
            plots(new Plots(rows));
            table(rows);
        }
        problems();
        how();
        return Page.of("Stores for " + profile.collection(), html.toString());
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (StoreProfile store : profile.stores()) {
            Profile.Build build = store.build();
            Profile.Search search = store.search();
            if (build != null && search != null) {
                rows.add(new Row(store.store(), build, search));
            }
        }
        return rows;
    }

    private void tiles() {
        html.append("<div class='tiles'>\n");
        tile(format("%,d", profile.records()), format("records, of %,d", profile.total()));
        tile(format("%,d", profile.dimension()), "components, " + profile.distance());
        tile(format("%,d", profile.queries()), "vectors held out, asked for");
        tile(format("%,d", profile.k()), "neighbours each");
        tile(
                profile.filter() == null ? "-" : format("%.1f %%", 100 * profile.selectivity()),
                "of the records meet the filter");
        html.append("</div>\n");
    }

    private void tile(String value, String label) {
        html.append("<div class='tile'><b>").append(value).append("</b><span class='soft'>");
        html.append(escape(label)).append("</span></div>\n");
    }

    private void plots(Plots plots) {
        section("Time to an answer", plots.latencies());
        legend("warm: asked before", "cold: the first time in a new process");
        html.append(
                "<p class='soft'>A dot at p50, a small stroke at p95, a larger one at p99; the axis is logarithmic.</p>\n");
        end();
        section("Recall", plots.recall());
        legend("all records", profile.filter() == null ? null : "filtered");
        html.append("<p class='soft'>The share of the exact nearest neighbours that were found.</p>\n");
        end();
        section(
                "Build",
                plots.bars(
                        "Seconds to build", r -> r.build().seconds(), v -> format(v < 10 ? "%.1f s" : "%,.0f s", v)));
        end();
        section("On disk", plots.bars("Bytes on disk", r -> r.build().diskBytes(), ProfilePage::size));
        end();
        section("Memory while searching", plots.bars("Memory", r -> r.search().storeBytes(), ProfilePage::size));
        html.append(
                "<p class='soft'>Heap and native memory that the process holds more than before it opened the store, and all of a server that it started.</p>\n");
        end();
    }

    private void section(String title, String svg) {
        html.append("<section>\n<h2>").append(title).append("</h2>\n").append(svg);
    }

    private void legend(String first, @Nullable String second) {
        html.append("<p class='legend'><span class='key warm'></span>").append(escape(first));
        if (second != null) {
            html.append(" <span class='key cold'></span>").append(escape(second));
        }
        html.append("</p>\n");
    }

    private void end() {
        html.append("</section>\n");
    }

    private void table(List<Row> rows) {
        html.append("<section class='wide'>\n<h2>All numbers</h2>\n<table>\n<tr><th></th>");
        rows.forEach(row -> html.append("<th>").append(escape(row.store())).append("</th>"));
        html.append("</tr>\n");
        line(rows, "recall", r -> format("%.3f", r.search().recall()));
        line(rows, "warm, ms", r -> times(r.search().warm()));
        line(rows, "cold, ms", r -> times(r.search().cold()));
        line(rows, "first answer, ms", r -> format("%,.0f", r.search().open()));
        if (profile.filter() != null) {
            line(rows, "filtered recall", r -> format("%.3f", or(r.search().filteredRecall())));
            line(
                    rows,
                    "filtered, ms",
                    r -> r.search().filtered() == null ? "-" : times(r.search().filtered()));
        }
        line(rows, "questions, cold", r -> format("%d", r.search().cold().answers()));
        line(rows, "build, s", r -> format("%.2f", r.build().seconds()));
        line(rows, "build, processor s", r -> format("%.2f", r.build().cpuSeconds()));
        line(
                rows,
                "records per second",
                r -> format("%,.0f", profile.records() / r.build().seconds()));
        line(rows, "peak memory of it", r -> size(r.build().peakBytes()));
        line(rows, "on disk", r -> size(r.build().diskBytes()));
        line(rows, "memory of the store", r -> size(r.search().storeBytes()));
        line(rows, "of the whole process", r -> size(r.search().memoryBytes()));
        line(rows, "mapped from files", r -> size(r.search().mappedBytes()));
        html.append("</table>\n</section>\n");
    }

    private static double or(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private void line(List<Row> rows, String name, Function<Row, String> value) {
        html.append("<tr><th>").append(name).append("</th>");
        rows.forEach(row -> html.append("<td>").append(value.apply(row)).append("</td>"));
        html.append("</tr>\n");
    }

    private void problems() {
        for (StoreProfile store : profile.stores()) {
            if (store.problem() != null) {
                html.append("<section>\n<h2>").append(escape(store.store())).append(" was not measured</h2>\n<p>");
                html.append(escape(store.problem())).append("</p>\n</section>\n");
            }
        }
    }

    private void how() {
        html.append("<section>\n<h2>How it was measured</h2>\n<table>\n");
        detail("Machine", profile.machine());
        detail("Read from", profile.source());
        detail(
                "Questions",
                "vectors of " + profile.queries()
                        + " records that were taken out of the sample before the stores got it");
        detail("Filter", profile.filter() == null ? "none: no condition is met by about a tenth" : profile.filter());
        detail("Build", "all records written in batches of 500, until they are durable and the store is closed");
        detail(
                "Cold, warm",
                "a new process opens the store and asks each question once, then twice more; the files are in the system's"
                        + " cache. A round ends after 30 seconds.");
        detail("Recall", "against a comparison with every record in double precision");
        html.append("</table>\n</section>\n<footer>Made by <code>ragd backend profile</code> in ");
        html.append(format("%.0f s. The collection was only read.</footer>%n", profile.seconds()));
    }

    private void detail(String name, String value) {
        html.append("<tr><th>")
                .append(name)
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>\n");
    }

    private static String times(Latency latency) {
        return time(latency.p50()) + " / " + time(latency.p95()) + " / " + time(latency.p99());
    }

    private static String time(double milliseconds) {
        return format(milliseconds < 10 ? "%.2f" : milliseconds < 100 ? "%.1f" : "%,.0f", milliseconds);
    }

    private static String size(double bytes) {
        return bytes < 0 ? "unknown" : format(bytes < 10 * MEGABYTE ? "%.1f MB" : "%,.0f MB", bytes / MEGABYTE);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
