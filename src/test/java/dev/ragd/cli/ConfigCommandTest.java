package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.config.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ConfigCommandTest {

    @TempDir
    Path home;

    private CliTester cli;
    private Path file;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
        file = home.resolve("config.yml");
    }

    @Test
    void getShowsTheValueAndWhereItComesFrom() throws IOException {
        assertThat(cli.run("config", "get", "search.k")).isZero();
        assertThat(cli.out).isEqualTo("10\n");
        assertThat(cli.err).isEqualTo("(default)\n");

        Files.writeString(file, "# mine\nsearch:\n  k: 3\n");
        assertThat(cli.run("config", "get", "search.k")).isZero();
        assertThat(cli.out).isEqualTo("3\n");
        assertThat(cli.err).isEqualTo("(" + file + " line 3)\n");

        cli.environment.put("RAGD_SEARCH_K", "4");
        assertThat(cli.run("config", "get", "search.k", "--json")).isZero();
        assertThat(cli.json().get("value").asString()).isEqualTo("4");
        assertThat(cli.json().get("origin").asString()).isEqualTo("environment variable RAGD_SEARCH_K");
        assertThat(cli.json().get("default").asString()).isEqualTo("10");
    }

    @Test
    void setWritesTheFileAndKeepsComments() throws IOException {
        Files.writeString(file, "# mine\nsearch:\n  k: 3 # few\n");
        assertThat(cli.run("config", "set", "search.k", "5")).isZero();
        assertThat(cli.out).isEqualTo("set search.k = 5 in " + file + "\n");
        assertThat(file).hasContent("# mine\nsearch:\n  k: 5 # few\n");
        assertThat(cli.run("config", "unset", "search.k")).isZero();
        assertThat(file).hasContent("# mine\n");
    }

    @Test
    void setRefusesWhatIsWrongAndWritesNothing() {
        assertThat(cli.run("config", "set", "storage.backnd", "chromadb")).isEqualTo(2);
        assertThat(cli.err).contains("unknown setting; did you mean storage.backend?");
        assertThat(cli.run("config", "set", "index.distance", "cosin")).isEqualTo(2);
        assertThat(cli.err).contains("expected one of cosine, l2, ip").contains("did you mean 'cosine'?");
        assertThat(cli.run("config", "set", "search.k", "")).isEqualTo(2);
        assertThat(cli.err).contains("'ragd config unset search.k'");
        assertThat(file).doesNotExist();
    }

    @Test
    void aSecretIsReadFromStdinAndNeverShown() {
        cli.in = "hunter2\n";
        assertThat(cli.run("config", "set", "embed.api_key", "-")).isZero();
        assertThat(cli.out + cli.err).doesNotContain("hunter2").contains("********");
        assertThat(file).content().contains("hunter2");
        for (String[] command : new String[][] {
            {"config", "get", "embed.api_key"},
            {"config", "list"},
            {"config", "list", "--describe"},
            {"config", "list", "--json"},
            {"config", "validate"}
        }) {
            cli.run(command);
            assertThat(cli.out + cli.err).doesNotContain("hunter2");
        }
    }

    @Test
    void somethingThatWinsOverTheFileIsMentioned() {
        cli.environment.put("RAGD_SEARCH_K", "4");
        assertThat(cli.run("config", "set", "search.k", "5")).isZero();
        assertThat(cli.err).contains("environment variable RAGD_SEARCH_K wins: search.k is 4");
    }

    @Test
    void anUnknownKeyInTheFileCanBeTakenOut() throws IOException {
        Files.writeString(file, "search:\n  q: 3\n  k: 4\n");
        assertThat(cli.run("search", "x")).isEqualTo(2);
        assertThat(cli.err).contains(file + " line 2: search.q: unknown setting; did you mean search.k?");
        assertThat(cli.run("config", "unset", "search.q")).isZero();
        assertThat(file).hasContent("search:\n  k: 4\n");
    }

    @Test
    void listShowsEverySettingOnce() {
        assertThat(cli.run("config", "list", "--json")).isZero();
        assertThat(cli.json().get("settings")).hasSize(Catalogue.all().size());
        assertThat(cli.run("config", "list")).isZero();
        assertThat(cli.out.lines()).hasSize(1 + Catalogue.all().size());
        assertThat(cli.out).containsPattern("storage\\.backend +chromadb +default +chromadb\n");
        assertThat(cli.run("config", "list", "--describe")).isZero();
        assertThat(cli.out).contains("RAGD_SEARCH_K, -k, --set search.k=...");
    }

    @Test
    void validateShowsAllProblemsAtOnce() throws IOException {
        assertThat(cli.run("config", "validate")).isZero();
        assertThat(cli.out).startsWith("The configuration is valid (there is no ");

        Files.writeString(file, "search:\n  k: many\nembed.threds: 2\n");
        cli.environment.put("RAGD_SEARCHK", "4");
        assertThat(cli.run("config", "validate")).isEqualTo(2);
        assertThat(cli.err)
                .contains(file + " line 2: search.k: expected a whole number")
                .contains(file + " line 3: embed.threds: unknown setting; did you mean embed.threads?")
                .contains("RAGD_SEARCHK names no setting; did you mean RAGD_SEARCH_K?".replace("K names", "K: names"))
                .endsWith("2 problems.\n");

        assertThat(cli.run("config", "validate", "--json")).isEqualTo(2);
        JsonNode json = cli.json();
        assertThat(json.get("valid").asBoolean()).isFalse();
        assertThat(json.get("problems")).hasSize(2);
        assertThat(json.get("warnings")).hasSize(1);
    }

    @Test
    void pathShowsTheFile() {
        assertThat(cli.run("config", "path")).isZero();
        assertThat(cli.out).isEqualTo(file + "\n");
        assertThat(cli.run("config", "path", "--json")).isZero();
        assertThat(cli.json().get("exists").asBoolean()).isFalse();
    }

    @Test
    void aWordIsNeeded() {
        assertThat(cli.run("config")).isEqualTo(2);
        assertThat(cli.err).contains("'ragd config' needs one of: get, list, path, set, unset, validate");
    }
}
