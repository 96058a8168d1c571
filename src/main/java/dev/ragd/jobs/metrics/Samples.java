package dev.ragd.jobs.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples of a file in Prometheus's text format: as much of it as our own files use. */
final class Samples {

    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([^ ]+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    /**
     * A sample.
     *
     * @param labels by name, in the file's order
     */
    record Sample(String name, Map<String, String> labels, double value) {}

    private Samples() {}

    /**
     * Reads a file; lines that are none of a sample are passed over.
     *
     * @return none when there is no file
     */
    static List<Sample> read(Path file) throws IOException {
        List<Sample> samples = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                Matcher parts = LINE.matcher(line);
                if (!line.startsWith("#") && parts.matches()) {
                    add(parts, samples);
                }
            }
        } catch (NoSuchFileException e) {
            return samples;
        }
        return samples;
    }

    private static void add(Matcher parts, List<Sample> samples) {
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher label = LABEL.matcher(parts.group(2) == null ? "" : parts.group(2));
        while (label.find()) {
            labels.put(label.group(1), unescaped(label.group(2)));
        }
        try {
            samples.add(new Sample(parts.group(1), labels, Double.parseDouble(parts.group(3))));
        } catch (NumberFormatException e) {
            return; // +Inf and the like: none of ours
        }
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                plain.append(text.charAt(i) == 'n' ? '\n' : text.charAt(i));
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
