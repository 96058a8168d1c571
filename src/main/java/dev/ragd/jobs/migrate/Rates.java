package dev.ragd.jobs.migrate;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a copy went over time, thinned to what a plot can show.
 *
 * @param points in order of time; time without work, between a kill and the resume, is left out
 */
record Rates(List<Point> points) {

    private static final int MOST_POINTS = 240;
    /** Longer than any batch takes; a longer silence means that nobody was working. */
    private static final long PAUSE_MILLIS = 60_000;

    /**
     * A moment.
     *
     * @param seconds of work until then
     * @param records done until then
     * @param resumed true for the first one after a restart
     */
    record Point(double seconds, long records, boolean resumed) {}

    Rates {
        points = List.copyOf(points);
    }

    /** Reads the lines that the copy wrote; a line that a kill cut short is left out. */
    static Rates read(Path file, long batches) throws IOException {
        if (Files.notExists(file)) {
            return new Rates(List.of());
        }
        long every = Math.max(1, batches / MOST_POINTS);
        List<Point> points = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            long last = -1;
            double seconds = 0;
            long lastRecords = -1;
            long n = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.matches("\\d{1,18} \\d{1,18}")) {
                    continue;
                }
                long millis = Long.parseLong(line.substring(0, line.indexOf(' ')));
                long records = Long.parseLong(line.substring(line.indexOf(' ') + 1));
                // A run starts with a line of its own, which repeats what was done; clocks may have moved since.
                boolean resumed = last >= 0 && records <= lastRecords;
                seconds += last < 0 || resumed ? 0 : Math.max(0, Math.min(PAUSE_MILLIS, millis - last)) / 1e3;
                if (n++ % every == 0 || resumed) {
                    points.add(new Point(seconds, records, resumed));
                }
                last = millis;
                lastRecords = records;
            }
            if (last >= 0 && !points.isEmpty() && points.get(points.size() - 1).records() != lastRecords) {
                points.add(new Point(seconds, lastRecords, false));
            }
        }
        return new Rates(points);
    }

    /** Seconds of work in all. */
    double seconds() {
        return points.isEmpty() ? 0 : points.get(points.size() - 1).seconds();
    }

    /** Records per second in all; 0 when it was over before it could be measured. */
    double perSecond() {
        return seconds() <= 0 ? 0 : points.get(points.size() - 1).records() / seconds();
    }
}
