package dev.ragd.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

    @TempDir
    Path folder;

    private static ConfigFile parse(String yaml) {
        return ConfigFile.parse(Path.of("config.yml"), yaml);
    }

    @Test
    void keysMayBeNestedOrDottedOrBoth() {
        ConfigFile file = parse("storage:\n  chromadb.url: http://a\n  backend: x\nsearch.k: 3\n");
        assertThat(file.problems()).isEmpty();
        assertThat(file.entries())
                .containsEntry("storage.chromadb.url", new ConfigFile.Entry("http://a", 2))
                .containsEntry("storage.backend", new ConfigFile.Entry("x", 3))
                .containsEntry("search.k", new ConfigFile.Entry("3", 4))
                .hasSize(3);
    }

    @Test
    void aKeyThatIsSetTwiceIsAProblem() {
        assertThat(parse("search:\n  k: 3\nsearch.k: 4\n").problems())
                .extracting(Problem::toString)
                .containsExactly("config.yml line 3: search.k: is set a second time; line 2 sets it already");
    }

    @Test
    void headersMayBeAMap() {
        ConfigFile file = parse("storage.chromadb.headers:\n  X-Key: 'a; b'\n  Other: c\n");
        assertThat(file.entries().get("storage.chromadb.headers").text()).isEqualTo("X-Key: a; b\nOther: c");
    }

    @Test
    void aListIsAProblem() {
        assertThat(parse("search:\n  k: [1, 2]\n").problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "config.yml line 2: search.k: expected a whole number from 1 to 10000, but it is a list");
    }

    @Test
    void whatIsNoYamlIsAProblemWithItsLine() {
        assertThat(parse("search:\n  k: 3\n bad\n").problems())
                .singleElement()
                .satisfies(p -> assertThat(p.where()).isEqualTo("config.yml line 3"));
        assertThat(parse("just words").problems())
                .extracting(Problem::toString)
                .containsExactly("config.yml line 1: expected 'key: value' lines");
    }

    @Test
    void nothingInTheFileIsExecuted() {
        ConfigFile file =
                parse("search.k: !!javax.script.ScriptEngineManager [x]\nembed.model: !!java.io.File /tmp/x\n");
        assertThat(file.entries()).isEmpty();
        assertThat(file.problems())
                .extracting(Problem::message)
                .allSatisfy(m -> assertThat(m).startsWith("is not YAML: ").contains("tag"));
        assertThat(file.problems()).hasSize(1);
    }

    @Test
    void aMissingFileIsEmptyAndAnUnreadableOneAProblem() throws IOException {
        ConfigFile missing = ConfigFile.read(folder.resolve("config.yml"));
        assertThat(missing.entries()).isEmpty();
        assertThat(missing.problems()).isEmpty();

        Path binary = folder.resolve("binary.yml");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(ConfigFile.read(binary).problems())
                .extracting(Problem::message)
                .containsExactly("is not UTF-8 text");
        assertThat(ConfigFile.read(folder).problems()).hasSize(1);
    }
}
