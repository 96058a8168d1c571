package dev.ragd.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot that is not as it was written is refused, whatever was done to it; it never reads as something else. */
class SnapshotDamageTest {

    @TempDir
    Path folder;

    private Path snapshot;
    private List<Path> files;

    @BeforeEach
    void writeASnapshotWithPartsAndDeletions() throws IOException {
        snapshot = folder.resolve("snapshot");
        Path copy = folder.resolve("copy");
        try (VectorStore store = SnapshotStore.create(snapshot);
                VectorCollection c = store.create(SnapshotRecords.spec("notes"))) {
            c.upsert(SnapshotRecords.records(0, 100, 1));
            c.checkpoint();
            c.upsert(SnapshotRecords.records(90, 150, 2));
            c.checkpoint();
            // As a process that dies now would leave it: closing would compact it to one part.
            copy(snapshot, copy);
        }
        snapshot = copy;
        try (Stream<Path> all = Files.walk(snapshot)) {
            files = all.filter(Files::isRegularFile)
                    .filter(f -> !f.endsWith(CollectionLock.NAME))
                    .sorted()
                    .toList();
        }
        assertThat(files.stream().map(f -> f.getFileName().toString()))
                .containsExactlyInAnyOrder(
                        "snapshot.json",
                        "manifest.json",
                        "part-000001.parquet",
                        "part-000002.parquet",
                        "deleted-000003.parquet");
        assertThat(readAll()).hasSize(150);
    }

    @Test
    void everyFileCutShortIsRefused() throws IOException {
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            for (int length : new int[] {0, 1, 4, whole.length / 2, whole.length - 1}) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertRefused(file, "cut to " + length);
            }
            Files.write(file, Arrays.copyOf(whole, whole.length + 1));
            assertRefused(file, "longer by one byte");
            Files.write(file, whole);
        }
        assertThat(readAll()).hasSize(150);
    }

    @Test
    void everyFlippedBitIsRefused() throws IOException {
        Random random = new Random(4);
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            // All bytes of the small files; of the others the ends, which hold the structure, and samples between.
            for (int i = 0; i < whole.length; i++) {
                boolean chosen = whole.length < 3000 || i < 12 || i > whole.length - 40 || random.nextInt(60) == 0;
                if (chosen) {
                    byte[] altered = whole.clone();
                    altered[i] ^= (byte) (1 << random.nextInt(8));
                    Files.write(file, altered);
                    assertRefused(file, "bit of byte " + i);
                }
            }
            Files.write(file, whole);
        }
        assertThat(readAll()).hasSize(150);
    }

    @Test
    void aMissingFileIsRefused() throws IOException {
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            Files.delete(file);
            if (file.endsWith(ManifestFile.NAME)) {
                // A collection without a manifest was never finished, or is dropped.
                assertThatThrownBy(this::readAll).isInstanceOf(StoreException.CollectionNotFound.class);
            } else if (file.endsWith(SnapshotFolder.MARKER)) {
                assertThatThrownBy(this::readAll)
                        .isInstanceOf(StoreException.StoreNotFound.class)
                        .hasMessageContaining(snapshot.toString());
            } else {
                assertRefused(file, "missing");
            }
            Files.write(file, whole);
        }
        assertThat(readAll()).hasSize(150);
    }

    @Test
    void partsThatChangePlacesAreRefused() throws IOException {
        Path one = file("part-000001.parquet");
        Path two = file("part-000002.parquet");
        Path aside = folder.resolve("aside");
        Files.move(one, aside);
        Files.move(two, one);
        Files.move(aside, two);
        assertRefused(one, "another part");
    }

    @Test
    void aNewerFormatIsRefusedAndLeftAlone() throws IOException {
        for (String name : List.of("snapshot.json", "manifest.json")) {
            Path file = file(name);
            byte[] whole = Files.readAllBytes(file);
            String json = new String(whole, StandardCharsets.UTF_8);
            Map<String, Object> newer = new LinkedHashMap<>();
            newer.put("format", name.startsWith("snapshot") ? "ragd-snapshot" : "ragd-snapshot-collection");
            newer.put("version", SealedJson.VERSION + 1);
            newer.put("something", "new");
            for (byte[] content : List.of(
                    SealedJson.seal(newer),
                    json.replace("\"version\" : " + SealedJson.VERSION, "\"version\" : 7")
                            .getBytes(StandardCharsets.UTF_8))) {
                Files.write(file, content);
                assertThatThrownBy(this::readAll)
                        .isInstanceOf(StoreException.FormatTooNew.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("newer ragd");
                assertThatThrownBy(() -> SnapshotStore.create(snapshot).open("notes"))
                        .isInstanceOf(StoreException.FormatTooNew.class);
                assertThat(Files.readAllBytes(file)).isEqualTo(content);
            }
            Files.write(file, whole);
        }
    }

    @Test
    void theMessageNamesFileExpectedActualAndTheWayOut() throws IOException {
        Path part = file("part-000002.parquet");
        byte[] whole = Files.readAllBytes(part);
        Files.write(part, Arrays.copyOf(whole, whole.length - 7));
        assertThatThrownBy(this::readAll)
                .isInstanceOf(StoreException.CorruptIndex.class)
                .hasMessageContaining(part.toString())
                .hasMessageContaining(whole.length + " bytes")
                .hasMessageContaining(String.valueOf(whole.length - 7))
                .hasMessageContaining("restore");
    }

    @Test
    void idsAreCheckedWithoutReadingTheRest() throws IOException {
        Path part = file("part-000001.parquet");
        byte[] whole = Files.readAllBytes(part);
        byte[] altered = whole.clone();
        altered[whole.length / 2] ^= 1;
        Files.write(part, altered);
        try (VectorStore store = SnapshotStore.openToRead(snapshot);
                VectorCollection c = store.open("notes")) {
            assertThat(c.scan(new ScanRequest(Field.NONE, null, null, 1000)).records())
                    .hasSize(150);
            assertThatThrownBy(() -> c.get(List.of("record-3"), Field.ALL))
                    .isInstanceOf(StoreException.CorruptIndex.class);
            assertThat(c.get(List.of("record-149"), Field.ALL)).hasSize(1);
        }
    }

    private void assertRefused(Path file, String what) {
        Throwable refusal = catchThrowable(this::readAll);
        assertThat(refusal)
                .as("%s: %s", file.getFileName(), what)
                .isInstanceOfAny(StoreException.CorruptIndex.class, StoreException.FormatTooNew.class)
                .hasMessageContaining(file.getFileName().toString());
        Throwable toWriter = catchThrowable(() -> {
            try (VectorStore store = SnapshotStore.open(snapshot);
                    VectorCollection c = store.open("notes")) {
                c.get(List.of("record-3", "record-100"), Field.ALL);
                c.count(Filter.eq("round", 1));
            }
        });
        assertThat(toWriter)
                .as("%s, opened to write: %s", file.getFileName(), what)
                .isInstanceOfAny(StoreException.CorruptIndex.class, StoreException.FormatTooNew.class);
    }

    /** The digests of everything: by scan and by id. */
    private List<String> readAll() {
        try (VectorStore store = SnapshotStore.openToRead(snapshot);
                VectorCollection c = store.open("notes")) {
            List<VectorRecord> all = SnapshotRecords.all(c);
            List<String> ids = all.stream().map(VectorRecord::id).toList();
            List<String> digests = new ArrayList<>();
            for (VectorRecord r : c.get(ids, Field.ALL)) {
                int number = Integer.parseInt(r.id().substring("record-".length()));
                String digest = RecordDigest.hex(r);
                assertThat(digest).isEqualTo(RecordDigest.hex(SnapshotRecords.record(number, number < 90 ? 1 : 2)));
                digests.add(digest);
            }
            return digests;
        }
    }

    private Path file(String name) {
        return files.stream().filter(f -> f.endsWith(name)).findFirst().orElseThrow();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path source : all.toList()) {
                Files.copy(source, to.resolve(from.relativize(source).toString()));
            }
        }
    }
}
