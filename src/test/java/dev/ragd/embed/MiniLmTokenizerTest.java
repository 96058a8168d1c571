package dev.ragd.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MiniLmTokenizerTest {

    private static final MiniLmTokenizer TOKENIZER = new MiniLmTokenizer(LocalEmbedderTest.CACHE);

    /** What words are made of here: letters of many scripts, what normalisation changes, special tokens, rarities. */
    private static final String[] PARTS = {
        "a",
        "the",
        "kernel",
        "Ünïcödé",
        "e\u0301",
        "\u0301",
        "ﬁ",
        "中文",
        "東",
        "한국",
        "\u1100\u1161",
        "😀",
        "👩‍👩‍👧",
        "🇩🇪",
        "…",
        "don't",
        "[MASK]",
        "[CLS]",
        "##ing",
        "\u0000",
        "\u200b",
        "\ufeff",
        "\uFFFD",
        "\u00a0",
        "\u3000",
        "\u2028",
        "x1y2",
        "http://a.b/c?d=e",
        "ΑΒΓ",
        "İ",
        "ß",
        "\ud835\udd38",
        "\u0e33",
        "ا",
        "123,456.78",
        "-",
        "--",
        "(",
        ")",
        "\u0085",
        "averyveryverylongwordwithoutanyend"
    };

    @BeforeAll
    static void stayHome() {
        // DJL's own class is the reference here, and must not call home.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        System.setProperty(
                "DJL_CACHE_DIR", LocalEmbedderTest.CACHE.resolve("djl").toString());
    }

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    /** The version names the folder of the unpacked library: a stale one must not be taken for the new. */
    @Test
    void theVersionIsTheLibrarys() throws IOException {
        try (var in = MiniLmTokenizerTest.class.getResourceAsStream("/native/lib/tokenizers.properties")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip())
                    .endsWith("-" + NativeRuntime.TOKENIZERS_VERSION);
        }
    }

    @Test
    void spansAreUtf16IndexesIntoTheText() {
        String text = "Smile 😀, Grüße! unaffable";
        TokenSpans spans = TOKENIZER.tokenize(text);
        assertThat(words(text, spans)).containsExactly("Smile", "😀", ",", "Gr", "ü", "ße", "!", "una", "ffa", "ble");
    }

    @Test
    void aCharacterOfSeveralTokensBelongsToTheFirst() {
        String text = "x 한국";
        TokenSpans spans = TOKENIZER.tokenize(text);
        assertThat(String.join("", words(text, spans))).isEqualTo("x한국");
        assertThat(spans.count()).isEqualTo(7);
        assertInOrder(spans, text.length());
    }

    @Test
    void emptyTextHasNoTokens() {
        assertThat(TOKENIZER.tokenize("").count()).isZero();
        assertThat(TOKENIZER.tokenize(" \n\t ").count()).isZero();
    }

    /** Against the whole text in one call of the library's own class: cutting into pieces must not show. */
    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 20_000, 100_000})
    void equalsTheReferenceOnMixedText(int length) throws IOException {
        try (HuggingFaceTokenizer reference = reference()) {
            for (int seed = 0; seed < (length < 20_000 ? 50 : 3); seed++) {
                String text = mixed(length, new Random(seed));
                TokenSpans spans = TOKENIZER.tokenize(text);
                TokenSpans expected = spans(reference.encode(text, false, false), text);
                assertThat(spans.starts()).as("seed " + seed).isEqualTo(expected.starts());
                assertThat(spans.ends()).as("seed " + seed).isEqualTo(expected.ends());
                assertInOrder(spans, text.length());
            }
        }
    }

    @Test
    void inputNumbersEqualTheReference() throws IOException {
        try (WordPieces pieces = WordPieces.open(LocalEmbedderTest.CACHE);
                HuggingFaceTokenizer reference = reference(
                        "padding", "false", "truncation", "true", "maxLength", "256", "modelMaxLength", "512")) {
            for (int seed = 0; seed < 50; seed++) {
                String text = mixed(1 + seed * 400, new Random(seed));
                assertThat(pieces.ids(text, 256))
                        .as("seed " + seed)
                        .isEqualTo(reference.encode(text).getIds());
            }
            // Stored vectors depend on these numbers.
            assertThat(pieces.ids("A cat sat on the mat.", 256))
                    .containsExactly(101, 1037, 4937, 2938, 2006, 1996, 13523, 1012, 102);
            assertThat(pieces.ids("A cat sat on the mat.", 5)).containsExactly(101, 1037, 4937, 2938, 102);
        }
    }

    @Test
    void loneSurrogatesDoNotShiftOffsets() {
        String text = "a \uD800 😀 b \uDC00 c\uD83D";
        assertThat(words(text, TOKENIZER.tokenize(text))).containsExactly("a", "😀", "b", "c");
    }

    @Test
    void longTextsTakeLinearTime() {
        String text = mixed(1_000_000, new Random(1));
        TOKENIZER.tokenize(text.substring(0, 100_000));
        long begin = System.nanoTime();
        TokenSpans spans = TOKENIZER.tokenize(text);
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("1 MB: %d tokens in %.2f s%n", spans.count(), seconds);
        assertInOrder(spans, text.length());
        // One word without an end cannot be cut, and must not take for ever either.
        assertThat(TOKENIZER.tokenize("x".repeat(1_000_000)).count()).isEqualTo(1);
        assertThat(TOKENIZER.tokenize("中".repeat(200_000)).count()).isEqualTo(200_000);
    }

    @Test
    void manyThreadsAtOnce() {
        String text = mixed(5_000, new Random(7));
        TokenSpans expected = TOKENIZER.tokenize(text);
        assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> TOKENIZER.tokenize(text)))
                .allSatisfy(s -> assertThat(s.starts()).isEqualTo(expected.starts()));
    }

    @Test
    void closedIsRefused() {
        MiniLmTokenizer tokenizer = new MiniLmTokenizer(LocalEmbedderTest.CACHE);
        tokenizer.tokenize("a");
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.tokenize("a")).isInstanceOf(IllegalStateException.class);
    }

    static HuggingFaceTokenizer reference(String... options) throws IOException {
        stayHome();
        Map<String, String> map = new java.util.HashMap<>(Map.of("padding", "false", "truncation", "false"));
        for (int i = 0; i < options.length; i += 2) {
            map.put(options[i], options[i + 1]);
        }
        try (var in = MiniLmTokenizerTest.class.getResourceAsStream(LocalModel.TOKENIZER_RESOURCE)) {
            return HuggingFaceTokenizer.newInstance(in, map);
        }
    }

    private static TokenSpans spans(Encoding encoding, String text) {
        int[] units = new int[text.codePointCount(0, text.length()) + 1];
        for (int i = 0, unit = 0; i < units.length; i++) {
            units[i] = unit;
            unit += unit < text.length() ? Character.charCount(text.codePointAt(unit)) : 0;
        }
        CharSpan[] spans = encoding.getCharTokenSpans();
        int[] ends = Arrays.stream(spans).mapToInt(s -> units[s.getEnd()]).toArray();
        Arrays.parallelPrefix(ends, Math::max);
        int[] starts = Arrays.stream(spans).mapToInt(s -> units[s.getStart()]).toArray();
        for (int i = 1; i < starts.length; i++) {
            starts[i] = Math.max(starts[i], ends[i - 1]);
        }
        return new TokenSpans(starts, ends);
    }

    private static String mixed(int length, Random random) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
            text.append(new String[] {" ", " ", " ", "", "\n", "  ", "\r\n", "\t"}[random.nextInt(8)]);
        }
        return text.toString();
    }

    private static void assertInOrder(TokenSpans spans, int length) {
        int last = 0;
        for (int i = 0; i < spans.count(); i++) {
            assertThat(spans.starts()[i]).isGreaterThanOrEqualTo(last);
            assertThat(spans.ends()[i]).isGreaterThanOrEqualTo(spans.starts()[i]);
            last = spans.ends()[i];
        }
        assertThat(last).isLessThanOrEqualTo(length);
    }

    private static List<String> words(String text, TokenSpans spans) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < spans.count(); i++) {
            words.add(text.substring(spans.starts()[i], spans.ends()[i]));
        }
        return words;
    }
}
