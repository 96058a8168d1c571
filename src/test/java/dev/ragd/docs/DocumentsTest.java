package dev.ragd.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What documents quote is there, and where they point to. */
class DocumentsTest {

    private static final Pattern QUOTE = Pattern.compile(
            "(<!-- quote: (\\S+?)(?:#(\\w+))? -->\n```\\w+\n).*?^(```\n)", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern LINK = Pattern.compile("(?:\\]\\(|(?:src|href)=\")(?!https?:|mailto:|#)([^)\"#\\s]+)");

    static List<Path> documents() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : List.of(Path.of("."), Path.of("docs"), Path.of("bench"), Path.of("jobs"))) {
            try (Stream<Path> files = Files.walk(root, root.equals(Path.of(".")) ? 1 : 3)) {
                files.filter(f -> f.toString().endsWith(".md")).sorted().forEach(found::add);
            }
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void quotesAreWhatTheSourceSays(Path document) throws IOException {
        String text = Files.readString(document);
        String expected = QUOTE.matcher(text).replaceAll(quote -> Matcher.quoteReplacement(quoted(quote)));
        GeneratedText.check(document, expected, "./mvnw -Pquick test -Dtest=DocumentsTest");
    }

    private static String quoted(MatchResult quote) {
        try {
            List<String> lines = Files.readAllLines(Path.of(quote.group(2)));
            String tag = quote.group(3);
            if (tag != null) {
                int from = lines.indexOf(lines.stream()
                        .filter(l -> l.strip().equals("// tag::" + tag + "[]"))
                        .findFirst()
                        .orElseThrow());
                int to = lines.indexOf(lines.stream()
                        .filter(l -> l.strip().equals("// end::" + tag + "[]"))
                        .findFirst()
                        .orElseThrow());
                lines = lines.subList(from + 1, to);
            }
            String code = String.join("\n", lines).stripTrailing();
            return quote.group(1) + code.stripIndent() + "\n" + quote.group(4);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Path document) throws IOException {
        Path folder = document.toAbsolutePath().getParent();
        List<String> broken = LINK.matcher(Files.readString(document))
                .results()
                .map(link -> link.group(1))
                .filter(link -> Files.notExists(folder.resolve(link)))
                .toList();
        assertThat(broken).as("links of %s", document).isEmpty();
    }

    @Test
    void theGuideToStoresQuotesTheExample() throws IOException {
        assertThat(QUOTE.matcher(Files.readString(Path.of("docs/adding-a-store.md")))
                        .results()
                        .count())
                .isGreaterThan(3);
    }
}
