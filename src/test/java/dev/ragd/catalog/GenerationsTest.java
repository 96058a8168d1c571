package dev.ragd.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationsTest {

    @TempDir
    Path home;

    private Path file;
    private Generations generations;

    @BeforeEach
    void open() {
        file = home.resolve("data/catalog.json");
        generations = new Generations(file);
    }

    @Test
    void aCollectionThatWasNeverSwitchedIsItsOwnFirstGeneration() {
        assertThat(generations.current("chromadb", "documents"))
                .isEqualTo(new Generation("chromadb", "documents", "documents", 1, null));
        assertThat(generations.nextPhysical("chromadb", "documents")).isEqualTo("documents.g2");
        assertThat(generations.all()).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void aSwitchKeepsThePreviousGenerationAndOtherCollections() {
        generations.publish("chromadb", "documents", "documents.g2");
        generations.publish("faiss", "documents", "documents.g2");
        generations.publish("chromadb", "documents", "documents.g3");

        Generations reopened = new Generations(file);
        assertThat(reopened.current("chromadb", "documents"))
                .isEqualTo(new Generation("chromadb", "documents", "documents.g3", 3, "documents.g2"));
        assertThat(reopened.current("faiss", "documents"))
                .isEqualTo(new Generation("faiss", "documents", "documents.g2", 2, "documents"));
        assertThat(reopened.nextPhysical("chromadb", "documents")).isEqualTo("documents.g4");
        assertThat(reopened.all()).hasSize(2);
    }

    @Test
    void publishingTwiceIsPublishingOnce() throws IOException {
        Generation first = generations.publish("chromadb", "documents", "documents.g2");
        byte[] content = Files.readAllBytes(file);
        assertThat(generations.publish("chromadb", "documents", "documents.g2")).isEqualTo(first);
        assertThat(file).hasBinaryContent(content);
        assertThat(generations.publish("chromadb", "notes", "notes").number()).isEqualTo(1);
    }

    @Test
    void theFileIsInTheDocumentedFormat() {
        generations.publish("chromadb", "documents", "documents.g2");
        assertThat(file)
                .hasContent("{\"magic\":\"ragd-catalog\",\"version\":1,\"collections\":[{\"backend\":\"chromadb\","
                        + "\"collection\":\"documents\",\"physical\":\"documents.g2\",\"generation\":2,"
                        + "\"previous\":\"documents\"}]}");
    }

    @Test
    void unknownFieldsOfAnEntryAreIgnored() throws IOException {
        write("{\"magic\":\"ragd-catalog\",\"version\":1,\"collections\":[{\"later\":{\"a\":[1]},\"backend\":\"b\","
                + "\"collection\":\"c\",\"physical\":\"p\",\"generation\":5}]}");
        assertThat(generations.current("b", "c")).isEqualTo(new Generation("b", "c", "p", 5, null));
    }

    @Test
    void aNewerVersionIsRefusedAndNotOverwritten() throws IOException {
        String newer = "{\"magic\":\"ragd-catalog\",\"version\":2,\"collections\":{}}";
        write(newer);
        assertThatThrownBy(() -> generations.publish("b", "c", "c.g2"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("format version 2, this ragd knows up to 1");
        assertThat(file).hasContent(newer);
    }

    @Test
    void whatIsDamagedIsToldAndNotTakenForEmpty() throws IOException {
        for (String damaged : new String[] {
            "",
            "[]",
            "{}",
            "{\"magic\":\"other\"}",
            "{\"magic\":\"ragd-catalog\"}",
            "{\"magic\":\"ragd-catalog\",\"version\":0}",
            "{\"magic\":\"ragd-catalog\",\"version\":1,\"collections\":[{\"backend\":\"b\"}]}",
            "{\"magic\":\"ragd-catalog\",\"version\":1,\"collections\":[7]}",
            "{\"magic\":\"ragd-catalog\",\"version\":1,\"collections\":["
        }) {
            write(damaged);
            assertThatThrownBy(() -> generations.current("b", "c"))
                    .as(damaged)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("catalog.json is damaged");
        }
    }

    private void write(String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
