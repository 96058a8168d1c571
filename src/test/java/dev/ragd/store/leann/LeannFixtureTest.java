package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A folder of the leann store that each version wrote, checked in: some records have codes of generation 0, the others learned
 * ones. {@code main} writes that of the newest; a new version gets a file of its own, and the others stay.
 */
class LeannFixtureTest {

    private static final Path FIXTURES = Path.of("src/test/resources/formats");
    private static final Path CACHE = Path.of("target", "faiss-cache").toAbsolutePath();
    private static final int RECORDS = 430;
    private static final String NAME = "documents";

    @TempDir
    Path root;

    private final TopicModel model = new TopicModel();

    private static LeannStore open(Path folder, TopicModel model) {
        return new LeannStore(new LeannSettings(
                folder, CACHE, () -> model, 0.95, 0, 4, LeannSettings.FEWEST_TO_TRAIN, null, note -> {}, null));
    }

    private static List<VectorRecord> records(TopicModel model, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> {
                    String text = TopicModel.text(i, "t");
                    return new VectorRecord(
                            "r" + i, model.embedQuery(text), text, Metadata.of(Map.of("number", (long) i)));
                })
                .toList();
    }

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("leann-fixture");
        TopicModel model = new TopicModel();
        try (LeannStore store = open(folder, model);
                VectorCollection c =
                        store.create(new CollectionSpec(NAME, TopicModel.DIMENSION, Distance.COSINE, Metadata.EMPTY))) {
            c.upsert(records(model, 0, RECORDS));
            c.checkpoint();
            c.delete(List.of("r7"));
        }
        Path zip = FIXTURES.resolve("leann-" + CodebookFiles.VERSION + ".zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file);
                Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new ZipEntry(folder.relativize(p).toString()));
                Files.copy(p, out);
                out.closeEntry();
            }
        }
        System.out.println(zip + " written; " + folder + " may be deleted");
    }

    private void unpack(int version) throws IOException {
        try (InputStream file = Files.newInputStream(FIXTURES.resolve("leann-" + version + ".zip"));
                ZipInputStream in = new ZipInputStream(file)) {
            for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
                Path target = root.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                Files.copy(in, target);
            }
        }
    }

    private Path file(Predicate<String> name) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(f -> name.test(f.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Another version, under a sum that fits: as a newer ragd would write it. */
    private static void setVersion(Path file, int version) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(8, version);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        buffer.putInt(bytes.length - 4, (int) crc.getValue());
        Files.write(file, bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void eachVersionIsReadSearchedAndWritten(int version) throws IOException {
        unpack(version);
        try (LeannStore store = open(root, model);
                VectorCollection c = store.open(NAME)) {
            assertThat(store.damaged()).isEmpty();
            assertThat(c.count()).isEqualTo(RECORDS - 1);
            for (int i : new int[] {0, 123, RECORDS - 1}) {
                String text = TopicModel.text(i, "t");
                assertThat(c.search(SearchRequest.nearest(model.embedQuery(text), 1, null))
                                .get(0)
                                .record())
                        .satisfies(r -> assertThat(r.id()).isEqualTo("r" + i))
                        .satisfies(r -> assertThat(r.text()).isEqualTo(text))
                        .satisfies(r -> assertThat(r.metadata()).isEqualTo(Metadata.of(Map.of("number", (long) i))));
            }
            assertThat(c.get(List.of("r7"), Set.of())).isEmpty();
            c.upsert(records(model, 7, 8));
            c.checkpoint();
            assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
        }
        try (LeannStore store = open(root, model);
                VectorCollection c = store.open(NAME)) {
            assertThat(c.count()).isEqualTo(RECORDS);
        }
    }

    @Test
    void newerCanariesAreRefused() throws IOException {
        unpack(CodebookFiles.VERSION);
        Path canaries = file("canaries"::equals);
        setVersion(canaries, Canaries.VERSION + 1);
        assertRefused(canaries, Canaries.VERSION, () -> {
            try (LeannStore store = open(root, model);
                    VectorCollection c = store.open(NAME)) {
                c.search(SearchRequest.nearest(model.embedQuery("t1x1"), 1, null));
            }
        });
    }

    /** Read without the commit that names it, whose checksum a changed file would not have. */
    @Test
    void aNewerCodebookIsRefused() throws IOException {
        unpack(CodebookFiles.VERSION);
        Path codebook = file(name -> name.startsWith("codebook-"));
        setVersion(codebook, CodebookFiles.VERSION + 1);
        CodebookFiles.Damage damage = new CodebookFiles.Damage(codebook.toString(), "");
        assertRefused(codebook, CodebookFiles.VERSION, () -> CodebookFiles.read(codebook, damage));
    }

    @Test
    void anOldCodebookIsNotShared() throws IOException {
        unpack(1);
        Path codebook = file(name -> name.startsWith("codebook-"));
        List<String> notes = new ArrayList<>();
        LeannSettings settings = new LeannSettings(
                root.resolve("other"), CACHE, () -> model, 0.95, 0, 4, 100_000, codebook, notes::add, null);
        try (LeannStore store = new LeannStore(settings);
                VectorCollection c =
                        store.create(new CollectionSpec(NAME, TopicModel.DIMENSION, Distance.COSINE, Metadata.EMPTY))) {
            c.upsert(records(model, 0, 10));
            c.checkpoint();
            assertThat(notes)
                    .singleElement()
                    .asString()
                    .contains(codebook.toString(), "older ragd", "codes of its own");
            assertThat(c.count()).isEqualTo(10);
        }
    }

    private static void assertRefused(Path file, int known, ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOf(StoreException.FormatTooNew.class)
                .hasMessageContaining(
                        file + " has format " + (known + 1) + ", but this ragd knows formats up to " + known);
    }
}
