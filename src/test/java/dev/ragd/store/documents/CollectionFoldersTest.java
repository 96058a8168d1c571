package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionFoldersTest {

    @TempDir
    Path home;

    private CollectionFolders folders;

    @BeforeEach
    void open() {
        folders = new CollectionFolders("test", home.resolve("data/test"));
    }

    @Test
    void lookingCreatesNothing() {
        assertThat(folders.list()).isEmpty();
        assertThat(folders.find("documents")).isEmpty();
        assertThat(new FolderHealth(folders).check().status()).isEqualTo(dev.ragd.store.Health.Status.HEALTHY);
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void whatACollectionIsComesBackExactly() {
        Metadata attributes = Metadata.of(Map.of("n", Long.MIN_VALUE, "x", 0.1, "b", true, "s", "日本 \"é\" \u0000"));
        CollectionSpec spec = new CollectionSpec("a.b-C_d", 384, Distance.IP, attributes);
        CollectionHeader header =
                CollectionHeader.create(spec, VectorStorage.EXACT, Metadata.of(Map.of("type", "hnsw")));
        CollectionFolder made = folders.create(header, DocumentStore::fill);
        assertThat(made.header()).isEqualTo(header);
        assertThat(folders.find("a.b-C_d")).contains(made);
        assertThat(folders.list()).containsExactly(made);
        assertThat(made.header().info().id()).isEqualTo(header.id());
    }

    @Test
    void whoLooksWhileACollectionComesAndGoesFindsItOrNothing() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> coming = other.submit(() -> {
                for (int i = 0; i < 200; i++) {
                    folders.drop(create("documents"));
                }
            });
            while (!coming.isDone()) {
                folders.find("documents");
                assertThat(folders.damaged()).isEmpty();
            }
            coming.get();
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void namesThatAFileSystemWouldMixUpAreApart() {
        List<String> names =
                List.of("Documents", "documents", "DOCUMENTS", "x".repeat(512), "x".repeat(511), "con", "nul.txt");
        names.forEach(this::create);
        assertThat(folders.list())
                .extracting(f -> f.header().spec().name())
                .containsExactlyElementsOf(names.stream().sorted().toList());
        assertThat(folders.list())
                .extracting(f -> f.path().getFileName().toString())
                .allMatch(n -> n.length() == 34);
    }

    @Test
    void foldersAreForTheirOwnerAlone() throws IOException {
        CollectionFolder made = create("private");
        for (Path p : List.of(folders.root(), made.path())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(p)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aTakenNameIsRefused() {
        CollectionFolder made = create("documents");
        assertThatThrownBy(() -> create("documents")).isInstanceOf(StoreException.CollectionExists.class);
        assertThat(folders.find("documents")).contains(made);
    }

    @Test
    void aDropTakesOnlyTheCollectionThatWasFound() {
        CollectionFolder old = create("documents");
        assertThat(folders.drop(old)).isTrue();
        assertThat(old.exists()).isFalse();
        CollectionFolder young = create("documents");
        assertThat(folders.drop(old)).as("it is another one now").isFalse();
        assertThat(young.exists()).isTrue();
        assertThat(old.exists()).isFalse();
    }

    @Test
    void whatADeadProcessLeftIsNoCollectionAndGoesAway() throws IOException {
        create("documents");
        Path half = folders.root().resolve(".new-1234");
        Files.createDirectories(half.resolve("index"));
        Files.writeString(half.resolve("index/_0.cfs"), "half");
        Path dropped = folders.root().resolve(".dropped-1234");
        Files.createDirectories(dropped);
        Files.copy(
                folders.find("documents").orElseThrow().path().resolve(HeaderFile.NAME),
                dropped.resolve(HeaderFile.NAME));
        Files.createDirectory(folders.root().resolve("c-0123 (copy)"));
        assertThat(folders.list()).hasSize(1);
        create("other");
        assertThat(half).doesNotExist();
        assertThat(dropped).doesNotExist();
        assertThat(folders.list()).hasSize(2);
    }

    @Test
    void aCreationThatFailsLeavesNothing() throws IOException {
        CollectionHeader header = CollectionHeader.create(
                new CollectionSpec("documents", 3, Distance.L2, Metadata.EMPTY), VectorStorage.NONE, Metadata.EMPTY);
        assertThatThrownBy(() -> folders.create(header, folder -> {
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(StoreException.ResourceExhausted.class)
                .hasMessageContaining("'documents'");
        try (Stream<Path> left = Files.list(folders.root())) {
            assertThat(left).extracting(p -> p.getFileName().toString()).containsExactly(".lock");
        }
    }

    @Test
    void ofManyWhoCreateOneWins() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                CollectionFolders own = new CollectionFolders("test", folders.root());
                work.add(() -> {
                    try {
                        create(own, "documents");
                        return true;
                    } catch (StoreException.CollectionExists e) {
                        return false;
                    }
                });
            }
            int winners = 0;
            for (Future<Boolean> f : pool.invokeAll(work)) {
                winners += f.get() ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
        } finally {
            pool.shutdownNow();
        }
        assertThat(folders.list()).hasSize(1);
    }

    @Test
    void handlesShareOneStateAndTheLastOneClosesIt() {
        create("documents");
        OpenCollections<DocumentStore> collections = new OpenCollections<>(folders, f -> DocumentStore.open("test", f));
        OpenCollections.Lease<DocumentStore> one = collections.open("documents");
        OpenCollections.Lease<DocumentStore> two = collections.open("documents");
        DocumentStore state = one.state();
        assertThat(two.state()).isSameAs(state);
        one.close();
        one.close();
        assertThatThrownBy(one::state).isInstanceOf(IllegalStateException.class);
        state.snapshot().close();
        two.close();
        assertThatThrownBy(state::snapshot).isInstanceOf(IllegalStateException.class);
        OpenCollections.Lease<DocumentStore> three = collections.open("documents");
        collections.close();
        collections.close();
        assertThatThrownBy(three::state).isInstanceOf(IllegalStateException.class);
        three.close();
    }

    /** Two stores over one root, as two processes. */
    @Test
    void aCollectionDroppedElsewhereTakesNoWrites() {
        create("documents");
        try (DocumentStore here =
                DocumentStore.open("test", folders.find("documents").orElseThrow())) {
            folders.drop(folders.find("documents").orElseThrow());
            create("documents");
            assertThatThrownBy(() -> here.upsert(List.of(TestCollections.record("x", 1))))
                    .isInstanceOfAny(StoreException.CollectionNotFound.class, StoreException.DimensionMismatch.class);
            assertThatThrownBy(() -> here.delete(List.of("x"))).isInstanceOf(StoreException.CollectionNotFound.class);
        }
        try (DocumentStore there =
                        DocumentStore.open("test", folders.find("documents").orElseThrow());
                DocumentSnapshot now = there.snapshot()) {
            assertThat(now.count()).isZero();
        }
    }

    private CollectionFolder create(String name) {
        return create(folders, name);
    }

    private static CollectionFolder create(CollectionFolders folders, String name) {
        CollectionSpec spec = new CollectionSpec(name, TestCollections.DIMENSION, Distance.L2, Metadata.EMPTY);
        return folders.create(CollectionHeader.create(spec, VectorStorage.EXACT, Metadata.EMPTY), DocumentStore::fill);
    }
}
