package dev.ragd.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What values a setting takes.
 *
 * @param name a word for tables, for example {@code duration}
 * @param expected completes "expected ...", for example "a duration such as 60s"
 * @param allowed the only values, when there is a list of them; otherwise empty
 * @param parser turns text into a value, or throws {@link IllegalArgumentException}
 */
public record SettingType<T>(String name, String expected, List<String> allowed, Function<String, T> parser) {

    /** Any text. */
    static SettingType<String> text() {
        return new SettingType<>("text", "text", List.of(), Function.identity());
    }

    /** One of some words. */
    static SettingType<String> choice(String... words) {
        List<String> allowed = List.of(words);
        return new SettingType<>("choice", "one of " + String.join(", ", allowed), allowed, text -> {
            if (!allowed.contains(text)) {
                throw new IllegalArgumentException("not one of " + allowed);
            }
            return text;
        });
    }

    /** Text that must satisfy a condition. */
    static SettingType<String> textThat(String expected, Function<String, Boolean> condition) {
        return new SettingType<>("text", expected, List.of(), text -> {
            if (!condition.apply(text)) {
                throw new IllegalArgumentException("not " + expected);
            }
            return text;
        });
    }

    /** A whole number, both bounds included. */
    static SettingType<Integer> integer(int least, int most) {
        return new SettingType<>("number", "a whole number from " + least + " to " + most, List.of(), text -> {
            int value = Integer.parseInt(text);
            if (value < least || value > most) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        });
    }

    /** A number, both bounds included. */
    static SettingType<Double> decimal(double least, double most) {
        return new SettingType<>("number", "a number from " + least + " to " + most, List.of(), text -> {
            double value = Double.parseDouble(text);
            if (!(value >= least && value <= most)) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        });
    }

    /** A duration, both bounds included. */
    static SettingType<Duration> duration(Duration least, Duration most) {
        String expected = "a duration such as 60s (units ms, s, m, h, d) from " + Durations.format(least) + " to "
                + Durations.format(most);
        return new SettingType<>("duration", expected, List.of(), text -> {
            Duration value = Durations.parse(text);
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        });
    }

    /** A size, both bounds included. */
    static SettingType<DataSize> size(DataSize least, DataSize most) {
        String expected = "a size such as 256MB (units B, KB, MB, GB, TB) from " + least + " to " + most;
        return new SettingType<>("size", expected, List.of(), text -> {
            DataSize value = DataSize.parse(text);
            if (value.bytes() < least.bytes() || value.bytes() > most.bytes()) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        });
    }

    /** The address of a server. */
    static SettingType<URI> url() {
        return new SettingType<>("url", "an http:// or https:// address", List.of(), text -> {
            try {
                URI uri = new URI(text);
                boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (!http || uri.getHost() == null || uri.getUserInfo() != null) {
                    throw new IllegalArgumentException("no http address");
                }
                return uri;
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    /** A file or folder; {@code ~/} is the user's home. */
    static SettingType<Path> path() {
        return new SettingType<>("path", "a path", List.of(), text -> {
            try {
                return text.startsWith("~/")
                        ? Path.of(System.getProperty("user.home"), text.substring(2))
                        : Path.of(text);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    /** HTTP headers; in a file a map, elsewhere {@code Name: value; Other: value}. */
    static SettingType<Map<String, String>> headers() {
        return new SettingType<>(
                "headers", "headers such as 'Name: value; Other: value'", List.of(), SettingType::parseHeaders);
    }

    private static Map<String, String> parseHeaders(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String part : text.split("[;\n]")) {
            if (part.isBlank()) {
                continue;
            }
            int colon = part.indexOf(':');
            String name = colon < 0 ? "" : part.substring(0, colon).strip();
            String value = part.substring(colon + 1).strip();
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") || !value.matches("[\\x20-\\x7e\\t]*")) {
                throw new IllegalArgumentException("no header");
            }
            headers.put(name, value);
        }
        return Collections.unmodifiableMap(headers);
    }
}
