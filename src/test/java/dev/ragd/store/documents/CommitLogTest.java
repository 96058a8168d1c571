package dev.ragd.store.documents;

import static dev.ragd.store.documents.TestCollections.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.Field;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commits leave in the log, and what is made of it after a crash and by other processes. */
@Timeout(300)
class CommitLogTest {

    @TempDir
    Path root;

    /** A commit and what the records are then, by id, with their ordinals. */
    private record Moment(CommitPoint commit, Map<String, VectorRecord> records, Map<String, Integer> ordinals) {}

    private final Map<String, VectorRecord> records = new TreeMap<>();
    private final Map<String, Integer> ordinals = new TreeMap<>();

    private void put(DocumentStore store, String id, int version) {
        VectorRecord r = record(id, version);
        records.put(id, r);
        ordinals.put(id, TestCollections.upsert(store, List.of(r)));
    }

    private void delete(DocumentStore store, String id) {
        assertThat(store.delete(List.of(id))).isEqualTo(1);
        records.remove(id);
        ordinals.remove(id);
    }

    private Moment commit(DocumentStore store) {
        return new Moment(store.commit(), new TreeMap<>(records), new TreeMap<>(ordinals));
    }

    /** Two commits of Lucene, then three that are in the log only, and an end as a crash makes it. */
    private List<Moment> crash(VectorStorage storage) {
        TestCollections.create(root, storage);
        List<Moment> moments = new ArrayList<>();
        DocumentStore store = TestCollections.open(root);
        put(store, "a", 1);
        put(store, "b", 1);
        moments.add(commit(store));
        put(store, "c", 1);
        moments.add(commit(store));
        put(store, "a", 2);
        put(store, "d", 2);
        moments.add(commit(store));
        delete(store, "b");
        put(store, "e", 3);
        moments.add(commit(store));
        put(store, "f", 4);
        put(store, "c", 4);
        moments.add(commit(store));
        put(store, "lost", 5);
        store.abandon();
        return moments;
    }

    private void assertOpensAs(Moment expected) {
        try (DocumentStore store = TestCollections.open(root)) {
            assertIs(store, expected);
        }
    }

    private static void assertIs(DocumentStore store, Moment expected) {
        boolean kept = TestCollections.keepsVectors(store.header().storage());
        try (DocumentSnapshot now = store.snapshot()) {
            assertThat(now.commit()).isEqualTo(expected.commit);
            assertThat(now.nextOrdinal()).isEqualTo(expected.commit.nextOrdinal());
            assertThat(now.count()).isEqualTo(expected.records.size());
            Map<Integer, String> codes = TestCollections.codes(now, 0);
            assertThat(codes).hasSize(store.header().storage() == VectorStorage.CODES ? expected.records.size() : 0);
            expected.records.forEach((id, r) -> {
                if (!codes.isEmpty()) {
                    assertThat(codes.get(expected.ordinals.get(id)))
                            .isEqualTo(new String(TestCollections.code(r), StandardCharsets.UTF_8));
                }
                assertThat(now.ordinal(id)).as(id).isEqualTo(expected.ordinals.get(id));
                VectorRecord found = now.records(List.of(id), kept ? Field.ALL : Set.of(Field.TEXT, Field.METADATA))
                        .get(0);
                DocumentStoreTest.assertSame(found, kept ? r : new VectorRecord(r.id(), null, r.text(), r.metadata()));
            });
        }
    }

    private Path log() throws IOException {
        try (Stream<Path> files = Files.list(TestCollections.find(root).path())) {
            return files.filter(f -> f.getFileName().toString().startsWith("log-"))
                    .reduce((a, b) -> {
                        throw new AssertionError("two logs");
                    })
                    .orElseThrow();
        }
    }

    private boolean hasLog() throws IOException {
        try (Stream<Path> files = Files.list(TestCollections.find(root).path())) {
            return files.anyMatch(f -> f.getFileName().toString().startsWith("log-"));
        }
    }

    /** Where the frames of the log begin, and where the last one ends. */
    private static List<Integer> frames(byte[] log) {
        List<Integer> at = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        int next = LogFormat.HEADER;
        at.add(next);
        while (next < log.length) {
            assertThat(LogFormat.isFrame(bytes, next)).isTrue();
            next += LogFormat.FRAME_HEADER + LogFormat.bodyLength(bytes, next) + LogFormat.FRAME_END;
            at.add(next);
        }
        return at;
    }

    @ParameterizedTest
    @EnumSource(VectorStorage.class)
    void whatWasCommittedIsThereAgainWithItsOrdinals(VectorStorage storage) throws IOException {
        Moment last = crash(storage).get(4);
        byte[] log = Files.readAllBytes(log());
        assertThat(frames(log)).hasSize(4);
        assertOpensAs(last);
        assertOpensAs(last);
        assertThat(Files.readAllBytes(log())).as("reading leaves it alone").isEqualTo(log);
        try (DocumentStore store = TestCollections.open(root)) {
            assertThat(TestCollections.upsert(store, List.of(record("g", 6)))).isEqualTo(last.commit.nextOrdinal());
            assertThat(hasLog()).as("a writer takes it over into the index").isFalse();
            store.abandon();
        }
        assertOpensAs(last);
        try (DocumentStore store = TestCollections.open(root)) {
            assertThat(TestCollections.upsert(store, List.of(record("g", 6))))
                    .as("nobody was told of the first one")
                    .isEqualTo(last.commit.nextOrdinal());
        }
    }

    @Test
    void aCollectionThatWasClosedHasNoLog() throws IOException {
        TestCollections.create(root, VectorStorage.EXACT);
        Moment last;
        try (DocumentStore store = TestCollections.open(root)) {
            for (int i = 0; i < 5; i++) {
                put(store, "r" + i, i);
                store.commit();
            }
            last = commit(store);
            assertThat(hasLog()).isTrue();
        }
        assertThat(hasLog()).isFalse();
        assertOpensAs(last);
    }

    /** The kernel has written a part of a commit that nobody was told of. */
    @Test
    void aLastCommitThatIsCutAnywhereIsLeftOut() throws IOException {
        List<Moment> moments = crash(VectorStorage.EXACT);
        byte[] whole = Files.readAllBytes(log());
        List<Integer> frames = frames(whole);
        for (int length = frames.get(2); length < frames.get(3); length++) {
            Files.write(log(), Arrays.copyOf(whole, length));
            if (length % 16 == 0 || length < frames.get(2) + 40 || length > frames.get(3) - 40) {
                assertOpensAs(moments.get(3));
            } else {
                assertThat(lastRead(moments.get(1).commit)).isEqualTo(moments.get(3).commit);
            }
        }
        try (DocumentStore store = TestCollections.open(root)) {
            put(store, "next", 7);
        }
        try (DocumentStore store = TestCollections.open(root);
                DocumentSnapshot now = store.snapshot()) {
            assertThat(now.records(List.of("e", "next", "f"), Field.NONE))
                    .extracting(VectorRecord::id)
                    .containsExactly("e", "next");
        }
    }

    /** The last commit as the log alone tells it. */
    private CommitPoint lastRead(CommitPoint base) throws IOException {
        CommitPoint last = base;
        try (LogReader reader = new LogReader(log(), base)) {
            CommitPoint next = reader.next(IGNORED);
            while (next != null) {
                last = next;
                next = reader.next(IGNORED);
            }
            return last;
        }
    }

    private static final LogFormat.Visitor IGNORED = new LogFormat.Visitor() {
        @Override
        public void put(String id, BytesRef content, @Nullable BytesRef vector) {
            // Only commits are looked at.
        }

        @Override
        public void delete(String[] ids) {
            // As above.
        }
    };

    /** A power cut may lose any sectors of the commit that was being written, though the file is as long as it should be. */
    @Test
    void aLastCommitThatLacksSectorsIsLeftOut() throws IOException {
        List<Moment> moments = crash(VectorStorage.EXACT);
        byte[] whole = Files.readAllBytes(log());
        List<Integer> frames = frames(whole);
        int start = frames.get(2);
        int end = frames.get(3);
        for (int sector = start / 512; sector <= (end - 1) / 512; sector++) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, Math.max(start, sector * 512), Math.min(end, (sector + 1) * 512), (byte) 0);
            Files.write(log(), torn);
            assertOpensAs(moments.get(3));
        }
        byte[] nothing = whole.clone();
        Arrays.fill(nothing, start, end, (byte) 0);
        Files.write(log(), nothing);
        assertOpensAs(moments.get(3));
    }

    @Test
    void everyFlippedBitIsDamage() throws IOException {
        List<Moment> moments = crash(VectorStorage.EXACT);
        byte[] whole = Files.readAllBytes(log());
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            Files.write(log(), damaged);
            assertThatThrownBy(() -> lastRead(moments.get(1).commit))
                    .as("byte %d", i)
                    .isInstanceOf(CorruptIndexException.class);
            if (i % 100 == 0) {
                assertThatThrownBy(() -> TestCollections.open(root))
                        .isInstanceOf(StoreException.CorruptIndex.class)
                        .hasMessageContaining(log().toString())
                        .hasMessageContaining("backup");
                assertThat(new FolderHealth(new CollectionFolders("test", root))
                                .check()
                                .status())
                        .isEqualTo(Health.Status.UNHEALTHY);
            }
        }
        Files.write(log(), whole);
        assertOpensAs(moments.get(4));
    }

    /** Zeros where a later commit stands behind them were no accident of the last moment. */
    @Test
    void lostSectorsBeforeTheLastCommitAreDamage() throws IOException {
        crash(VectorStorage.EXACT);
        byte[] whole = Files.readAllBytes(log());
        List<Integer> frames = frames(whole);
        byte[] damaged = whole.clone();
        Arrays.fill(damaged, frames.get(1), frames.get(2), (byte) 0);
        Files.write(log(), damaged);
        assertThatThrownBy(() -> TestCollections.open(root)).isInstanceOf(StoreException.CorruptIndex.class);
        byte[] without = new byte[whole.length - (frames.get(2) - frames.get(1))];
        System.arraycopy(whole, 0, without, 0, frames.get(1));
        System.arraycopy(whole, frames.get(2), without, frames.get(1), whole.length - frames.get(2));
        Files.write(log(), without);
        assertThatThrownBy(() -> TestCollections.open(root)).isInstanceOf(StoreException.CorruptIndex.class);
    }

    @Test
    void aLogThatIsGoneOrAnotherCommitsIsDamage() throws IOException {
        crash(VectorStorage.EXACT);
        Path log = log();
        byte[] whole = Files.readAllBytes(log);
        Files.delete(log);
        assertThatThrownBy(() -> TestCollections.open(root)).isInstanceOf(StoreException.CorruptIndex.class);
        CommitPoint other = new CommitPoint(UUID.randomUUID().toString(), 2, 3);
        byte[] header = LogFormat.header(other).array();
        System.arraycopy(header, 0, whole, 0, header.length);
        Files.write(log, whole);
        assertThatThrownBy(() -> TestCollections.open(root))
                .isInstanceOf(StoreException.CorruptIndex.class)
                .hasMessageContaining("follows another commit");
    }

    /** A crash between a commit of Lucene and the removal of the log before, or between a new log and its commit. */
    @ParameterizedTest
    @ValueSource(strings = {"log-11111111-2222-3333-4444-555555555555", "log-"})
    void aLogThatNoCommitNamesIsRemoved(String name) throws IOException {
        Moment last = crash(VectorStorage.EXACT).get(4);
        Path stale = TestCollections.find(root).file(name);
        Files.write(stale, Files.readAllBytes(log()));
        assertOpensAs(last);
        try (DocumentStore store = TestCollections.open(root)) {
            TestCollections.upsert(store, List.of(record("g", 6)));
        }
        assertThat(hasLog()).isFalse();
    }

    @Test
    void aReaderSeesWhatTheWriterBesideItCommits() {
        TestCollections.create(root, VectorStorage.GRAPH);
        try (DocumentStore reader = TestCollections.open(root)) {
            Moment before = null;
            try (DocumentStore writer = TestCollections.open(root)) {
                for (int i = 0; i < 30; i++) {
                    put(writer, "r" + i % 20, i);
                    if (i % 7 == 6) {
                        delete(writer, "r" + (i - 3) % 20);
                    }
                    if (i == 12 || i == 20) {
                        writer.commit(Map.of("snapshot", "s" + i)); // goes to Lucene, and begins another log
                    }
                    if (before != null) {
                        assertIs(reader, before);
                    }
                    before = commit(writer);
                    reader.refresh();
                    assertIs(reader, before);
                    try (DocumentStore late = TestCollections.open(root);
                            DocumentSnapshot old = reader.snapshot()) {
                        assertIs(late, before);
                        reader.refresh();
                        try (DocumentSnapshot same = reader.snapshot()) {
                            assertThat(same).as("nothing is new").isSameAs(old);
                        }
                    }
                }
            }
            reader.refresh();
            assertIs(reader, before);
        }
    }

    /** A log does not grow for ever, and a batch that is too large for it does not go there. */
    @Test
    void aFullLogGivesWayToTheIndex() throws IOException {
        TestCollections.create(root, VectorStorage.EXACT);
        DocumentStore store = TestCollections.open(root);
        String text = "much text ".repeat(200_000);
        List<Path> logs = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            VectorRecord r = new VectorRecord("big" + i, record("x", i).vector(), text + i, Metadata.EMPTY);
            ordinals.put(r.id(), store.upsert(List.of(r)));
            records.put(r.id(), r);
            store.commit();
            if (i > 0) {
                assertThat(Files.size(log())).isLessThanOrEqualTo(16 << 20);
                logs.add(log());
            }
        }
        assertThat(logs.stream().distinct().count()).isGreaterThanOrEqualTo(2);
        List<VectorRecord> many = IntStream.range(0, 9)
                .mapToObj(i -> new VectorRecord("more" + i, record("y", i).vector(), text + i, Metadata.EMPTY))
                .toList();
        int first = store.upsert(many);
        for (int i = 0; i < many.size(); i++) {
            records.put("more" + i, many.get(i));
            ordinals.put("more" + i, first + i);
        }
        Moment last = commit(store);
        assertThat(Files.size(log())).isEqualTo(LogFormat.HEADER);
        store.abandon();
        assertOpensAs(last);
    }

    /** Who reads beside a writer that works slowly need not read much of a log. */
    @Test
    void anOldLogGivesWayToTheIndex() throws Exception {
        TestCollections.create(root, VectorStorage.EXACT);
        DocumentStore store = TestCollections.open(root);
        for (int i = 0; i < 2; i++) {
            put(store, "r" + i, i);
            commit(store);
        }
        Path before = log();
        Thread.sleep(5_000);
        put(store, "late", 1);
        Moment last = commit(store);
        assertThat(log()).isNotEqualTo(before);
        assertThat(Files.size(log())).isEqualTo(LogFormat.HEADER);
        store.abandon();
        assertOpensAs(last);
    }

    /** An interrupt closes the file under the write: the next commit does not trust what is in it. */
    @Test
    void aCommitThatCouldNotBeLoggedIsRepeated() throws IOException {
        TestCollections.create(root, VectorStorage.EXACT);
        DocumentStore store = TestCollections.open(root);
        for (int i = 0; i < 3; i++) {
            put(store, "r" + i, i);
            commit(store);
        }
        Path before = log();
        Moment acknowledged = commit(store);
        put(store, "late", 1);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(store::commit).isInstanceOf(StoreException.StoreUnavailable.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        try (DocumentStore reader = TestCollections.open(root)) {
            assertIs(reader, acknowledged);
        }
        put(store, "later", 2);
        Moment last = commit(store);
        assertThat(log()).isNotEqualTo(before);
        store.abandon();
        assertOpensAs(last);
    }

    @Test
    void adapterDataStaysAcrossTheLog() {
        TestCollections.create(root, VectorStorage.EXACT);
        DocumentStore store = TestCollections.open(root);
        put(store, "a", 1);
        store.commit(Map.of("snapshot", "one"));
        for (int i = 0; i < 3; i++) {
            put(store, "b" + i, 1);
            store.commit();
        }
        Moment last = commit(store);
        store.abandon();
        try (DocumentStore again = TestCollections.open(root)) {
            assertIs(again, last);
            try (DocumentSnapshot now = again.snapshot()) {
                assertThat(now.adapterData()).isEqualTo(Map.of("snapshot", "one"));
            }
            assertThat(again.commit(Map.of("snapshot", "two")).generation()).isGreaterThan(last.commit.generation());
        }
        try (DocumentStore again = TestCollections.open(root);
                DocumentSnapshot now = again.snapshot()) {
            assertThat(now.adapterData()).isEqualTo(Map.of("snapshot", "two"));
            assertThat(now.nextOrdinal()).isEqualTo(last.commit.nextOrdinal());
        }
    }

    @Test
    void healthCountsWhatIsInTheLog() {
        crash(VectorStorage.EXACT);
        assertThat(new FolderHealth(new CollectionFolders("test", root)).check().checks())
                .filteredOn(c -> c.name().equals("documents"))
                .singleElement()
                .satisfies(c -> assertThat(c.detail()).contains("5 records").contains("commit 6"));
    }
}
