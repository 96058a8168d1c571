package dev.ragd.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    @ParameterizedTest
    @CsvSource({"abc,abc,0", "abc,abd,1", "abc,ab,1", "abc,acb,1", "kitten,sitting,3"})
    void distances(String a, String b, int distance) {
        assertThat(Nearest.distance(a, b)).isEqualTo(distance);
        assertThat(Nearest.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void aGuessMustBeNear() {
        List<String> words = List.of("cosine", "l2", "ip");
        assertThat(Nearest.to("COSIN", words)).contains("cosine");
        assertThat(Nearest.to("l1", words)).contains("l2");
        assertThat(Nearest.to("manhattan", words)).isEmpty();
    }
}
