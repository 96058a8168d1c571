package dev.ragd.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A shell pattern on paths with {@code /} between their names.
 *
 * <p>{@code *} any characters of one name, {@code ?} one of them, {@code [a-z]} and {@code [!a-z]} sets, {@code {a,b}}
 * alternatives, {@code **} any number of names, none included: {@code **}{@code /x.md} matches {@code x.md} too. A
 * pattern without a slash matches a name wherever it lies; one with a slash matches the whole path below the root.
 * Immutable.
 */
final class Glob {

    private final Pattern pattern;
    private final boolean nameOnly;
    private final List<String> names;

    private Glob(Pattern pattern, boolean nameOnly, List<String> names) {
        this.pattern = pattern;
        this.nameOnly = nameOnly;
        this.names = names;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException when it is empty or a bracket is not closed
     */
    static Glob of(String glob) {
        String g = glob.startsWith("./") ? glob.substring(2) : glob;
        boolean anchored = g.startsWith("/");
        g = anchored ? g.substring(1) : g;
        g = g.endsWith("/") ? g.substring(0, g.length() - 1) : g;
        if (g.isEmpty()) {
            throw new IllegalArgumentException("an empty pattern matches nothing: '" + glob + "'");
        }
        try {
            return new Glob(
                    Pattern.compile(regex(g), Pattern.DOTALL), !anchored && g.indexOf('/') < 0, List.of(g.split("/")));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("not a pattern: '" + glob + "': " + e.getDescription(), e);
        }
    }

    static List<Glob> all(List<String> globs) {
        return globs.stream().map(Glob::of).toList();
    }

    /** Whether this pattern matches a path like {@code notes/2024/plan.md}. */
    boolean matches(String relativePath) {
        String subject = nameOnly ? relativePath.substring(relativePath.lastIndexOf('/') + 1) : relativePath;
        return pattern.matcher(subject).matches();
    }

    /** Those of its names that are spelled out at their start: patterns that mention {@code .config} or {@code target}. */
    List<Glob> spelledOutNames() {
        List<Glob> result = new ArrayList<>();
        for (String name : names) {
            if (!name.startsWith("*") && !name.startsWith("?") && !name.startsWith("[")) {
                result.add(new Glob(Pattern.compile(regex(name), Pattern.DOTALL), true, List.of(name)));
            }
        }
        return result;
    }

    private static String regex(String glob) {
        StringBuilder r = new StringBuilder();
        int braces = 0;
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> {
                    if (glob.startsWith("**/", i) && (i == 0 || glob.charAt(i - 1) == '/')) {
                        r.append("(?:[^/]+/)*");
                        i += 2;
                    } else if (glob.startsWith("**", i)) {
                        r.append(".*");
                        i++;
                    } else {
                        r.append("[^/]*");
                    }
                }
                case '?' -> r.append("[^/]");
                case '[' -> {
                    int end = glob.indexOf(']', i + 2);
                    if (end < 0) {
                        throw new PatternSyntaxException("'[' without ']'", glob, i);
                    }
                    String set =
                            glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
                    r.append('[')
                            .append(set.startsWith("!") ? "^/" + set.substring(1) : set.replace("^", "\\^"))
                            .append(']');
                    i = end;
                }
                case '{' -> {
                    braces++;
                    r.append("(?:");
                }
                case '}' -> r.append(braces-- > 0 ? ")" : "\\}");
                case ',' -> r.append(braces > 0 ? "|" : ",");
                case '\\' -> {
                    i = Math.min(i + 1, glob.length() - 1);
                    r.append(Pattern.quote(String.valueOf(glob.charAt(i))));
                }
                default ->
                    r.append(Character.isLetterOrDigit(c) ? String.valueOf(c) : Pattern.quote(String.valueOf(c)));
            }
        }
        if (braces > 0) {
            throw new PatternSyntaxException("'{' without '}'", glob, -1);
        }
        return r.toString();
    }
}
