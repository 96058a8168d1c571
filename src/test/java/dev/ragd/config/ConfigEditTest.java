package dev.ragd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ConfigEditTest {

    private static final String COMMENTED = """
            # where the vectors are
            storage:
              backend: chromadb   # the default

              # our server 🦉
              chromadb:
                url: http://old:8000 # until May

            search:
              k: 5
            """;

    private static ConfigFile parse(String yaml) {
        return ConfigFile.parse(Path.of("config.yml"), yaml);
    }

    private static String set(String yaml, String key, String value) {
        return new ConfigEdit(parse(yaml)).set(key, value);
    }

    private static String unset(String yaml, String key) {
        return new ConfigEdit(parse(yaml)).unset(key);
    }

    @Test
    void aValueIsReplacedAndNothingElse() {
        assertThat(set(COMMENTED, "storage.chromadb.url", "https://new:9000"))
                .isEqualTo(COMMENTED.replace("http://old:8000", "https://new:9000"));
        assertThat(set(COMMENTED, "search.k", "50")).isEqualTo(COMMENTED.replace("k: 5", "k: 50"));
    }

    @Test
    void aNewKeyGoesBehindTheLastOfItsSection() {
        assertThat(set(COMMENTED, "storage.chromadb.tenant", "t1"))
                .isEqualTo(COMMENTED.replace("# until May\n", "# until May\n    tenant: t1\n"));
    }

    @Test
    void aNewSectionGoesToTheEnd() {
        assertThat(set(COMMENTED, "embed.threads", "2")).isEqualTo(COMMENTED + "embed:\n  threads: 2\n");
        assertThat(set("", "storage.chromadb.url", "http://a")).isEqualTo("storage:\n  chromadb:\n    url: http://a\n");
        assertThat(set("search:\n  k: 5", "search.k", "6")).isEqualTo("search:\n  k: 6");
        assertThat(set("search:\n  k: 5", "embed.threads", "2")).isEqualTo("search:\n  k: 5\nembed:\n  threads: 2\n");
    }

    @Test
    void dottedKeysAreFoundToo() {
        assertThat(set("search.k: 5 # five\n", "search.k", "6")).isEqualTo("search.k: 6 # five\n");
        assertThat(set("storage:\n  chromadb.url: http://a\n", "storage.chromadb.url", "http://b"))
                .isEqualTo("storage:\n  chromadb.url: http://b\n");
    }

    @Test
    void anEmptyValueIsFilledIn() {
        assertThat(set("search:\n  k:\n", "search.k", "6")).isEqualTo("search:\n  k: 6\n");
        assertThat(set("search:\n", "search.k", "6")).isEqualTo("search:\nsearch.k: 6\n");
    }

    @Test
    void theWholeSectionGoesWithItsLastKey() {
        assertThat(unset("a: 1\nstorage:\n  chromadb:\n    url: http://a\nb: 2\n", "storage.chromadb.url"))
                .isEqualTo("a: 1\nb: 2\n");
        assertThat(unset(COMMENTED, "storage.backend"))
                .isEqualTo(COMMENTED.replace("  backend: chromadb   # the default\n", ""));
        assertThat(unset(COMMENTED, "embed.model")).isEqualTo(COMMENTED);
    }

    @Test
    void aMapOfHeadersIsReplacedAsAWhole() {
        String yaml = "storage:\n  chromadb:\n    headers:\n      X-Key: a\n      Other: b\n    tenant: t\n";
        String edited = set(yaml, "storage.chromadb.headers", "X-Key: c");
        assertThat(parse(edited).entries().get("storage.chromadb.headers").text())
                .isEqualTo("X-Key: c");
        assertThat(parse(edited).entries().get("storage.chromadb.tenant").text())
                .isEqualTo("t");
    }

    @Test
    void flowStyleIsLeftToThePersonWhenItCannotBeEdited() {
        assertThat(set("search: {k: 5}\n", "search.k", "6")).isEqualTo("search: {k: 6}\n");
        assertThatThrownBy(() -> set("{search: {k: 5}}\n", "embed.threads", "2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("edit it by hand");
        assertThatThrownBy(() -> unset("search: {k: 5, x: 6}\n", "search.k"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("config.yml line 1: search.k")
                .hasMessageContaining("Nothing changed");
    }

    @Test
    void aBrokenFileIsNotTouched() {
        assertThatThrownBy(() -> set("search:\n  k: 3\n bad\n", "search.k", "4"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 3");
    }

    @Property(tries = 300)
    void anyValueReadsBackAsItWasWritten(
            @ForAll
                    @NotBlank
                    @StringLength(max = 20)
                    @CharRange(from = ' ', to = '~')
                    @CharRange(from = 0xa1, to = 0x17f)
                    String value) {
        String edited = set(COMMENTED, "embed.model", value);
        assertThat(parse(edited).entries().get("embed.model").text()).isEqualTo(value);
        assertThat(unset(edited, "embed.model")).isEqualTo(COMMENTED);
        String again = set(set(COMMENTED, "search.k", value), "search.k", "5");
        assertThat(again).isEqualTo(COMMENTED);
    }
}
