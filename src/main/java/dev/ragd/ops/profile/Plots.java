package dev.ragd.ops.profile;

import static dev.ragd.html.Page.escape;

import dev.ragd.ops.profile.Profile.Latency;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** Draws a profile as SVG; colours are those of the page. */
final class Plots {

    private static final int WIDTH = 880;
    private static final int LEFT = 120;
    private static final int RIGHT = 70;
    private static final int ROW = 46;
    private static final int AXIS = 34;
    private static final int BAR = 24;

    /** A store and its numbers. */
    record Row(String store, Profile.Build build, Profile.Search search) {}

    private final List<Row> rows;

    Plots(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    /** For each store a line from p50 to p99 with a mark at p95, warm and cold, on one logarithmic axis. */
    String latencies() {
        double least =
                rows.stream().mapToDouble(r -> r.search().warm().p50()).min().orElse(1);
        double most = rows.stream()
                .mapToDouble(
                        r -> Math.max(r.search().cold().p99(), r.search().warm().p99()))
                .max()
                .orElse(1);
        LogScale x = LogScale.around(least, most, LEFT, WIDTH - RIGHT);
        int height = ROW * rows.size() + AXIS;
        StringBuilder svg = start(height, "Latency of each store");
        axis(svg, x, height);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            int y = ROW * i + ROW / 2;
            label(svg, row.store(), y + 4);
            whisker(svg, "warm", x, row.search().warm(), y - 8);
            whisker(svg, "cold", x, row.search().cold(), y + 8);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void whisker(StringBuilder svg, String kind, LogScale x, Latency latency, int y) {
        String title = String.format(
                Locale.ROOT, "%s: p50 %.2f, p95 %.2f, p99 %.2f ms", kind, latency.p50(), latency.p95(), latency.p99());
        svg.append("<g class='").append(kind).append("'><title>").append(title).append("</title>");
        svg.append(format(
                "<line class='whisker' x1='%.1f' x2='%.1f' y1='%d' y2='%d'/>",
                x.at(latency.p50()), x.at(latency.p99()), y, y));
        svg.append(format("<circle class='dot' cx='%.1f' cy='%d' r='5'/>", x.at(latency.p50()), y));
        svg.append(format(
                "<line class='whisker' x1='%.1f' x2='%.1f' y1='%d' y2='%d'/>",
                x.at(latency.p95()), x.at(latency.p95()), y - 4, y + 4));
        svg.append(format(
                "<line class='whisker' x1='%.1f' x2='%.1f' y1='%d' y2='%d'/>",
                x.at(latency.p99()), x.at(latency.p99()), y - 6, y + 6));
        svg.append("</g>\n");
    }

    /** What of the exact neighbours was found, without and with the filter, from the first round number below the least. */
    String recall() {
        double least = rows.stream()
                .mapToDouble(r -> Math.min(
                        r.search().recall(),
                        r.search().filteredRecall() == null ? 1 : r.search().filteredRecall()))
                .min()
                .orElse(0);
        double floor = least >= 0.9 ? 0.9 : Math.max(0, Math.floor(least * 10) / 10);
        int height = ROW * rows.size() + AXIS;
        StringBuilder svg = start(height, "Recall of each store");
        for (int i = 0; i <= 5; i++) {
            double value = floor + (1 - floor) * i / 5;
            tick(svg, across(value, floor), height, format("%.2f", value));
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            int y = ROW * i + ROW / 2;
            label(svg, row.store(), y + 4);
            Double filtered = row.search().filteredRecall();
            point(
                    svg,
                    "warm",
                    across(row.search().recall(), floor),
                    filtered == null ? y : y - 8,
                    row.search().recall());
            if (filtered != null) {
                point(svg, "cold", across(filtered, floor), y + 8, filtered);
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private static double across(double value, double floor) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - floor) / (1 - floor);
    }

    private static void point(StringBuilder svg, String kind, double x, int y, double value) {
        svg.append(format(
                "<g class='%s'><line class='grid' x1='%d' x2='%.1f' y1='%d' y2='%d'/>"
                        + "<circle class='dot' cx='%.1f' cy='%d' r='5'/></g>"
                        + "<text class='value' x='%.1f' y='%d'>%.3f</text>\n",
                kind, LEFT, x, y, y, x, y, x + 10, y + 4, value));
    }

    /** A bar per store, from zero. */
    String bars(String title, ToDoubleFunction<Row> value, DoubleFunction<String> text) {
        double most = rows.stream().mapToDouble(value).max().orElse(1);
        int height = BAR * rows.size() + 6;
        StringBuilder svg = start(height, title);
        for (int i = 0; i < rows.size(); i++) {
            double amount = Math.max(0, value.applyAsDouble(rows.get(i)));
            double width = most <= 0 ? 0 : (WIDTH - LEFT - RIGHT - 30) * amount / most;
            int y = BAR * i + 4;
            label(svg, rows.get(i).store(), y + 13);
            svg.append(format(
                    "<rect class='bar' x='%d' y='%d' width='%.1f' height='%d' rx='2'/>"
                            + "<text class='value' x='%.1f' y='%d'>%s</text>\n",
                    LEFT, y, Math.max(1, width), BAR - 8, LEFT + width + 8, y + 13, escape(text.apply(amount))));
        }
        return svg.append("</svg>\n").toString();
    }

    private static StringBuilder start(int height, String title) {
        return new StringBuilder("<svg viewBox='0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(height)
                .append("' role='img' aria-label='")
                .append(escape(title))
                .append("'>\n");
    }

    private static void axis(StringBuilder svg, LogScale x, int height) {
        for (double mark : x.marks()) {
            tick(svg, x.at(mark), height, (mark < 1 ? trimmed(mark) : format("%,.0f", mark)) + " ms");
        }
    }

    private static String trimmed(double mark) {
        return format("%.3f", mark).replaceAll("0+$", "");
    }

    private static void tick(StringBuilder svg, double x, int height, String text) {
        svg.append(format(
                "<line class='grid' x1='%.1f' x2='%.1f' y1='0' y2='%d'/><text text-anchor='middle' x='%.1f' y='%d'>%s</text>\n",
                x, x, height - AXIS + 6, x, height - 10, text));
    }

    private static void label(StringBuilder svg, String store, int y) {
        svg.append(
                format("<text class='name' text-anchor='end' x='%d' y='%d'>%s</text>\n", LEFT - 14, y, escape(store)));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
