package dev.ragd.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChunkerTest {

    private static final String FAMILY = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67";

    private static List<TextChunk> chunk(String text, int max, int overlap) {
        return new Chunker(new WordTokenizer(6), new ChunkSettings(max, overlap)).chunk(text);
    }

    private static List<String> texts(List<TextChunk> chunks) {
        return chunks.stream().map(TextChunk::text).toList();
    }

    @Test
    void defaultsFitAModelOf256Tokens() {
        assertThat(ChunkSettings.DEFAULT).isEqualTo(new ChunkSettings(200, 30));
        assertThat(ChunkSettings.DEFAULT.fingerprint()).isEqualTo("chunks-1/200/30");
    }

    @Test
    void refusesAnOverlapThatWouldRepeatMoreThanItAdds() {
        assertThatThrownBy(() -> new ChunkSettings(100, 26))
                .hasMessage("chunk.overlap_tokens is 26, must be between 0 and a quarter of chunk.max_tokens (25)");
        assertThatThrownBy(() -> new ChunkSettings(3, 0)).hasMessageContaining("chunk.max_tokens is 3");
    }

    @Test
    void aBlankTextHasNoChunks() {
        assertThat(chunk("", 10, 2)).isEmpty();
        assertThat(chunk(" \n\t\u00A0\n".repeat(5000), 10, 2)).isEmpty();
    }

    @Test
    void aShortTextIsOneTrimmedChunk() {
        assertThat(chunk("\n  one two.  \n", 10, 2)).containsExactly(new TextChunk(3, 11, "one two.", 3));
    }

    @Test
    void prefersParagraphsToSentencesAndSentencesToWords() {
        assertThat(texts(chunk("A b c d e f.\n\nG h. I j k l m n o x.", 12, 0)))
                .containsExactly("A b c d e f.", "G h. I j k l m n o x.");
        assertThat(texts(chunk("A b c d e f. G h i j k l m n o x.", 12, 0)))
                .containsExactly("A b c d e f.", "G h i j k l m n o x.");
        assertThat(texts(chunk("a b c d e f g h i j k l m n", 8, 0))).containsExactly("a b c d e f g h", "i j k l m n");
    }

    @Test
    void aHeadingStartsAChunkAndKeepsItsText() {
        String text = "One two three four five six.\n\n## Next\n\nSeven eight nine ten eleven twelve thirteen.";
        assertThat(texts(chunk(text, 14, 3)))
                .containsExactly(
                        "One two three four five six.", "## Next\n\nSeven eight nine ten eleven twelve thirteen.");
    }

    @Test
    void repeatsWholeSentences() {
        assertThat(texts(chunk("Aa bb cc dd ee. Bb. Cc dd ee ff gg hh. Dd ee.", 10, 2)))
                .containsExactly("Aa bb cc dd ee. Bb.", "Bb. Cc dd ee ff gg hh.", "hh. Dd ee.");
    }

    @Test
    void knowsThatNotEveryFullStopEndsASentence() {
        for (String text : List.of(
                "We met Dr. Smith at e.g. Oxford street 3.14 today", "See J. K. Rowling and p. 4 of fig. 3 there")) {
            Boundaries places = Boundaries.of(text);
            assertThat(places.count()).as(text).isEqualTo(2);
        }
        Boundaries cjk = Boundaries.of("\u4F60\u597D\u3002\u518D\u89C1\u3002");
        assertThat(cjk.count()).isEqualTo(3);
        assertThat(cjk.offset(1)).isEqualTo(3);
    }

    @Test
    void marksInsideACodeFenceAreNoHeadings() {
        Boundaries places = Boundaries.of("Text.\n\n```\n\n# remark\n\nls\n```\n\n# Heading\n\nText.");
        assertThat(IntStream.range(1, places.count() - 1)
                        .filter(i -> places.level(i) == Boundaries.SECTION)
                        .map(places::offset))
                .containsExactly("Text.\n\n```\n\n# remark\n\nls\n```\n\n".length());
    }

    @Test
    void cutsALongLineWithoutTokensHard() {
        Tokenizer unknown = t -> t.isBlank()
                ? new Tokenizer.Tokens(new int[0], new int[0])
                : new Tokenizer.Tokens(new int[] {0}, new int[] {t.length()});
        List<TextChunk> chunks = new Chunker(unknown, new ChunkSettings(100, 10)).chunk("QUJD".repeat(2500));
        assertThat(chunks).hasSizeGreaterThan(6).allMatch(c -> c.text().length() <= 1600);
    }

    @Test
    void keepsVisibleCharactersWholeInHardCuts() {
        String text = FAMILY.repeat(40);
        for (TextChunk c : chunk(text, 10, 0)) {
            assertThat(c.start() % FAMILY.length()).isZero();
        }
        String accents = "e\u0301".repeat(300);
        for (TextChunk c : chunk(accents, 7, 1)) {
            assertThat(c.start() % 2).isZero();
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> piece = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(
                        6, Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(12)),
                net.jqwik.api.Tuple.of(
                        4, Arbitraries.of(" ", " ", "\n", "\n\n", "\n\n\n", ". ", "! ", "\t", "\u00A0", "\u3000")),
                net.jqwik.api.Tuple.of(
                        2,
                        Arbitraries.of(
                                "# ",
                                "- ",
                                "1. ",
                                "```\n",
                                "===\n",
                                FAMILY,
                                "e\u0301",
                                "\u4F60\u597D\u3002",
                                "|",
                                "\f",
                                "\uD83C\uDDE9\uD83C\uDDEA",
                                "\u0000",
                                "\u200B",
                                "x".repeat(90),
                                "\r\n",
                                "\u2028")),
                net.jqwik.api.Tuple.of(1, Arbitraries.strings().ofMaxLength(8)));
        return piece.list().ofMaxSize(250).map(l -> String.join("", l));
    }

    @Property(tries = 2000)
    void chunksAreExactTrimmedOrderedBoundedAndCoverTheText(
            @ForAll("texts") String text,
            @ForAll @IntRange(min = 4, max = 60) int max,
            @ForAll @IntRange(min = 0, max = 100) int overlapShare,
            @ForAll @IntRange(min = 1, max = 9) int letters) {
        Chunker chunker = new Chunker(new WordTokenizer(letters), new ChunkSettings(max, max / 4 * overlapShare / 100));
        List<TextChunk> chunks = chunker.chunk(text);
        assertThat(chunker.chunk(text)).isEqualTo(chunks);
        int covered = 0;
        int lastStart = -1;
        int lastEnd = -1;
        for (TextChunk c : chunks) {
            assertThat(text.substring(c.start(), c.end())).isEqualTo(c.text());
            assertThat(c.text()).isNotEmpty();
            assertThat(Boundaries.isWhite(c.text().charAt(0))).isFalse();
            assertThat(Boundaries.isWhite(c.text().charAt(c.text().length() - 1)))
                    .isFalse();
            assertThat(c.tokens()).isLessThanOrEqualTo(max);
            assertThat(c.start()).isGreaterThan(lastStart);
            assertThat(c.end()).isGreaterThan(lastEnd);
            for (int i = covered; i < c.start(); i++) {
                assertThat(Boundaries.isWhite(text.charAt(i))).isTrue();
            }
            if (c.start() > 0) {
                assertThat(Character.isSurrogatePair(text.charAt(c.start() - 1), text.charAt(c.start())))
                        .isFalse();
            }
            covered = c.end();
            lastStart = c.start();
            lastEnd = c.end();
        }
        for (int i = covered; i < text.length(); i++) {
            assertThat(Boundaries.isWhite(text.charAt(i))).isTrue();
        }
    }

    @Property(tries = 500)
    void aChangeOfTheLastParagraphLeavesEarlierChunksAlone(
            @ForAll("texts") String before, @ForAll("texts") String end, @ForAll("texts") String otherEnd) {
        List<TextChunk> one = chunk(before + "\n\n" + end, 20, 5);
        List<TextChunk> other = chunk(before + "\n\n" + otherEnd, 20, 5);
        // Chunks that end so early that what they looked at is the same in both.
        List<TextChunk> settled = one.stream()
                .filter(c -> c.end() + 20 * 16 < before.length() - 2)
                .toList();
        assertThat(other.subList(0, Math.min(settled.size(), other.size()))).isEqualTo(settled);
    }

    @Test
    void cutsMeetAgainSoonAfterAnEditInTheMiddle() {
        Random random = new Random(7);
        StringBuilder book = new StringBuilder();
        for (int section = 0; section < 60; section++) {
            book.append("# Section ").append(section).append("\n\n");
            for (int p = 0; p < 4 + random.nextInt(5); p++) {
                for (int s = 0; s < 3 + random.nextInt(6); s++) {
                    book.append("Word ");
                    for (int w = 0; w < 6 + random.nextInt(15); w++) {
                        book.append(Integer.toString(random.nextInt(1 << 20), 36))
                                .append(' ');
                    }
                    book.append("end. ");
                }
                book.append("\n\n");
            }
        }
        String text = book.toString();
        int worst = 0;
        for (int i = 1; i < 20; i++) {
            int at = text.indexOf("end. ", text.length() / 20 * i) + 5;
            String edited = text.substring(0, at) + "A new sentence of some words comes here. " + text.substring(at);
            Set<String> old = new HashSet<>(texts(chunk(text, 200, 30)));
            worst = Math.max(worst, (int) texts(chunk(edited, 200, 30)).stream()
                    .filter(c -> !old.contains(c))
                    .count());
        }
        assertThat(worst).as("changed chunks").isLessThanOrEqualTo(7);
    }

    @Test
    void theTokensOfALongTextAreThoseOfItsParts() {
        String text = IntStream.range(0, 60_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        int total = new WordTokenizer(6).tokenize(text).count();
        int sum = chunk(text, 50, 0).stream().mapToInt(TextChunk::tokens).sum();
        assertThat(sum).isEqualTo(total);
    }
}
