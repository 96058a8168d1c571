package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collection with a damaged file is refused, or answers right: never wrong. */
class DamagedFilesTest {

    private static final int RECORDS = 400;

    @TempDir
    Path root;

    @TempDir
    Path backup;

    private CollectionFolder folder;

    @BeforeEach
    void aCollectionOfSeveralSegments() throws IOException {
        folder = TestCollections.create(root, VectorStorage.GRAPH);
        for (int part = 0; part < 2; part++) {
            int first = part * RECORDS / 2;
            try (DocumentStore store = TestCollections.open(root)) {
                store.upsert(IntStream.range(first, first + RECORDS / 2)
                        .mapToObj(i -> TestCollections.record("r" + i, 1))
                        .toList());
                store.upsert(List.of(TestCollections.record("r" + first, 2)));
            }
        }
        copy(folder.path(), backup);
    }

    @Test
    void everyFileThatIsCutOrGoneIsNoticed() throws IOException {
        for (Path file : files()) {
            long size = Files.size(file);
            for (long length : new long[] {0, 1, size / 2, size - 1}) {
                if (length < size) {
                    byte[] content = Files.readAllBytes(file);
                    Files.write(file, java.util.Arrays.copyOf(content, (int) length));
                    assertRefused(file + " cut to " + length);
                    restore();
                }
            }
            Files.delete(file);
            assertRefused(file + " deleted");
            restore();
        }
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        Random random = new Random(5);
        for (Path file : files()) {
            byte[] content = Files.readAllBytes(file);
            for (int i = 0; i < 25; i++) {
                byte[] damaged = content.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, damaged);
                assertRefused(file + " with a bit flipped");
            }
            restore();
        }
    }

    /** Bits that rot on the disk leave no trace in the file's time; the sums of the records see them. */
    @Test
    void recordsThatRotUnseenAreNeverReadWrong() throws IOException {
        Random random = new Random(6);
        int refused = 0;
        for (Path file : files()) {
            byte[] content = Files.readAllBytes(file);
            FileTime time = Files.getLastModifiedTime(file);
            for (int i = 0; i < 40; i++) {
                byte[] damaged = content.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, damaged);
                Files.setLastModifiedTime(file, time);
                refused += readAll() ? 0 : 1;
            }
            restore();
        }
        assertThat(refused).isPositive();
    }

    /** False when it is refused. What is read must be right. */
    private boolean readAll() {
        try (DocumentStore store = TestCollections.open(root);
                DocumentSnapshot now = store.snapshot()) {
            int[] live = new int[now.live().size()];
            for (int i = 0, o = now.live().next(0); o >= 0; i++, o = now.live().next(o + 1)) {
                live[i] = o;
            }
            for (VectorRecord r : now.records(live, Field.ALL)) {
                String id = r.id();
                VectorRecord expected = TestCollections.record(
                        id, r.metadata().integer("version").intValue());
                assertThat(r.text()).isEqualTo(expected.text());
                assertThat(r.metadata()).isEqualTo(expected.metadata());
            }
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    @Test
    void healthNamesWhatIsDamaged() throws IOException {
        CollectionFolders folders = new CollectionFolders("test", root);
        assertThat(new FolderHealth(folders).check().status()).isEqualTo(dev.ragd.store.Health.Status.HEALTHY);
        Path data = files().stream()
                .filter(f -> f.toString().endsWith(".cfs"))
                .findFirst()
                .orElseThrow();
        byte[] content = Files.readAllBytes(data);
        content[content.length / 2] ^= 1;
        FileTime time = Files.getLastModifiedTime(data);
        Files.write(data, content);
        Files.setLastModifiedTime(data, time);
        assertThat(new FolderHealth(folders).check().checks())
                .filteredOn(c -> c.status() == dev.ragd.store.Health.Status.UNHEALTHY)
                .singleElement()
                .satisfies(c -> {
                    assertThat(c.name()).isEqualTo("documents");
                    assertThat(c.detail())
                            .contains("damaged")
                            .contains(folder.index().toString());
                    assertThat(c.advice()).contains("backup");
                });
    }

    @Test
    void aDamagedHeaderDoesNotHideTheOtherCollections() throws IOException {
        CollectionFolders folders = new CollectionFolders("test", root);
        CollectionSpec other = new CollectionSpec("other", 3, Distance.L2, Metadata.EMPTY);
        folders.create(CollectionHeader.create(other, VectorStorage.EXACT, Metadata.EMPTY), DocumentStore::fill);
        Files.write(folder.path().resolve(HeaderFile.NAME), new byte[] {1, 2, 3});
        assertThat(folders.list()).extracting(f -> f.header().spec().name()).containsExactly("other");
        assertThat(folders.damaged()).singleElement().satisfies(d -> {
            assertThat(d.place()).isEqualTo(folder.path().toString());
            assertThat(d.failure())
                    .isInstanceOf(StoreException.CorruptIndex.class)
                    .hasMessageContaining(folder.path().toString())
                    .hasMessageContaining("backup");
        });
        assertThat(new FolderHealth(folders).check().checks())
                .filteredOn(c -> c.status() == dev.ragd.store.Health.Status.UNHEALTHY)
                .singleElement()
                .satisfies(c -> assertThat(c.name())
                        .isEqualTo(folder.path().getFileName().toString()));
        assertThat(new FolderHealth(folders).check().checks())
                .anyMatch(c -> c.name().equals("other") && c.status() == dev.ragd.store.Health.Status.HEALTHY);
    }

    @Test
    void aDamagedCollectionCanBeDropped() throws IOException {
        Files.delete(files().stream()
                .filter(f -> f.toString().contains("segments_"))
                .findFirst()
                .orElseThrow());
        try (OpenCollections<DocumentStore> collections =
                new OpenCollections<>(new CollectionFolders("test", root), f -> DocumentStore.open("test", f))) {
            assertThatThrownBy(() -> collections.open("documents")).isInstanceOf(StoreException.CorruptIndex.class);
            assertThat(collections.drop("documents")).isTrue();
            assertThat(collections.list()).isEmpty();
        }
    }

    @Test
    void aNewerFormatIsRefusedAsSuch() throws IOException {
        Path file = folder.path().resolve(HeaderFile.NAME);
        byte[] content = Files.readAllBytes(file);
        // magic, string, then the version as a big-endian int; the sum in the last eight bytes
        int version = 4 + 1 + "ragd.collection".length();
        assertThat(content[version + 3]).isEqualTo((byte) HeaderFile.VERSION);
        content[version + 3]++;
        Files.write(file, content);
        assertThatThrownBy(() -> TestCollections.find(root)).isInstanceOf(StoreException.CorruptIndex.class);
        java.util.zip.CRC32 sum = new java.util.zip.CRC32();
        sum.update(content, 0, content.length - 8);
        java.nio.ByteBuffer.wrap(content).putLong(content.length - 8, sum.getValue());
        Files.write(file, content);
        assertThatThrownBy(() -> TestCollections.find(root))
                .isInstanceOf(StoreException.FormatTooNew.class)
                .hasMessageContaining("format 3")
                .hasMessageContaining("up to 2");
    }

    private void assertRefused(String what) {
        assertThatThrownBy(
                        () -> {
                            try (DocumentStore store = TestCollections.open(root)) {
                                store.refresh();
                            }
                        },
                        what)
                .isInstanceOfAny(StoreException.CorruptIndex.class, StoreException.FormatTooNew.class)
                .hasMessageContaining(folder.path().toString());
    }

    /** The files that hold data. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(List.of(folder.path().resolve(HeaderFile.NAME)));
        try (Stream<Path> index = Files.list(folder.index())) {
            index.filter(f -> !f.endsWith("write.lock")).sorted().forEach(files::add);
        }
        return files;
    }

    private void restore() throws IOException {
        copy(backup, folder.path());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path p : all.toList()) {
                Path target = to.resolve(from.relativize(p).toString());
                if (Files.isDirectory(p)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(p, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
