package dev.ragd.jobs.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws records per second over the time of work as SVG; a dashed line stands where a run was taken up again. */
final class RatePlot {

    private static final int WIDTH = 880;
    private static final int HEIGHT = 240;
    private static final int LEFT = 58;
    private static final int RIGHT = 12;
    private static final int TOP = 14;
    private static final int BOTTOM = 30;
    private static final int MOST_STEPS = 80;
    private static final int GRID_LINES = 4;

    private final List<Rates.Point> points;

    /** A stretch of time and the rate in it. */
    private record Step(double from, double to, double rate) {}

    RatePlot(Rates rates) {
        this.points = rates.points();
    }

    /** The picture; empty when there are too few points for one. */
    String svg() {
        List<Step> steps = steps();
        double end = points.isEmpty() ? 0 : points.get(points.size() - 1).seconds();
        if (steps.isEmpty() || end <= 0) {
            return "";
        }
        double top = niceCeiling(steps.stream().mapToDouble(Step::rate).max().orElse(1));
        StringBuilder svg = new StringBuilder();
        svg.append("<svg viewBox='0 0 ").append(WIDTH).append(' ').append(HEIGHT);
        svg.append("' role='img' aria-label='Records per second over time'>\n");
        for (int i = 0; i <= GRID_LINES; i++) {
            double value = top * i / GRID_LINES;
            String y = number(y(value, top));
            svg.append("<line class='grid' x1='" + LEFT + "' x2='" + (WIDTH - RIGHT) + "' y1='" + y + "' y2='" + y
                    + "'/><text text-anchor='end' x='" + (LEFT - 8) + "' y='" + number(y(value, top) + 4) + "'>"
                    + label(value) + "</text>\n");
        }
        for (int i = 0; i <= GRID_LINES; i++) {
            double seconds = end * i / GRID_LINES;
            String anchor = i == GRID_LINES ? "end" : "middle";
            svg.append("<text text-anchor='" + anchor + "' x='" + number(x(seconds, end)) + "' y='" + (HEIGHT - 8)
                    + "'>" + time(seconds) + "</text>\n");
        }
        StringBuilder line = new StringBuilder();
        for (Step step : steps) {
            line.append(line.length() == 0 ? "M" : " L").append(number(x(step.from(), end)));
            line.append(' ').append(number(y(step.rate(), top)));
            line.append(" L").append(number(x(step.to(), end))).append(' ').append(number(y(step.rate(), top)));
        }
        String floor = number(y(0, top));
        svg.append("<path class='area' d='")
                .append(line)
                .append(" L")
                .append(number(x(end, end)))
                .append(' ');
        svg.append(floor)
                .append(" L")
                .append(number(x(0, end)))
                .append(' ')
                .append(floor)
                .append(" Z'/>\n");
        svg.append("<path class='curve' d='").append(line).append("'/>\n");
        for (Rates.Point point : points) {
            if (point.resumed()) {
                String x = number(x(point.seconds(), end));
                svg.append("<line class='restart' x1='" + x + "' x2='" + x + "' y1='" + TOP + "' y2='"
                        + (HEIGHT - BOTTOM) + "'><title>taken up again</title></line>\n");
            }
        }
        return svg.append("</svg>\n").toString();
    }

    /** Points that lie too close together become one step. */
    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        if (points.size() < 2) {
            return steps;
        }
        Rates.Point end = points.get(points.size() - 1);
        double least = end.seconds() / MOST_STEPS;
        List<Rates.Point> marks = new ArrayList<>(List.of(points.get(0)));
        for (Rates.Point point : points) {
            if (point.seconds() - marks.get(marks.size() - 1).seconds() >= least && least > 0) {
                marks.add(point);
            }
        }
        if (marks.size() > 1) { // what is left over at the end belongs to the last step
            marks.remove(marks.size() - 1);
        }
        marks.add(end);
        for (int i = 1; i < marks.size(); i++) {
            Rates.Point from = marks.get(i - 1);
            Rates.Point to = marks.get(i);
            double seconds = to.seconds() - from.seconds();
            if (seconds > 0) {
                steps.add(new Step(from.seconds(), to.seconds(), Math.max(0, to.records() - from.records()) / seconds));
            }
        }
        return steps;
    }

    private static double x(double seconds, double end) {
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / end;
    }

    private static double y(double rate, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / top;
    }

    /** 1, 2, 4, 6, 8 or 10 times a power of ten, so that the lines have round numbers. */
    private static double niceCeiling(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1))));
        for (int factor : new int[] {1, 2, 4, 6, 8, 10}) {
            if (factor * power >= value) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String label(double value) {
        return value >= 10 || value == 0 ? String.format(Locale.ROOT, "%,.0f", value) : number(value);
    }

    private static String time(double seconds) {
        if (seconds < 100) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
        }
        return seconds < 7200
                ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
}
