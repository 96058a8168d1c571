package dev.ragd.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.snapshot.parquet.Part;
import dev.ragd.store.snapshot.parquet.PartFile;
import dev.ragd.store.snapshot.parquet.PartWriter;
import dev.ragd.store.snapshot.parquet.RowGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotFolderTest {

    private static final Path FIXTURES = Path.of("src/test/resources/dev/ragd/store/snapshot");

    @TempDir
    Path folder;

    @Test
    void whatIsMissingIsNotMadeByReadingIt() {
        Path missing = folder.resolve("missing");
        for (var opening :
                List.<ThrowingCallable>of(() -> SnapshotStore.openToRead(missing), () -> SnapshotStore.open(missing))) {
            assertThatThrownBy(opening)
                    .isInstanceOf(StoreException.StoreNotFound.class)
                    .hasMessageContaining(missing.toString());
        }
        assertThat(missing).doesNotExist();
        assertThatThrownBy(() -> SnapshotStore.openToRead(folder)).isInstanceOf(StoreException.StoreNotFound.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void attributesAreDurableAtOnceAndMakeNothingElseSo() throws IOException {
        Path snapshot = folder.resolve("snapshot");
        Metadata attributes = Metadata.of(Map.of("state", "new"));
        try (VectorStore store = SnapshotStore.create(snapshot);
                VectorCollection c = store.create(SnapshotRecords.spec("things"))) {
            c.upsert(SnapshotRecords.records(0, 10, 0));
            c.checkpoint();
            c.upsert(SnapshotRecords.records(10, 15, 0));
            c.replaceAttributes(attributes);
            try (Stream<Path> all = Files.list(snapshot)) {
                Manifest onDisk = ManifestFile.read(
                        all.filter(Files::isDirectory).findFirst().orElseThrow());
                assertThat(onDisk.attributes()).isEqualTo(attributes);
                assertThat(onDisk.records()).isEqualTo(10);
            }
            assertThat(c.count()).isEqualTo(15);
        }
        try (VectorStore store = SnapshotStore.openToRead(snapshot);
                VectorCollection c = store.open("things")) {
            assertThat(c.count()).isEqualTo(15);
            assertThat(c.info().attributes()).isEqualTo(attributes);
            assertThatThrownBy(() -> c.replaceAttributes(Metadata.EMPTY))
                    .isInstanceOf(StoreException.StoreRejected.class)
                    .hasMessageContaining("read only");
        }
    }

    @Test
    void whatCouldBeMadeIsToldWithoutMakingIt() throws IOException {
        Path missing = folder.resolve("missing");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(SnapshotStore.isToBeCreated(missing)).isTrue();
        assertThat(SnapshotStore.isToBeCreated(empty)).isTrue();
        assertThatThrownBy(() -> SnapshotStore.isToBeCreated(file)).isInstanceOf(StoreException.ForeignData.class);
        assertThatThrownBy(() -> SnapshotStore.isToBeCreated(folder)).isInstanceOf(StoreException.ForeignData.class);
        assertThat(missing).doesNotExist();
        assertThat(empty).isEmptyDirectory();
        for (Path place : List.of(empty, missing)) {
            try (VectorStore store = SnapshotStore.create(place)) {
                assertThat(store.list()).isEmpty();
                assertThat(store.find("notes")).isEmpty();
                assertThat(store.drop("notes")).isFalse();
                assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
                assertThat(SnapshotStore.isToBeCreated(place))
                        .as("who only looks leaves nothing")
                        .isTrue();
                store.create(new CollectionSpec("notes", 2, Distance.L2, Metadata.EMPTY))
                        .close();
            }
            assertThat(SnapshotStore.isToBeCreated(place)).isFalse();
        }
    }

    @Test
    void aFolderWithOtherFilesIsRefused() throws IOException {
        Path mine = Files.writeString(folder.resolve("thesis.txt"), "do not touch");
        assertThatThrownBy(() -> SnapshotStore.create(folder))
                .isInstanceOf(StoreException.ForeignData.class)
                .hasMessageContaining("thesis.txt");
        assertThatThrownBy(() -> SnapshotStore.create(mine)).isInstanceOf(StoreException.ForeignData.class);
        assertThat(folder).isDirectoryContaining(f -> f.equals(mine));
        assertThat(mine).hasContent("do not touch");
        assertThat(names(folder)).containsExactly("thesis.txt");
    }

    @Test
    void filesOfOthersInACollectionAreLeftAlone() throws IOException {
        try (VectorStore store = SnapshotStore.create(folder.resolve("s"))) {
            store.create(SnapshotRecords.spec("notes")).close();
            Path mine = Files.writeString(collection("notes").resolve("notes.txt"), "mine");
            Path leftover = Files.writeString(collection("notes").resolve("part-000009.parquet.tmp"), "half");
            store.open("notes").close();
            assertThat(mine).exists();
            assertThat(leftover).doesNotExist();
            assertThat(store.drop("notes")).isTrue();
            assertThat(mine).exists();
            assertThat(store.find("notes")).isEmpty();
        }
    }

    @Test
    void whatADyingDropOrCreateLeavesGoesWithTheNextCreate() throws IOException {
        fill("notes", 50);
        Path dropped = collection("notes");
        Files.delete(dropped.resolve("manifest.json"));
        Path begun = Files.createDirectory(folder.resolve("s").resolve("begun-01234567"));
        Path foreign = Files.createDirectories(folder.resolve("s").resolve("backup-01234567"));
        Files.writeString(foreign.resolve("mine.txt"), "mine");
        fill("other", 5);
        assertThat(dropped).doesNotExist();
        assertThat(begun).doesNotExist();
        assertThat(foreign.resolve("mine.txt")).hasContent("mine");
    }

    @Test
    void aDamagedCollectionCanBeDropped() throws IOException {
        fill("notes", 50);
        Path part = collection("notes").resolve("part-000001.parquet");
        Files.writeString(part, "short");
        try (VectorStore store = SnapshotStore.open(folder.resolve("s"))) {
            assertThatThrownBy(() -> store.open("notes")).isInstanceOf(StoreException.CorruptIndex.class);
            assertThat(store.drop("notes")).isTrue();
            assertThat(part).doesNotExist();
        }
        fill("notes", 5);
    }

    @Test
    void readingChangesNothing() throws IOException {
        fill("notes", 300);
        Set<String> before = state();
        try (VectorStore store = SnapshotStore.openToRead(folder.resolve("s"));
                VectorCollection c = store.open("notes")) {
            assertThat(SnapshotRecords.all(c)).hasSize(300);
            assertThatThrownBy(() -> c.upsert(SnapshotRecords.records(0, 1, 2)))
                    .isInstanceOf(StoreException.StoreRejected.class);
            assertThatThrownBy(() -> c.delete(List.of("record-0"))).isInstanceOf(StoreException.StoreRejected.class);
            assertThatThrownBy(() -> store.drop("notes")).isInstanceOf(StoreException.StoreRejected.class);
            assertThatThrownBy(() -> store.create(SnapshotRecords.spec("other")))
                    .isInstanceOf(StoreException.StoreRejected.class);
            c.checkpoint();
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void oneWriterOrManyReaders() throws Exception {
        fill("notes", 10);
        fill("other", 10);
        Path path = folder.resolve("s");
        try (VectorStore one = SnapshotStore.openToRead(path);
                VectorStore two = SnapshotStore.openToRead(path);
                VectorCollection a = one.open("notes");
                VectorCollection b = two.open("notes")) {
            assertThat(a.count()).isEqualTo(b.count());
            try (VectorStore writer = SnapshotStore.open(path)) {
                assertThatThrownBy(() -> writer.open("notes")).isInstanceOf(StoreException.StoreBusy.class);
                writer.open("other").upsert(SnapshotRecords.records(0, 20, 2));
            }
        }
        try (VectorStore writer = SnapshotStore.open(path);
                VectorCollection c = writer.open("notes")) {
            c.upsert(SnapshotRecords.records(0, 20, 2));
            assertThat(otherProcess(path, "notes")).contains("StoreBusy").contains("another process");
            assertThat(otherProcess(path, "other")).contains("20 records");
        }
        assertThat(otherProcess(path, "notes")).contains("20 records");
    }

    /** The kernel drops a process's lock with any channel of the file that the process closes. */
    @Test
    void whoClosesOrIsRefusedLeavesTheOthersTheirLock() throws Exception {
        fill("notes", 10);
        Path path = folder.resolve("s");
        try (VectorStore one = SnapshotStore.openToRead(path);
                VectorCollection a = one.open("notes")) {
            try (VectorStore two = SnapshotStore.openToRead(path)) {
                two.open("notes").close();
            }
            System.gc(); // closes what nobody refers to
            assertThat(otherProcess(path, "notes", "write")).contains("StoreBusy");
            assertThat(otherProcess(path, "notes")).contains("10 records");
            assertThat(a.count()).isEqualTo(10);
        }
        try (VectorStore writer = SnapshotStore.open(path);
                VectorCollection c = writer.open("notes");
                VectorStore reader = SnapshotStore.openToRead(path)) {
            assertThatThrownBy(() -> reader.open("notes")).isInstanceOf(StoreException.StoreBusy.class);
            System.gc();
            assertThat(otherProcess(path, "notes")).contains("StoreBusy");
            c.upsert(SnapshotRecords.records(0, 20, 2));
        }
        assertThat(otherProcess(path, "notes", "write")).contains("20 records");
    }

    private static String otherProcess(Path path, String... collectionAndMode) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                path.toString()));
        command.addAll(List.of(collectionAndMode));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Another process that reads, as one that only reads or as one that might write. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] args) {
            Path path = Path.of(args[0]);
            try (VectorStore store = args.length > 2 ? SnapshotStore.open(path) : SnapshotStore.openToRead(path);
                    VectorCollection c = store.open(args[1])) {
                System.out.println(SnapshotRecords.all(c).size() + " records");
            } catch (StoreException e) {
                System.out.println(e);
            }
        }
    }

    @Test
    void everythingIsForItsOwnerAlone() throws IOException {
        fill("notes", 10);
        try (Stream<Path> all = Files.walk(folder.resolve("s"))) {
            for (Path path : all.toList()) {
                String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                assertThat(permissions).as(path.toString()).endsWith("------");
            }
        }
    }

    @Test
    void manyCheckpointsBecomeFewFilesAndDeletedRowsGo() throws IOException {
        try (VectorStore store = SnapshotStore.create(folder.resolve("s"))) {
            VectorCollection c = store.create(SnapshotRecords.spec("notes"));
            for (int i = 0; i < 100; i++) {
                c.upsert(SnapshotRecords.records(i * 10, i * 10 + 15, i));
                c.checkpoint();
            }
            assertThat(names(collection("notes"))).hasSizeLessThan(80);
            c.close();
            assertThat(names(collection("notes")))
                    .filteredOn(name -> name.endsWith(".parquet"))
                    .singleElement()
                    .asString()
                    .startsWith("part-");
            Manifest manifest = ManifestFile.read(collection("notes"));
            assertThat(manifest.records()).isEqualTo(1005);
            assertThat(manifest.parts().get(0).rows()).isEqualTo(1005);
            VectorCollection again = store.open("notes");
            again.delete(Filter.and());
            again.close();
            assertThat(names(collection("notes"))).noneMatch(name -> name.endsWith(".parquet"));
            assertThat(store.open("notes").count()).isZero();
        }
    }

    @Test
    void aCollectionThatWasCopiedBesideItselfIsRefused() throws IOException {
        fill("notes", 10);
        Path original = collection("notes");
        Path copy = Files.createDirectory(original.resolveSibling("notes-copy"));
        Files.copy(original.resolve("manifest.json"), copy.resolve("manifest.json"));
        try (VectorStore store = SnapshotStore.openToRead(folder.resolve("s"))) {
            assertThatThrownBy(() -> store.open("notes"))
                    .isInstanceOf(StoreException.ForeignData.class)
                    .hasMessageContaining("notes-copy");
        }
    }

    @Test
    void healthNamesWhatIsDamaged() throws IOException {
        fill("notes", 10);
        try (VectorStore store = SnapshotStore.openToRead(folder.resolve("s"))) {
            assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
            Files.delete(collection("notes").resolve("part-000001.parquet"));
            assertThat(store.health().checks())
                    .filteredOn(check -> check.status() == Health.Status.UNHEALTHY)
                    .singleElement()
                    .satisfies(check -> assertThat(check.detail()).contains("part-000001.parquet"));
        }
    }

    /** Written once by each version of the format; every later ragd reads it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyVersionOfTheFormatIsRead(int version) {
        try (VectorStore store = SnapshotStore.openToRead(FIXTURES.resolve("format-" + version));
                VectorCollection c = store.open("fixture")) {
            CollectionInfo info = c.info();
            assertThat(info.attributes())
                    .isEqualTo(SnapshotRecords.spec("fixture").attributes());
            assertThat(info.distance())
                    .isEqualTo(SnapshotRecords.spec("fixture").distance());
            assertThat(c.count()).isEqualTo(39);
            assertFixture(SnapshotRecords.all(c));
            assertThat(c.get(List.of("record-7", "record-8"), Field.NONE))
                    .extracting(VectorRecord::id)
                    .containsExactly("record-8");
        }
    }

    /** From then on it is of the version that is written, which ragd of that time refuses to read. */
    @Test
    void theFirstVersionIsWrittenOn() throws IOException {
        Path snapshot = copyOfTheFirstVersion();
        try (VectorStore store = SnapshotStore.open(snapshot);
                VectorCollection c = store.open("fixture")) {
            c.upsert(SnapshotRecords.records(40, 60, 3));
            c.checkpoint();
            // Parts of both versions lie side by side until the collection is closed.
            List<VectorRecord> all = SnapshotRecords.all(c);
            assertFixture(all.subList(0, 39));
            assertThat(all).hasSize(59);
        }
        assertThat(ManifestFile.read(collection("fixture")).parts()).hasSize(1);
        assertThat(Files.readString(collection("fixture").resolve(ManifestFile.NAME)))
                .contains("\"version\" : " + SealedJson.VERSION);
        try (VectorStore store = SnapshotStore.openToRead(snapshot);
                VectorCollection c = store.open("fixture")) {
            assertFixture(SnapshotRecords.all(c).subList(0, 39));
            assertThat(RecordDigest.hex(c.get(List.of("record-59"), Field.ALL).get(0)))
                    .isEqualTo(RecordDigest.hex(SnapshotRecords.record(59, 3)));
        }
    }

    /** As it happens to large ones when small parts are put together. */
    @Test
    void aRowGroupOfTheFirstVersionIsCopiedAsItIs() throws IOException {
        copyOfTheFirstVersion();
        Path of = collection("fixture");
        Part old = ManifestFile.read(of).parts().get(0);
        try (PartWriter writer = PartWriter.ofRecords(of.resolve("copy"), Map.of())) {
            PartFile.of(of, old, SnapshotRecords.DIMENSION).copy(0, writer);
            Part copy = writer.finish("copy");
            RowGroup before = PartFile.of(of, old, SnapshotRecords.DIMENSION).read(0);
            RowGroup after = PartFile.of(of, copy, SnapshotRecords.DIMENSION).read(0);
            assertThat(after.rows()).isEqualTo(35);
            for (int row = 0; row < 35; row++) {
                assertThat(RecordDigest.hex(after.record(row, Field.ALL)))
                        .isEqualTo(RecordDigest.hex(before.record(row, Field.ALL)));
            }
        }
    }

    private static void assertFixture(List<VectorRecord> all) {
        assertThat(all).hasSize(39);
        for (VectorRecord r : all) {
            int number = Integer.parseInt(r.id().substring("record-".length()));
            VectorRecord expected = SnapshotRecords.record(number, number < 30 ? 1 : 2);
            assertThat(RecordDigest.hex(r)).isEqualTo(RecordDigest.hex(expected));
        }
    }

    private Path copyOfTheFirstVersion() throws IOException {
        Path from = FIXTURES.resolve("format-1");
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Files.copy(
                        file, folder.resolve("s").resolve(from.relativize(file).toString()));
            }
        }
        return folder.resolve("s");
    }

    /** Wrote the fixtures; they are not written again. The store is left as a process that dies leaves it. */
    static final class FixtureWriter {
        private FixtureWriter() {}

        public static void main(String[] args) {
            VectorStore store = SnapshotStore.create(FIXTURES.resolve("format-" + SealedJson.VERSION));
            VectorCollection c = store.create(SnapshotRecords.spec("fixture"));
            c.upsert(SnapshotRecords.records(0, 35, 1));
            c.checkpoint();
            c.upsert(SnapshotRecords.records(30, 40, 2));
            c.delete(List.of("record-7"));
            c.checkpoint();
            Runtime.getRuntime().halt(0);
        }
    }

    private void fill(String name, int records) {
        try (VectorStore store = SnapshotStore.create(folder.resolve("s"));
                VectorCollection c = store.create(SnapshotRecords.spec(name))) {
            c.upsert(SnapshotRecords.records(0, records, 1));
        }
    }

    private Path collection(String name) throws IOException {
        try (Stream<Path> folders = Files.list(folder.resolve("s"))) {
            return folders.filter(f -> f.getFileName().toString().startsWith(name + "-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> names(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    /** Names, lengths and times of all files. */
    private Set<String> state() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("s"))) {
            return all.map(f -> f + " " + f.toFile().length() + " " + f.toFile().lastModified())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
