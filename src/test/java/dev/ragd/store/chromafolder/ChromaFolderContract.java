package dev.ragd.store.chromafolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder that a real server wrote and was killed on, read without it: whole first, then with everything broken that breaks.
 * Whatever the damage, ids, texts and metadata are right, and a vector is right or lost, never wrong.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ChromaFolderContract {

    private static final int STRIDE = 4 + 32 * 4 + ChromaModel.D * 4 + 8;

    @TempDir
    Path temporary;

    private final Generation generation;
    private TestServer server;
    private ChromaModel l2;
    private ChromaModel ip;
    private ChromaModel cosine;
    private ChromaModel small;
    private int copies;

    ChromaFolderContract(Generation generation) {
        this.generation = generation;
    }

    @BeforeAll
    void write() {
        server = ChromaServers.fresh(generation);
        boolean lists = generation == Generation.V1_5;
        l2 = new ChromaModel(server.url(), "plain", Distance.L2, lists, 0);
        fill(l2, 200, 11);
        ip = new ChromaModel(server.url(), "products", Distance.IP, lists, 100);
        fill(ip, 50, 7);
        cosine = new ChromaModel(server.url(), "angles", Distance.COSINE, lists, 100);
        fill(cosine, 50, 7);
        small = new ChromaModel(server.url(), "small", Distance.L2, lists, 0);
        small.write("add", ids("s", 0, 20));
        try (ChromaFolderStore store = open(server.data())) {
            assertThatThrownBy(store::list)
                    .as("a server that runs")
                    .isInstanceOf(StoreException.StoreBusy.class)
                    .hasMessageContaining("process " + server.pid())
                    .hasMessageContaining("--from chromadb");
        }
        server.kill();
    }

    /** Additions, replacements, deletions and what has no effect, before and after the index goes to disk. */
    private static void fill(ChromaModel model, int batch, int batches) {
        for (int i = 0; i < batches; i++) {
            model.write("add", ids("r", i * batch, batch));
            if (i == 2) {
                model.write("upsert", ids("r", 10, 15));
            }
            if (i == batches - 3) {
                model.write("upsert", ids("r", 30, 10));
                model.write("add", ids("r", 40, 5));
                model.delete(ids("r", 50, 5));
                model.write("update", ids("r", 52, 6));
            }
        }
        model.write("upsert", ids("r", 20, 3));
        model.delete(ids("r", 70, 3));
        model.write("add", ids("r", 71, 3));
        model.write("update", ids("r", 80, 2));
        model.touch("r85");
        model.touch("r" + (batch * batches - 1));
    }

    private static List<String> ids(String prefix, int from, int n) {
        return IntStream.range(from, from + n).mapToObj(i -> prefix + i).toList();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void everythingIsThere() throws IOException {
        Set<String> before = files(server.data());
        try (ChromaFolderStore store = open(server.data())) {
            assertThat(store.list())
                    .extracting(CollectionInfo::name)
                    .containsExactly("angles", "plain", "products", "small");
            for (ChromaModel model : List.of(l2, ip, cosine, small)) {
                try (VectorCollection c = store.open(model.name)) {
                    model.compareInfo(c);
                    assertThat(model.compare(c))
                            .as(model.name + ": lost vectors")
                            .isEmpty();
                    assertThat(c.capabilities().contains(Capability.EXACT_VECTORS))
                            .isEqualTo(model != cosine);
                    assertThat(c.recovery().notes()).singleElement().asString().contains("0 lost");
                }
            }
            try (VectorCollection c = store.open("plain")) {
                assertThat(c.recovery().notes().get(0))
                        .matches(".* [1-9][0-9]+ from its index, [1-9][0-9]+ from the queue.*");
                long touched = l2.items.values().stream()
                        .filter(i -> i.metadata.containsKey("touched"))
                        .count();
                assertThat(c.count(new Filter.Exists("touched"))).isEqualTo(touched);
            }
        }
        assertThat(files(server.data())).as("nothing was written").isEqualTo(before);
    }

    @Test
    void withoutTheIndexTheQueueIsLeft() throws IOException {
        Path copy = copy();
        try (Stream<Path> parts = Files.list(index(copy, l2))) {
            for (Path part : parts.toList()) {
                Files.delete(part);
            }
        }
        Files.delete(index(copy, l2));
        Set<String> lost = compare(copy, l2, "the folder is missing");
        assertThat(lost)
                .isNotEmpty()
                .hasSizeLessThan(l2.items.size())
                .contains("r100")
                .doesNotContain("r20", "r21", "r80");
        assertThat(compare(copy, ip, "0 lost")).isEmpty();
    }

    @Test
    void aMissingOrDamagedPartOfTheIndex() throws IOException {
        for (String part : List.of("index_metadata.pickle", "header.bin", "data_level0.bin")) {
            Path copy = copy();
            Files.delete(index(copy, l2).resolve(part));
            assertThat(compare(copy, l2, "cannot be used")).isNotEmpty();
            copy = copy();
            flip(index(copy, l2).resolve(part), 21);
            compare(copy, l2, "");
        }
        Path copy = copy();
        Files.delete(index(copy, cosine).resolve("length.bin"));
        assertThat(compare(copy, cosine, "cannot be used")).isNotEmpty();
    }

    @Test
    void anIndexThatWasCutShortLosesItsEnd() throws IOException {
        Path copy = copy();
        try (RandomAccessFile data =
                new RandomAccessFile(index(copy, l2).resolve("data_level0.bin").toFile(), "rw")) {
            data.setLength(500L * STRIDE + 17);
        }
        Set<String> lost = compare(copy, l2, "are cut off");
        assertThat(lost).isNotEmpty().hasSizeLessThan(l2.items.size() - 400);
    }

    @Test
    void aLabelOrAMarkThatWasFlippedLosesThatVector() throws IOException {
        Path copy = copy();
        Path data = index(copy, l2).resolve("data_level0.bin");
        flip(data, 200L * STRIDE + STRIDE - 8); // a label: now of another, or of none
        flip(data, 300L * STRIDE + STRIDE - 4);
        flip(data, 400L * STRIDE + 2); // marked as deleted
        // A label and the mark, or both labels of a pair and the mark; a few more when the first two labels are alike.
        assertThat(compare(copy, l2, "")).hasSizeBetween(2, 8);
    }

    /** The order in the file is the server's choice, and chance may bring the two together. */
    @Test
    void aFlippedLabelThatAnotherMakesRoomForIsLost() throws IOException {
        Path copy = copy();
        Path data = index(copy, l2).resolve("data_level0.bin");
        ByteBuffer elements = ByteBuffer.wrap(Files.readAllBytes(data)).order(ByteOrder.LITTLE_ENDIAN);
        Map<Long, Integer> rows = new HashMap<>();
        for (int row = 0; row < 2000; row++) {
            rows.put(elements.getLong(row * STRIDE + STRIDE - 8), row);
        }
        flip(data, labelAt(rows.get(371L)), 1); // bears 370 now,
        flip(data, labelAt(rows.get(370L)) + 4, 1); // whose own element bears none that was given
        flip(data, labelAt(rows.get(501L)), 1); // bears 500,
        flip(data, labelAt(rows.get(500L)), 2); // whose own bears 502, as the next does
        assertThat(compare(copy, l2, "damaged"))
                .contains("r369", "r370", "r499", "r500", "r501")
                .hasSizeLessThan(12);
    }

    private static long labelAt(int row) {
        return (long) row * STRIDE + STRIDE - 8;
    }

    @Test
    void aVectorOfACosineIndexThatIsNotOfLengthOneIsLost() throws IOException {
        Path copy = copy();
        for (long element = 120; element < 180; element += 10) { // some of them are of records that were changed since
            // The greatest bit of an exponent: a component of 1e30 and more, whatever it was.
            flip(index(copy, cosine).resolve("data_level0.bin"), element * STRIDE + 4 + 32 * 4 + 3, 0x40);
        }
        assertThat(compare(copy, cosine, "contradict")).hasSizeBetween(1, 6);
    }

    @Test
    void aFolderThatCannotBeWrittenToIsReadAsItIs() throws IOException {
        Path copy = copy();
        try (Stream<Path> all = Files.walk(copy)) {
            for (Path path : all.toList()) {
                assertThat(path.toFile().setWritable(false)).isTrue();
            }
        }
        Set<String> before = files(copy);
        assertThat(compare(copy, l2, "0 lost")).isEmpty();
        assertThat(files(copy)).isEqualTo(before);
        try (Stream<Path> all = Files.walk(copy)) {
            all.forEach(path -> path.toFile().setWritable(true));
        }
    }

    @Test
    void aWriteAheadLogIsWorkedIn() throws Exception {
        Path left = leftBehind("-wal", "PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0", WRITE);
        assertTextIs("written", left);
    }

    @Test
    void whatAKilledServerHadNotFinishedIsTakenBack() throws Exception {
        Path left = leftBehind("-journal", "PRAGMA cache_size=1", "BEGIN", WRITE);
        assertTextIs(small.items.get("s3").text, left);
    }

    private static final String WRITE =
            "UPDATE embedding_metadata SET string_value = 'written' WHERE key = 'chroma:document'";

    /** The database and its log as they are after these statements, while the connection is open. */
    private Path leftBehind(String log, String... statements) throws Exception {
        Path copy = copy();
        Path left = Files.createDirectories(temporary.resolve("left" + log));
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + copy.resolve(FolderDatabase.FILE));
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            for (String suffix : List.of("", log)) {
                Files.copy(copy.resolve(FolderDatabase.FILE + suffix), left.resolve(FolderDatabase.FILE + suffix));
            }
        }
        return left;
    }

    private static void assertTextIs(String text, Path folder) throws IOException {
        Set<String> before = files(folder);
        try (ChromaFolderStore store = open(folder);
                VectorCollection c = store.open("small")) {
            assertThat(c.get(List.of("s3"), Set.of(Field.TEXT)).get(0).text()).isEqualTo(text);
            assertThat(c.recovery().notes().get(0)).contains("a copy was read");
        }
        assertThat(files(folder)).as("nothing was written").isEqualTo(before);
    }

    /** As when one of the two was put back from a backup: the database believes that the index has more than it has. */
    @Test
    void anIndexOfAnotherTimeIsNotTrusted() throws Exception {
        Path copy = copy();
        String segment = index(copy, l2).getFileName().toString();
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + copy.resolve(FolderDatabase.FILE));
                var statement = connection.createStatement()) {
            statement.execute("UPDATE max_seq_id SET seq_id = seq_id + 100 WHERE segment_id = '" + segment + "'");
        }
        Set<String> lost = compare(copy, l2, "is of another time");
        assertThat(lost).isNotEmpty().contains("r100").doesNotContain("r20");
    }

    @Test
    void aServerThatStartsMeanwhileEndsTheReading() throws IOException {
        Path copy = copy();
        try (ChromaFolderStore store = open(copy);
                VectorCollection c = store.open("small")) {
            assertThat(c.count()).isEqualTo(small.items.size());
            Files.setLastModifiedTime(
                    copy.resolve(FolderDatabase.FILE), java.nio.file.attribute.FileTime.fromMillis(1_000));
            assertThatThrownBy(c::count)
                    .isInstanceOf(StoreException.StoreBusy.class)
                    .hasMessageContaining("changed while it was read");
        }
    }

    @Test
    void aDamagedDatabaseNamesTheWayOut() throws IOException {
        Path copy = copy();
        Path file = copy.resolve(FolderDatabase.FILE);
        try (RandomAccessFile database = new RandomAccessFile(file.toFile(), "rw")) {
            for (long page = 2; page < database.length() / 4096; page++) {
                database.seek(page * 4096);
                database.write(new byte[64]);
            }
        }
        assertCorrupt(copy);
        Files.writeString(
                file, "no database at all, but a text that is long enough to be taken for the head of one ......");
        assertCorrupt(copy);
    }

    private static void assertCorrupt(Path folder) {
        assertThatThrownBy(() -> {
                    try (ChromaFolderStore store = open(folder);
                            VectorCollection c = store.open("plain")) {
                        c.scan(new ScanRequest(Field.ALL, null, null, 10_000));
                    }
                })
                .isInstanceOf(StoreException.CorruptIndex.class)
                .hasMessageContaining(folder.resolve(FolderDatabase.FILE).toString())
                .hasMessageContaining(".recover");
    }

    @Test
    void whatIsNotThereIsNamed() throws IOException {
        Path nowhere = temporary.resolve("nowhere");
        assertMissing(open(nowhere), "there is no folder");
        Files.createDirectories(nowhere);
        assertMissing(open(nowhere), "has no file chroma.sqlite3");
        Path data = server.data();
        assertMissing(
                new ChromaFolderStore(data, "somebody", "default_database"),
                "'default_database' of tenant 'default_tenant'");
        assertMissing(new ChromaFolderStore(data, "default_tenant", "other"), "storage.chromadb.database");
        try (ChromaFolderStore store = open(data)) {
            assertThat(store.find("nothing")).isEmpty();
            assertThatThrownBy(() -> store.open("nothing")).isInstanceOf(StoreException.CollectionNotFound.class);
            CollectionSpec spec = new CollectionSpec("new", 3, Distance.L2, Metadata.EMPTY);
            assertThatThrownBy(() -> store.create(spec)).isInstanceOf(StoreException.ReadOnly.class);
        }
    }

    private static void assertMissing(ChromaFolderStore store, String words) {
        try (store) {
            assertThatThrownBy(store::list)
                    .isInstanceOf(StoreException.StoreNotFound.class)
                    .hasMessageContaining(words);
        }
    }

    // ---- folders
    // -----------------------------------------------------------------------------------------------------

    private static ChromaFolderStore open(Path folder) {
        return new ChromaFolderStore(folder, "default_tenant", "default_database");
    }

    /** @return ids whose vectors are lost */
    private static Set<String> compare(Path folder, ChromaModel model, String note) {
        try (ChromaFolderStore store = open(folder);
                VectorCollection c = store.open(model.name)) {
            assertThat(String.join("\n", c.recovery().notes())).contains(note);
            return model.compare(c);
        }
    }

    private Path copy() throws IOException {
        Path target = temporary.resolve("copy" + copies++);
        try (Stream<Path> all = Files.walk(server.data())) {
            for (Path path : all.toList()) {
                Files.copy(path, target.resolve(server.data().relativize(path)));
            }
        }
        return target;
    }

    /** The folder of a collection's index. */
    private Path index(Path data, ChromaModel model) {
        try (FolderDatabase database = FolderDatabase.open(data)) {
            return new Catalogue(database, "default_tenant", "default_database")
                    .collections().stream()
                            .filter(c -> c.info().name().equals(model.name))
                            .map(c -> data.resolve(c.vectors()))
                            .findFirst()
                            .orElseThrow();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        flip(file, at, 1);
    }

    private static void flip(Path file, long at, int bits) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int b = bytes.read();
            bytes.seek(at);
            bytes.write(b ^ bits);
        }
    }

    /** Names, lengths and times of all files. */
    private static Set<String> files(Path folder) throws IOException {
        TreeMap<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.forEach(path -> {
                try {
                    all.put(path.toString(), Files.size(path) + " " + Files.getLastModifiedTime(path));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return Set.copyOf(all.entrySet().stream().map(Object::toString).toList());
    }
}
