package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.config.Catalogue;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.docs.GeneratedText;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table in docs/stores.md is what collections declare, of every kind of store, and of both generations of Chroma. */
class StoreMatrixIT {

    private static final Path DOCUMENT = Path.of("docs/stores.md");
    private static final Path FAISS_FILE = Path.of("src/test/resources/dev/ragd/store/faissfile/idmap-flat.index");

    @TempDir
    Path folder;

    /** What collections of one kind of store can do, by distance. */
    private final Map<String, Map<Distance, Set<Capability>>> columns = new LinkedHashMap<>();

    @Test
    void theTableIsWhatStoresDeclare() throws Exception {
        try (TestServer server = ChromaServers.fresh(Generation.V1_5)) {
            createIn("chromadb 1.0", "chromadb", ChromaServers.shared(Generation.V1_0), true);
            createIn("chromadb 1.5", "chromadb", server.url(), false);
            for (String local : List.of("faiss", "leann", "lucene")) {
                createIn(local, local, null, true);
            }
            create("snapshot", new StoreReference("snapshot", folder.resolve("snapshot")), settings(null), true);
            server.stop();
            read("chroma-folder", new StoreReference("chroma-folder", server.data()));
            read("faiss-file", new StoreReference("faiss-file", FAISS_FILE));
        }
        assertThat(columns.keySet().stream().map(name -> name.replaceFirst(" .*", "")))
                .containsAll(
                        Stores.KINDS.stream().map(StoreReference.Kind::name).toList());

        GeneratedText.check(
                DOCUMENT,
                GeneratedText.replaced(DOCUMENT, "<!-- matrix: made by StoreMatrixIT -->", "<!-- end -->", table()),
                "./mvnw -Pquick test-compile failsafe:integration-test failsafe:verify -Dit.test=StoreMatrixIT");
    }

    private ConfiguredModels settings(URI chroma) {
        Home home = new Home(folder.resolve("home"));
        Map<String, Map.Entry<String, String>> options =
                chroma == null ? Map.of() : Map.of(Catalogue.CHROMA_URL.key(), Map.entry("--set", chroma.toString()));
        return new ConfiguredModels(home, Settings.resolve(ConfigFile.read(home.configFile()), Map.of(), options));
    }

    private void createIn(String column, String store, URI chroma, boolean drop) {
        create(column, StoreReference.named(store), settings(chroma), drop);
    }

    private void create(String column, StoreReference reference, ConfiguredModels models, boolean drop) {
        try (VectorStore store = ReferencedStores.open(reference, models, note -> {})) {
            for (Distance distance : Distance.values()) {
                String name = "matrix-" + distance.label() + "-"
                        + ProcessHandle.current().pid();
                CollectionSpec spec = new CollectionSpec(name, 384, distance, Metadata.EMPTY);
                try (VectorCollection c = store.create(spec)) {
                    note(column, distance, c);
                    if (!drop) { // somebody reads it afterwards
                        float[] vector = new float[384];
                        vector[0] = 1;
                        c.upsert(List.of(new VectorRecord("r", vector, "text", Metadata.EMPTY)));
                        c.checkpoint();
                    }
                }
                if (drop) {
                    store.drop(name);
                }
            }
        }
    }

    private void read(String column, StoreReference reference) {
        try (VectorStore store = ReferencedStores.openToRead(reference, settings(null), note -> {})) {
            store.list().forEach(info -> {
                try (VectorCollection c = store.open(info.name())) {
                    note(column, info.distance(), c);
                }
            });
        }
    }

    private void note(String column, Distance distance, VectorCollection collection) {
        columns.computeIfAbsent(column, c -> new EnumMap<>(Distance.class)).put(distance, collection.capabilities());
    }

    private String table() {
        List<String> lines = new ArrayList<>();
        lines.add("| | " + String.join(" | ", columns.keySet()) + " |");
        lines.add("|---|" + ":-:|".repeat(columns.size()));
        for (Capability capability : Capability.values()) {
            lines.add("| " + capability.phrase() + " | "
                    + columns.values().stream().map(c -> cell(c, capability)).collect(Collectors.joining(" | "))
                    + " |");
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String cell(Map<Distance, Set<Capability>> column, Capability capability) {
        Set<Distance> can = column.entrySet().stream()
                .filter(e -> e.getValue().contains(capability))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (can.isEmpty()) {
            return "-";
        }
        return can.equals(column.keySet())
                ? "yes"
                : Stream.of(Distance.values())
                        .filter(can::contains)
                        .map(Distance::label)
                        .collect(Collectors.joining(", "));
    }
}
