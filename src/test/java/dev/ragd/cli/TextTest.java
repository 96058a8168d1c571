package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small things that make output readable. */
class TextTest {

    @Test
    void aTextCannotSteerTheTerminal() {
        assertThat(PlainText.of(" a\r\n\t b\u0000\033[31mc\u202Ed \u00a0e ")).isEqualTo("a b [31mcd e");
        assertThat(PlainText.line("  a\033[31m  b")).isEqualTo("  a[31m  b");
    }

    @Test
    void cutsCountCharactersNotUnits() {
        assertThat(PlainText.cut("🦉🦉🦉", 3)).isEqualTo("🦉🦉🦉");
        assertThat(PlainText.cut("🦉🦉🦉", 2)).isEqualTo("🦉…");
        assertThat(PlainText.cutStart("/a/long/path.md", 8)).isEqualTo("…path.md");
    }

    @ParameterizedTest
    @CsvSource({"0.44,0.4 s", "9.94,9.9 s", "12.3,12 s", "200,3 min 20 s", "7500,2 h 5 min"})
    void times(double seconds, String text) {
        assertThat(Elapsed.of(seconds)).isEqualTo(text);
    }

    @Test
    void aSnippetShowsThePlaceWithTheMostWords() {
        String text = "restart ".repeat(1) + "filler ".repeat(100) + "a stopped run can restart at any time "
                + "filler ".repeat(100);
        String snippet = new Snippet("restart stopped runs").of(text, 200);
        assertThat(snippet)
                .contains("a stopped run can restart at any time")
                .startsWith("…")
                .endsWith("…");
        assertThat(snippet.length()).isBetween(150, 203);
        assertThat(new Snippet("nothing of it").of(text, 200))
                .startsWith("restart filler")
                .endsWith("…");
        assertThat(new Snippet("x").of("a short text", 200)).isEqualTo("a short text");
    }

    @Test
    void aSnippetDoesNotSplitACharacter() {
        String owls = "🦉".repeat(500);
        for (int length = 50; length < 60; length++) {
            String snippet = new Snippet("owl").of(owls, length);
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(snippet)).isTrue();
        }
    }

    @Test
    void wordsOfTheQuestionAreBoldInAnyForm() {
        assertThat(new Snippet("restarting").highlight("Restarted: the restart."))
                .isEqualTo("\033[1mRestarted\033[0m: the \033[1mrestart\033[0m.");
        assertThat(new Snippet("the cost of it").highlight("costs $1 \\ of")).isEqualTo("\033[1mcosts\033[0m $1 \\ of");
    }

    @Test
    void aLogGetsALineNowAndThen() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong clock = new AtomicLong();
        Progress progress = new LineProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), clock::get);
        progress.phase("embedding", 1000, "chunks");
        for (int second = 0; second <= 25; second++) {
            clock.set(TimeUnit.SECONDS.toNanos(second));
            progress.advance(200 + 10L * second);
        }
        progress.note("a file is broken");
        progress.phase("pruning", 0, "chunks");
        clock.set(TimeUnit.SECONDS.toNanos(40));
        progress.advance(7);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        embedding: 300 of 1000 chunks (30 %), 10.0/s, about 1 min 10 s left
                        embedding: 400 of 1000 chunks (40 %), 10.0/s, about 1 min 0 s left
                        a file is broken
                        pruning: 7 chunks
                        """);
    }
}
