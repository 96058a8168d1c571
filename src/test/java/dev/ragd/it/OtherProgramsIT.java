package dev.ragd.it;

import static dev.ragd.it.RefusalsIT.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collections that another program made, through Chroma's own interface. */
class OtherProgramsIT {

    private static final String PENGUINS = "Penguins live in the south.";
    private static final String OTTERS = "Otters live in rivers.";

    @TempDir
    Path folder;

    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(folder);
    }

    @Test
    void aCollectionWithChromasDefaultFunctionIsSearchedWithTheSameModel() {
        fill("{\"embedding_function\":{\"type\":\"known\",\"name\":\"default\",\"config\":{}}}");
        Map<String, String> before = desk.contents();

        Ragd.Result found =
                desk.ragd.run("search", "birds of the cold", "--json").expect(0);

        assertThat(found.json().at("/results/0/text").asString()).isEqualTo(PENGUINS);
        assertThat(found.json().at("/model").asString()).isEqualTo("local:all-minilm-l6-v2-fp32");
        Ragd.Result exact = desk.ragd.run("search", PENGUINS, "--json").expect(0);
        assertThat(exact.json().at("/results/0/score").asDouble())
                .as("the very vector that was stored")
                .isGreaterThan(0.9999);
        desk.write("a.txt", "Some text.");
        error(desk.index(), 5, desk.collection, "not made by ragd", "another --collection");
        assertThat(desk.contents()).isEqualTo(before);
    }

    @Test
    void aCollectionOfAnUnknownModelWantsToBeTold() {
        fill("{\"embedding_function\":{\"type\":\"known\",\"name\":\"mystery\",\"config\":{}}}");

        error(
                desk.ragd.run("search", "birds", "--json"),
                5,
                desk.collection,
                "'mystery'",
                "384 components",
                "--assume-model",
                "embed.model");

        Ragd.Result told = desk.ragd
                .run("search", "birds", "--json", "--assume-model", "--model", "all-minilm-l6-v2-fp32")
                .expect(0);
        assertThat(told.json().at("/results/0/text").asString()).isEqualTo(PENGUINS);
    }

    @Test
    void aCollectionThatSaysNothingWantsToBeToldToo() {
        fill("{\"hnsw\":{\"space\":\"cosine\"}}");

        error(desk.ragd.run("search", "birds", "--json"), 5, "does not say which model", "--assume-model");
    }

    @Test
    void vectorsOfAnotherLengthAreNeverCompared() {
        String id = desk.chroma.create(desk.collection, "{\"hnsw\":{\"space\":\"ip\"}}");
        desk.chroma.add(id, "one", new float[] {1, 0, 0}, "three numbers");
        desk.write("a.txt", "Some text.");

        error(desk.index(), 5, desk.collection, "not made by ragd");
        error(desk.index("--full"), 5, desk.collection, "not made by ragd");
        error(
                desk.ragd.run("search", "birds", "--json", "--assume-model"),
                5,
                "vectors of 3 components",
                "384",
                "another --collection");
        assertThat(desk.contents()).containsOnlyKeys("one");
    }

    private void fill(String configuration) {
        String id = desk.chroma.create(desk.collection, configuration);
        EmbedSettings fp32 = EmbedSettings.local(folder.resolve("cache")).withModel("all-minilm-l6-v2-fp32");
        try (Embedder model = Embedders.open(fp32)) {
            desk.chroma.add(id, "p", model.embedQuery(PENGUINS), PENGUINS);
            desk.chroma.add(id, "o", model.embedQuery(OTTERS), OTTERS);
        }
    }
}
