package dev.ragd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTypeTest {

    @ParameterizedTest
    @CsvSource({"500ms,500", "60s,60000", "5m,300000", "2h,7200000", "1d,86400000", "60 S,60000"})
    void durations(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "60", "s", "-5s", "1.5s", "60 sec", "999999999999999s"})
    void noDurations(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void aDurationReadsBackWhatItWrites(@ForAll @LongRange(min = 0, max = 10_000_000_000L) long millis) {
        assertThat(Durations.parse(Durations.format(Duration.ofMillis(millis)))).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"0B,0", "1KB,1024", "256MB,268435456", "1 gb,1073741824", "1TB,1099511627776"})
    void sizes(String text, long bytes) {
        assertThat(DataSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "256", "MB", "-1MB", "1.5GB", "1PB", "999999999TB"})
    void noSizes(String text) {
        assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void aSizeReadsBackWhatItWrites(@ForAll @LongRange(min = 0, max = 1L << 45) long bytes) {
        assertThat(DataSize.parse(new DataSize(bytes).toString()).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8000", "https://example.org/base/path"})
    void urls(String text) {
        assertThat(SettingType.url().parser().apply(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8000", "ftp://example.org", "http://", "http://a b", "http://user:secret@host"})
    void noUrls(String text) {
        assertThatThrownBy(() -> SettingType.url().parser().apply(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTildeIsTheUsersHome() {
        assertThat(SettingType.path().parser().apply("~/bin/chroma"))
                .isEqualTo(Path.of(System.getProperty("user.home"), "bin/chroma"));
    }

    @Test
    void headers() {
        assertThat(SettingType.headers().parser().apply("X-Key: a:b; Other:c\nThird: d"))
                .isEqualTo(Map.of("X-Key", "a:b", "Other", "c", "Third", "d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no colon", ": value", "Bad Name: x", "X-Key: a\u0007b"})
    void noHeaders(String text) {
        assertThatThrownBy(() -> SettingType.headers().parser().apply(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bothBoundsOfANumberAreIncluded() {
        SettingType<Integer> type = SettingType.integer(1, 10);
        assertThat(type.parser().apply("1")).isEqualTo(1);
        assertThat(type.parser().apply("10")).isEqualTo(10);
        assertThatThrownBy(() -> type.parser().apply("0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> type.parser().apply("11")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> type.parser().apply("ten")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWrongValueIsAnsweredWithTheAllowedOnesAndAGuess() {
        assertThatThrownBy(() -> Catalogue.DISTANCE.parse("cosin", "here"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("here: index.distance: expected one of cosine, l2, ip, but it is 'cosin';"
                        + " did you mean 'cosine'?");
    }

    @Test
    void aWrongSecretIsNotShown() {
        assertThatThrownBy(() -> Catalogue.CHROMA_HEADERS.parse("hunter2", "here"))
                .hasMessageContaining("headers")
                .hasMessageNotContaining("hunter2");
    }
}
