package dev.ragd.store;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every store must do: each promise of {@link VectorStore} and {@link VectorCollection}, and each refusal. What a
 * collection declares is tested to work; what it does not declare is tested to be refused without a trace.
 *
 * <p>A store passes by a subclass that says how to open it:
 *
 * <pre>{@code
 * class MyStoreTest extends VectorStoreContract {
 *     @TempDir Path home;
 *
 *     @Override
 *     protected VectorStore open() {
 *         return new MyStore(home);
 *     }
 * }
 * }</pre>
 *
 * <p>Collections have names of their own and are dropped after each test, so a server can be shared between tests and test
 * classes. The store is never open twice at a time.
 */
@Timeout(120)
public abstract class VectorStoreContract {

    /** How far a score may be from the formula: float rounding. */
    protected static final double SCORE_TOLERANCE = 1e-5;

    private static final int DIM = 4;

    private final List<String> names = new ArrayList<>();
    private final List<VectorCollection> handles = new ArrayList<>();
    private VectorStore store;

    /** Opens the store; within one test each call opens the same data. The contract closes it. */
    protected abstract VectorStore open() throws Exception;

    /** The part of the exact nearest records that a search must find: less than 1 for stores that approximate. */
    protected double recallFloor() {
        return 1;
    }

    /** The collection without what a test wraps around it to give each vector a text that its model makes it of. */
    protected VectorCollection plain(VectorCollection collection) {
        return collection;
    }

    @BeforeEach
    protected void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    protected void dropCollections() {
        try {
            handles.forEach(VectorCollection::close);
            names.forEach(store::drop);
        } finally {
            store.close();
        }
    }

    // ---- collections -------------------------------------------------------------------------------------------

    @Test
    protected void aNewCollectionIsEmptyAndKnown() {
        String name = newName();
        assertThat(store.find(name)).isEmpty();
        for (Distance distance : Distance.values()) {
            VectorCollection c = create(distance, DIM, Metadata.EMPTY);
            CollectionInfo info = c.info();
            assertThat(info.dimension()).hasValue(DIM);
            assertThat(info.distance()).isEqualTo(distance);
            assertThat(info.attributes()).isEqualTo(Metadata.EMPTY);
            assertThat(info.id()).isNotEmpty();
            assertThat(store.find(info.name())).contains(info);
            assertThat(store.open(info.name()).info()).isEqualTo(info);
            assertThat(c.count()).isZero();
        }
    }

    @Test
    protected void attributesComeBackAsTheyWereGiven() {
        Metadata attributes = Metadata.of(Map.of(
                "model", "MiniLM \"é\" 日本", "size", Long.MAX_VALUE, "ratio", 0.5, "whole", 3.0, "normalised", true));
        String name = create(Distance.COSINE, DIM, attributes).info().name();
        assertThat(store.find(name).orElseThrow().attributes()).isEqualTo(attributes);
        assertThat(store.open(name).info().attributes()).isEqualTo(attributes);
        assertThat(store.list())
                .filteredOn(i -> i.name().equals(name))
                .singleElement()
                .satisfies(i -> assertThat(i.attributes()).isEqualTo(attributes));
    }

    @Test
    protected void replacedAttributesAreThoseOfEveryHandleAndSurviveAReopening() throws Exception {
        VectorCollection c = create(Distance.L2, DIM, Metadata.of(Map.of("kept", "no", "size", 1L)));
        CollectionInfo before = c.info();
        VectorCollection other = store.open(before.name());
        List<VectorRecord> records = people();
        c.upsert(records.subList(0, 2));
        Metadata first = Metadata.of(Map.of("size", Long.MIN_VALUE, "new", "日本", "whole", 3.0, "done", true));
        c.replaceAttributes(first);
        c.replaceAttributes(first);
        CollectionInfo after = new CollectionInfo(
                before.id(), before.name(), before.dimension(), before.distance(), first, before.embeddingFunction());
        for (CollectionInfo info : List.of(
                c.info(),
                other.info(),
                store.find(before.name()).orElseThrow(),
                store.open(before.name()).info(),
                store.list().stream()
                        .filter(i -> i.name().equals(before.name()))
                        .findFirst()
                        .orElseThrow())) {
            assertThat(info).isEqualTo(after);
        }
        other.upsert(records.subList(2, records.size()));
        assertHolds(c, records);
        if (c.capabilities().contains(Capability.PERSISTENT)) {
            other.close();
            c = reopen(c);
            assertThat(c.info()).isEqualTo(after);
            assertHolds(c, records);
        }
        c.replaceAttributes(Metadata.EMPTY);
        assertThat(c.info().attributes()).isEqualTo(Metadata.EMPTY);
        assertThat(c.info().dimension()).hasValue(DIM);
        c.delete(List.of("ada"));
        assertThat(store.find(before.name()).orElseThrow().attributes()).isEqualTo(Metadata.EMPTY);
        assertThat(c.count()).isEqualTo(records.size() - 1);
    }

    @Test
    protected void attributesThatNoCollectionCanHaveChangeNothing() {
        Metadata attributes = Metadata.of(Map.of("model", "a"));
        VectorCollection c = create(Distance.COSINE, DIM, attributes);
        assertThatThrownBy(() -> c.replaceAttributes(Metadata.of(Map.of("list", List.of("x")))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(c.info().attributes()).isEqualTo(attributes);
    }

    @Test
    protected void collectionsAreListedInOrderOfName() {
        List<String> made = List.of(newName() + "-B", newName() + "-a", newName() + ".c_1", newName());
        names.addAll(made);
        made.forEach(name -> store.create(new CollectionSpec(name, DIM, Distance.L2, Metadata.EMPTY)));
        List<String> listed = store.list().stream().map(CollectionInfo::name).collect(toList());
        assertThat(listed).isSorted().containsAll(made).doesNotHaveDuplicates();
    }

    @Test
    protected void aTakenNameIsRefusedAndItsRecordsStay() {
        VectorCollection c = create();
        c.upsert(List.of(record("a", 1, "text")));
        CollectionInfo before = c.info();
        assertThatThrownBy(() -> store.create(new CollectionSpec(before.name(), 7, Distance.L2, Metadata.EMPTY)))
                .isInstanceOf(StoreException.CollectionExists.class)
                .hasMessageContaining(before.name());
        assertThat(store.open(before.name()).info()).isEqualTo(before);
        assertThat(c.count()).isEqualTo(1);
    }

    @Test
    protected void aMissingCollectionIsNotFoundNorMade() {
        String name = newName();
        assertThatThrownBy(() -> store.open(name))
                .isInstanceOf(StoreException.CollectionNotFound.class)
                .hasMessageContaining(name);
        assertThat(store.find(name)).isEmpty();
        assertThat(store.drop(name)).isFalse();
        assertThat(store.list()).extracting(CollectionInfo::name).doesNotContain(name);
    }

    @Test
    protected void aDroppedCollectionIsGoneAndItsNameIsFree() {
        VectorCollection first = create();
        first.upsert(List.of(record("a", 1, "text")));
        CollectionInfo old = first.info();
        first.close();
        assertThat(store.drop(old.name())).isTrue();
        assertThat(store.drop(old.name())).isFalse();
        assertThat(store.find(old.name())).isEmpty();

        VectorCollection second = store.create(new CollectionSpec(old.name(), 2, Distance.IP, Metadata.EMPTY));
        assertThat(second.count()).isZero();
        assertThat(second.info().id()).isNotEqualTo(old.id());
        assertThat(second.info().dimension()).hasValue(2);
        second.upsert(List.of(new VectorRecord("b", new float[] {1, 2}, null, Metadata.EMPTY)));
        assertThat(second.count()).isEqualTo(1);
    }

    @Test
    protected void aHandleOnADroppedCollectionNeverTouchesItsNamesake() {
        VectorCollection old = create(Distance.L2, 2, Metadata.EMPTY);
        String name = old.info().name();
        old.upsert(List.of(point("old", 1, 1)));
        store.drop(name);
        for (int round = 0; round < 2; round++) {
            assertNotFound(old::count);
            assertNotFound(() -> old.upsert(List.of(point("stray", 1, 1))));
            assertNotFound(() -> old.get(List.of("old"), Field.NONE));
            assertNotFound(() -> old.scan(new ScanRequest(Field.NONE, null, null, 5)));
            assertNotFound(() -> old.search(SearchRequest.nearest(new float[] {1, 1}, 1, null)));
            assertNotFound(() -> old.delete(List.of("old", "new")));
            assertNotFound(() -> old.delete(Filter.and()));
            assertNotFound(() -> old.replaceAttributes(Metadata.of(Map.of("stray", true))));
            store.drop(name);
            store.create(new CollectionSpec(name, 2, Distance.L2, Metadata.EMPTY))
                    .upsert(List.of(point("new", 2, 2)));
        }
        VectorCollection now = store.open(name);
        assertHolds(now, point("new", 2, 2));
        assertThat(now.count()).isEqualTo(1);
        assertThat(now.info().attributes()).isEqualTo(Metadata.EMPTY);
    }

    @Test
    protected void collectionsDoNotShareRecords() {
        VectorCollection one = create();
        VectorCollection two = create();
        one.upsert(List.of(record("same", 1, "one")));
        two.upsert(List.of(record("same", 2, "two")));
        assertThat(one.delete(List.of("same"))).isEqualTo(1);
        assertHolds(two, record("same", 2, "two"));
    }

    @Test
    protected void aLongNameIsAccepted() {
        String name = newName() + "_" + "x".repeat(512 - newName().length() - 2) + "9";
        names.add(name);
        assertThat(name).hasSize(512);
        store.create(new CollectionSpec(name, DIM, Distance.COSINE, Metadata.EMPTY))
                .upsert(List.of(record("a", 1, "text")));
        assertThat(store.open(name).count()).isEqualTo(1);
    }

    @Test
    protected void aStoreThatIsOpenIsNotUnhealthy() {
        assertThat(store.name()).isNotEmpty();
        Health health = store.health();
        assertThat(health.checks()).isNotEmpty();
        assertThat(health.status()).isIn(Health.Status.HEALTHY, Health.Status.DEGRADED);
    }

    @Test
    protected void closingTwiceIsClosingOnce() throws Exception {
        VectorCollection c = create();
        String name = c.info().name();
        c.upsert(List.of(record("a", 1, "text")));
        VectorCollection other = store.open(name);
        c.close();
        c.close();
        assertThat(other.count()).as("another handle stays open").isEqualTo(1);
        assertThat(store.open(name).count()).as("the store stays open").isEqualTo(1);
        assertThat(store.drop(name)).isTrue();
        store.close();
        store.close();
        store = open();
        assertThat(store.find(name)).isEmpty();
    }

    // ---- writing -----------------------------------------------------------------------------------------------

    @Test
    protected void everyTypeOfValueComesBackAsItWas() {
        VectorCollection c = create();
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("string", "a \"quoted\" \\ back\nslash\ttab");
        values.put("empty string", "");
        values.put("digits", "3");
        values.put("word", "true");
        values.put("zero", 0L);
        values.put("min", Long.MIN_VALUE);
        values.put("max", Long.MAX_VALUE);
        values.put("beyond double", (1L << 53) + 1);
        values.put("whole", 3.0);
        values.put("tenth", 0.1);
        values.put("negative", -2.5);
        values.put("large", 1e300);
        values.put("small", 1e-300);
        values.put("yes", true);
        values.put("no", false);
        VectorRecord r = new VectorRecord("typed", vector(1), "text", Metadata.of(values));
        c.upsert(List.of(r));
        assertHolds(c, r);
    }

    @Test
    protected void unicodeIsKeptEverywhere() {
        VectorCollection c = create();
        List<String> strings = List.of(
                "plain",
                "Plain",
                "é",
                "e\u0301",
                "日本語",
                "שלום עולם",
                "مرحبا",
                "👩‍👩‍👧‍👦 family",
                "\uFFFD\uFEFFbom",
                "\uD83D\uDE00\uD800\uDC00",
                " leading and trailing ",
                "a/b\\c?d=e&f#g%20h+i",
                "'quotes\" `and` $braces{}[]()<>;,--/*",
                "line\nbreak\r\ttab\u0001control\u007f\u0085\u2028",
                "%_*?.^|~",
                "null",
                ".",
                "..");
        List<VectorRecord> records = new ArrayList<>();
        for (String s : strings) {
            Metadata metadata = Metadata.of(Map.of("value", s, "n", (long) records.size()));
            records.add(new VectorRecord(s, vector(records.size()), "text of " + s, metadata));
        }
        c.upsert(records);
        assertThat(c.count()).isEqualTo(strings.size());
        assertHolds(c, records);
        assertThat(scanIds(c, null, 5)).containsExactlyInAnyOrderElementsOf(strings);
        for (String s : strings) {
            assertThat(scanIds(c, Filter.eq("value", s), 100))
                    .as("value = %s", s)
                    .containsExactly(s);
        }
        assertThat(c.delete(strings)).isEqualTo(strings.size());
        assertThat(c.count()).isZero();
    }

    @Test
    protected void unusualKeysAreKeptAndCanBeFilteredBy() {
        VectorCollection c = create();
        List<String> keys = List.of(
                "a.b",
                "with space",
                "ключ",
                "🔑",
                "and",
                "or",
                "not",
                "text",
                "id",
                "vector",
                "UPPER",
                "upper",
                "é",
                "quote'\"`",
                "back\\slash",
                "a/b",
                "%",
                "_",
                "-",
                "0",
                "k".repeat(200));
        TreeMap<String, Object> values = new TreeMap<>();
        keys.forEach(k -> values.put(k, "value of " + k));
        VectorRecord r = new VectorRecord("keys", vector(1), "words", Metadata.of(values));
        c.upsert(List.of(r, record("other", 2, "words")));
        assertHolds(c, r);
        for (String k : keys) {
            assertThat(c.count(Filter.eq(k, "value of " + k))).as(k).isEqualTo(1);
            assertThat(c.count(new Filter.Exists(k))).as(k).isEqualTo(1);
        }
        assertThat(c.count(Filter.eq("absent", 1))).isZero();
    }

    @Test
    protected void keysThatAStoreMayReserveAreKeptOrRefused() {
        for (String key :
                List.of("$eq", "$x", "#document", "chroma:document", "hnsw:space", "_id", "__text", "ragd", "\u0000")) {
            assertKeptOrRefused(new VectorRecord("r", vector(1), "words", Metadata.of(Map.of(key, "value"))));
        }
    }

    @Test
    protected void nulCharactersAreKeptOrRefused() {
        assertKeptOrRefused(record("nul\u0000id", 1, "words"));
        assertKeptOrRefused(record("r", 1, "nul \u0000 text"));
        assertKeptOrRefused(record("r", 1, "\u0000"));
        assertKeptOrRefused(new VectorRecord("r", vector(1), "words", Metadata.of(Map.of("key", "nul \u0000 value"))));
        assertKeptOrRefused(new VectorRecord("r", vector(1), "words", Metadata.of(Map.of("nul\u0000key", "value"))));
    }

    @Test
    protected void theLongestIdIsKept() {
        VectorCollection c = create();
        VectorRecord narrow = record("n".repeat(VectorRecord.MAX_ID_LENGTH), 1, "narrow");
        VectorRecord wide = record("語".repeat(VectorRecord.MAX_ID_LENGTH), 2, "wide");
        VectorRecord almost = record("n".repeat(VectorRecord.MAX_ID_LENGTH - 1), 3, "almost");
        c.upsert(List.of(narrow, wide, almost));
        assertHolds(c, narrow, wide, almost);
        assertThat(c.delete(List.of(narrow.id()))).isEqualTo(1);
        assertHolds(c, wide, almost);
    }

    @Test
    protected void hugeTextIsKeptAndCanBeSearched() {
        VectorCollection c = create();
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 1_900_000; i++) {
            text.append("Wort ").append(i).append(" größe 語\n");
        }
        VectorRecord huge = record("huge", 1, text + "needle in the hay");
        VectorRecord value = new VectorRecord("value", vector(2), "t", Metadata.of(Map.of("v", "v".repeat(20_000))));
        c.upsert(List.of(huge, value));
        assertHolds(c, huge, value);
        assertThat(scanIds(c, new Filter.TextContains("needle in the"), 10)).containsExactly("huge");
    }

    @Test
    protected void emptyTextIsNotNoText() {
        VectorCollection c = create();
        VectorRecord empty = record("empty", 1, "");
        VectorRecord none = record("none", 2, null);
        c.upsert(List.of(empty, none));
        assertHolds(c, empty, none);
        assertThat(scanIds(c, new Filter.TextContains(""), 10)).containsExactly("empty");
    }

    @Test
    protected void upsertReplacesAndNeverMerges() {
        VectorCollection c = create();
        Metadata three = Metadata.of(Map.of("keep", 1L, "gone", "x", "retyped", "3"));
        c.upsert(List.of(
                new VectorRecord("keys", vector(1), "old", three),
                new VectorRecord("emptied", vector(2), "old", three),
                new VectorRecord("cleared", vector(3), "old", three),
                new VectorRecord("filled", vector(4), null, Metadata.EMPTY),
                new VectorRecord("untouched", vector(5), "old", three)));
        List<VectorRecord> now = List.of(
                new VectorRecord(
                        "keys", vector(6), "new", Metadata.of(Map.of("keep", 2L, "retyped", 3L, "added", true))),
                new VectorRecord("emptied", vector(7), "old", Metadata.EMPTY),
                new VectorRecord("cleared", vector(8), null, three),
                new VectorRecord("filled", vector(9), "new", three),
                new VectorRecord("both", vector(10), "inserted", three));
        c.upsert(now);
        assertHolds(c, now);
        assertHolds(c, new VectorRecord("untouched", vector(5), "old", three));
        assertThat(c.count()).isEqualTo(6);
        assertThat(scanIds(c, new Filter.Exists("gone"), 10))
                .containsExactlyInAnyOrder("cleared", "filled", "both", "untouched");
        assertThat(scanIds(c, new Filter.TextContains("old"), 10)).containsExactlyInAnyOrder("emptied", "untouched");
        assertThat(scanIds(c, new Filter.TextContains("new"), 10)).containsExactlyInAnyOrder("keys", "filled");
    }

    @Test
    protected void aReplacedVectorIsFoundAtItsNewPlaceOnly() {
        VectorCollection c = create(Distance.L2, 2, Metadata.EMPTY);
        c.upsert(List.of(point("moves", 0, 0), point("stays", 5, 5)));
        c.upsert(List.of(point("moves", 9, 9)));
        List<SearchHit> hits = c.search(SearchRequest.nearest(new float[] {0, 0}, 10, null));
        assertThat(hits).extracting(h -> h.record().id()).containsExactly("stays", "moves");
        assertThat(hits.get(1).score()).isCloseTo(1 / 163.0, within(SCORE_TOLERANCE));
    }

    @Test
    protected void repeatingAWriteChangesNothing() {
        VectorCollection c = create();
        List<VectorRecord> records = IntStream.range(0, 20)
                .mapToObj(i -> record("r" + i, i, "text " + i))
                .collect(toList());
        c.upsert(records);
        c.upsert(records);
        c.upsert(records.subList(5, 9));
        assertThat(c.count()).isEqualTo(20);
        assertHolds(c, records);
        assertThat(scanIds(c, null, 7)).containsExactlyInAnyOrderElementsOf(ids(records));
    }

    @Test
    protected void whatCannotBeWrittenIsRefusedBeforeAnythingIsWritten() {
        VectorCollection c = create();
        VectorRecord good = record("good", 1, "good");
        VectorRecord there = record("there", 2, "before");
        c.upsert(List.of(there));

        VectorRecord wide = new VectorRecord("wide", new float[DIM + 1], null, Metadata.EMPTY);
        VectorRecord narrow = new VectorRecord("narrow", new float[DIM - 1], null, Metadata.EMPTY);
        for (VectorRecord bad : List.of(wide, narrow)) {
            assertThatThrownBy(() -> c.upsert(List.of(good, record("there", 3, "after"), bad)))
                    .isInstanceOf(StoreException.DimensionMismatch.class)
                    .hasMessageContaining(String.valueOf(DIM))
                    .hasMessageContaining(bad.id());
        }
        VectorRecord bare = new VectorRecord("bare", null, "text", Metadata.EMPTY);
        assertRefused(bare, () -> c.upsert(List.of(good, record("there", 3, "after"), bare)));
        VectorRecord twice = record("good", 4, "again");
        assertRefused(twice, () -> c.upsert(List.of(good, record("there", 3, "after"), twice)));

        assertThat(c.count()).isEqualTo(1);
        assertHolds(c, there);
    }

    @Test
    protected void aRefusedFirstWriteLeavesTheDimensionAlone() {
        VectorCollection c = create();
        VectorRecord wide = new VectorRecord("wide", new float[DIM + 1], null, Metadata.EMPTY);
        assertThatThrownBy(() -> c.upsert(List.of(wide))).isInstanceOf(StoreException.DimensionMismatch.class);
        assertThat(c.count()).isZero();
        c.upsert(List.of(record("good", 1, "good")));
        assertThat(store.open(c.info().name()).info().dimension()).hasValue(DIM);
        assertHolds(c, record("good", 1, "good"));
    }

    @Test
    protected void emptyListsDoNothing() {
        VectorCollection c = create();
        c.upsert(List.of());
        assertThat(c.get(List.of(), readable(c))).isEmpty();
        assertThat(c.delete(List.of())).isZero();
        c.upsert(List.of(record("a", 1, "text")));
        c.upsert(List.of());
        assertThat(c.get(List.of(), readable(c))).isEmpty();
        assertThat(c.delete(List.of())).isZero();
        assertThat(c.count()).isEqualTo(1);
    }

    @Test
    protected void vectorsBelongToTheCaller() {
        VectorCollection c = create();
        float[] mine = vector(3);
        List<VectorRecord> batch = new ArrayList<>(List.of(new VectorRecord("a", mine, "text", Metadata.EMPTY)));
        c.upsert(batch);
        assertThat(mine).as("not changed by the store").isEqualTo(vector(3));
        Arrays.fill(mine, 99);
        batch.clear();
        assertHolds(c, new VectorRecord("a", vector(3), "text", Metadata.EMPTY));
        if (c.capabilities().contains(Capability.VECTORS)) {
            Arrays.fill(c.get(List.of("a"), Field.ALL).get(0).vector(), 99);
            Arrays.fill(scan(c, Field.ALL, null, 10).get(0).vector(), 99);
            SearchRequest all =
                    new SearchRequest(SearchRequest.Mode.VECTOR, vector(3), null, 1, null, Set.of(Field.VECTOR));
            Arrays.fill(c.search(all).get(0).record().vector(), 99);
        }
        assertHolds(c, new VectorRecord("a", vector(3), "text", Metadata.EMPTY));
        float[] query = vector(3);
        c.search(SearchRequest.nearest(query, 1, null));
        assertThat(query).as("a query vector is not changed").isEqualTo(vector(3));
    }

    // ---- reading -----------------------------------------------------------------------------------------------

    @Test
    protected void getKeepsTheOrderOfIdsAndLeavesOutWhatIsMissing() {
        VectorCollection c = create();
        c.upsert(List.of(record("a", 1, "A"), record("b", 2, "B"), record("c", 3, "C"), record("d", 4, "D")));
        assertThat(ids(c.get(List.of("d", "x", "a", "d", "c", "a", "y"), Field.NONE)))
                .containsExactly("d", "a", "c");
        assertThat(ids(c.get(List.of("b", "a"), readable(c)))).containsExactly("b", "a");
        assertThat(ids(c.get(Collections.nCopies(3, "b"), Set.of(Field.TEXT)))).containsExactly("b");
        assertThat(c.get(List.of("x"), readable(c))).isEmpty();
        assertThat(c.get(List.of("A", "a ", " a"), readable(c))).isEmpty();
    }

    @Test
    protected void onlyTheFieldsAskedForAreRead() {
        VectorCollection c = create();
        Metadata metadata = Metadata.of(Map.of("n", 1L));
        c.upsert(List.of(new VectorRecord("a", vector(1), "text", metadata)));
        for (Set<Field> fields : subsets(readable(c))) {
            SearchRequest request = new SearchRequest(SearchRequest.Mode.VECTOR, vector(1), null, 5, null, fields);
            List<List<VectorRecord>> answers = List.of(
                    c.get(List.of("a"), fields),
                    scan(c, fields, null, 10),
                    scan(c, fields, Filter.eq("n", 1), 10),
                    scan(c, fields, new Filter.TextContains("ex"), 10),
                    c.search(request).stream().map(SearchHit::record).collect(toList()));
            for (List<VectorRecord> answer : answers) {
                assertThat(answer).hasSize(1);
                VectorRecord r = answer.get(0);
                assertThat(r.id()).isEqualTo("a");
                assertThat(r.text()).as("text for %s", fields).isEqualTo(fields.contains(Field.TEXT) ? "text" : null);
                assertThat(r.metadata())
                        .as("metadata for %s", fields)
                        .isEqualTo(fields.contains(Field.METADATA) ? metadata : Metadata.EMPTY);
                assertThat(r.vector() != null).as("vector for %s", fields).isEqualTo(fields.contains(Field.VECTOR));
            }
        }
    }

    @Test
    protected void manyRecordsAndManyIdsInOneCall() {
        VectorCollection c = create();
        List<VectorRecord> records = IntStream.range(0, 700)
                .mapToObj(i -> new VectorRecord("r" + i, vector(i), null, Metadata.EMPTY))
                .collect(toList());
        c.upsert(records);
        assertThat(c.count()).isEqualTo(700);

        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            asked.add("r" + (699 - i));
            for (int j = 0; j < 8; j++) {
                asked.add("missing-" + i + "-" + j);
            }
        }
        assertThat(asked).hasSizeGreaterThan(5_500);
        List<VectorRecord> found = c.get(asked, readable(c));
        assertThat(ids(found))
                .isEqualTo(asked.stream().filter(id -> id.startsWith("r")).toList());
        for (VectorRecord r : found) {
            RecordAssert.assertSame(r, records.get(Integer.parseInt(r.id().substring(1))), c);
        }
        List<MetadataValue.Scalar> values = IntStream.range(0, 5_600)
                .<MetadataValue.Scalar>mapToObj(MetadataValue.Int::new)
                .collect(toList());
        assertThat(c.count(new Filter.In("n", values))).isZero();

        asked.removeAll(List.of("r0", "r350", "r699"));
        assertThat(c.delete(asked)).isEqualTo(697);
        assertThat(c.count()).isEqualTo(3);
        assertThat(scanIds(c, null, 2)).containsExactlyInAnyOrder("r0", "r350", "r699");
    }

    // ---- deleting ----------------------------------------------------------------------------------------------

    @Test
    protected void deleteByIdCountsWhatWasThere() {
        VectorCollection c = create();
        c.upsert(List.of(record("a", 1, "A"), record("b", 2, "B"), record("c", 3, "C")));
        assertThat(c.delete(List.of("x"))).isZero();
        assertThat(c.delete(List.of("a", "x", "a"))).isEqualTo(1);
        assertThat(c.delete(Set.of("a"))).isZero();
        assertThat(c.count()).isEqualTo(2);
        assertThat(c.get(List.of("a"), Field.NONE)).isEmpty();
        assertThat(c.search(SearchRequest.nearest(vector(1), 10, null)))
                .extracting(h -> h.record().id())
                .containsExactlyInAnyOrder("b", "c");
        c.upsert(List.of(record("a", 9, null)));
        assertHolds(c, record("a", 9, null));
        assertThat(c.delete(List.of("a", "b", "c"))).isEqualTo(3);
        assertThat(c.count()).isZero();
        c.upsert(List.of(record("d", 4, "after all were deleted")));
        assertHolds(c, record("d", 4, "after all were deleted"));
    }

    @Test
    protected void deleteByFilterDeletesWhatMatches() {
        VectorCollection c = create();
        c.upsert(people());
        assertThat(c.delete(Filter.eq("name", "nobody"))).isZero();
        assertThat(c.delete(new Filter.Or(List.of()))).isZero();
        assertThat(c.delete(new Filter.In("age", List.of()))).isZero();
        assertThat(c.delete(new Filter.Not(new Filter.And(List.of())))).isZero();
        assertThat(c.count()).isEqualTo(5);
        assertThat(c.delete(compare("age", Filter.Op.GT, 40))).isEqualTo(1);
        assertThat(scanIds(c, null, 10)).containsExactlyInAnyOrder("ada", "cleo", "dora", "nix");
        assertThat(c.delete(new Filter.TextContains("river"))).isEqualTo(1);
        assertThat(scanIds(c, null, 10)).containsExactlyInAnyOrder("ada", "dora", "nix");
        assertThat(c.delete(Filter.ne("name", "Ada"))).isEqualTo(2);
        assertThat(scanIds(c, null, 10)).containsExactly("ada");
    }

    @Test
    protected void theFilterThatMatchesEverythingDeletesEverything() {
        VectorCollection c = create();
        c.upsert(people());
        assertThat(c.count(new Filter.And(List.of()))).isEqualTo(5);
        assertThat(c.delete(new Filter.And(List.of()))).isEqualTo(5);
        assertThat(c.count()).isZero();
        c.upsert(people());
        assertThat(c.delete(Filter.not(Filter.or()))).isEqualTo(5);
        assertThat(c.count()).isZero();
    }

    // ---- filters -----------------------------------------------------------------------------------------------

    @Test
    protected void filtersMeanWhatThePortSays() {
        VectorCollection c = create();
        c.upsert(people());
        String[] all = {"ada", "bob", "cleo", "dora", "nix"};
        assertMatches(c, Filter.eq("name", "Ada"), "ada");
        assertMatches(c, Filter.eq("name", "ada"));
        assertMatches(c, Filter.ne("name", "Ada"), "bob", "cleo", "dora", "nix");
        assertMatches(c, Filter.eq("age", 36), "ada");
        assertMatches(c, Filter.eq("age", 36.0), "ada");
        assertMatches(c, Filter.eq("age", 41), "bob");
        assertMatches(c, Filter.eq("age", "41"), "dora");
        assertMatches(c, compare("age", Filter.Op.LT, 41), "ada", "cleo");
        assertMatches(c, compare("age", Filter.Op.LTE, 41), "ada", "bob", "cleo");
        assertMatches(c, compare("age", Filter.Op.GTE, 36.5), "bob");
        assertMatches(c, compare("age", Filter.Op.GT, true));
        assertMatches(c, compare("name", Filter.Op.GT, "Bob"), "cleo", "dora");
        assertMatches(c, compare("name", Filter.Op.LTE, "Bob"), "ada", "bob");
        assertMatches(c, compare("member", Filter.Op.GT, false), "ada");
        assertMatches(c, compare("member", Filter.Op.LTE, true), "ada", "bob");
        assertMatches(c, Filter.eq("member", 1));
        assertMatches(c, in("name", "Bob", 36, true), "bob");
        assertMatches(c, in("age", 36, 41.0, "41"), "ada", "bob", "dora");
        assertMatches(c, Filter.not(in("age", 36, 41.0, "41")), "cleo", "nix");
        assertMatches(c, in("age"));
        assertMatches(c, Filter.not(in("age")), all);
        assertMatches(c, new Filter.Exists("member"), "ada", "bob");
        assertMatches(c, Filter.not(new Filter.Exists("member")), "cleo", "dora", "nix");
        assertMatches(c, new Filter.TextContains("river"), "bob", "cleo");
        assertMatches(c, new Filter.TextContains("River"), "dora");
        assertMatches(c, Filter.not(new Filter.TextContains("river")), "ada", "dora", "nix");
        assertMatches(c, new Filter.TextContains("100%"), "ada");
        assertMatches(c, new Filter.TextContains("1_0"));
        assertMatches(c, new Filter.TextContains("%"), "ada");
        assertMatches(c, new Filter.TextContains(""), "ada", "bob", "cleo", "dora");
        assertMatches(c, Filter.and(), all);
        assertMatches(c, Filter.or());
        assertMatches(c, Filter.and(new Filter.Exists("age"), new Filter.TextContains("river")), "bob", "cleo");
        assertMatches(c, Filter.or(Filter.eq("name", "Ada"), new Filter.TextContains("River")), "ada", "dora");
        assertMatches(
                c,
                Filter.and(
                        Filter.or(Filter.eq("name", "Ada"), new Filter.TextContains("river")),
                        Filter.not(Filter.and(Filter.eq("member", true), compare("age", Filter.Op.LT, 40)))),
                "bob",
                "cleo");
    }

    @Test
    protected void numbersCompareByExactValue() {
        VectorCollection c = create();
        long big = 1L << 53;
        c.upsert(List.of(
                valued("three", 3L),
                valued("three-point-oh", 3.0),
                valued("big", big),
                valued("big+1", big + 1),
                valued("big-real", (double) big),
                valued("min", Long.MIN_VALUE),
                valued("max", Long.MAX_VALUE),
                valued("2^63", 0x1p63),
                valued("half", 0.5),
                valued("zero", -0.0)));
        assertMatches(c, Filter.eq("v", 3), "three", "three-point-oh");
        assertMatches(c, Filter.eq("v", 3.0), "three", "three-point-oh");
        assertMatches(c, Filter.eq("v", big), "big", "big-real");
        assertMatches(c, Filter.eq("v", big + 1), "big+1");
        assertMatches(c, Filter.eq("v", (double) big), "big", "big-real");
        assertMatches(c, compare("v", Filter.Op.GT, (double) big), "big+1", "max", "2^63");
        assertMatches(c, Filter.eq("v", Long.MAX_VALUE), "max");
        assertMatches(c, Filter.eq("v", 0x1p63), "2^63");
        assertMatches(c, compare("v", Filter.Op.GT, Long.MAX_VALUE), "2^63");
        assertMatches(c, Filter.eq("v", Long.MIN_VALUE), "min");
        assertMatches(c, Filter.eq("v", -0x1p63), "min");
        assertMatches(c, compare("v", Filter.Op.LT, -0x1p63));
        assertMatches(c, compare("v", Filter.Op.LT, 1), "min", "half", "zero");
        assertMatches(c, Filter.eq("v", 0), "zero");
        assertMatches(c, in("v", 3, 0.5, big + 1), "three", "three-point-oh", "half", "big+1");
    }

    @Test
    protected void stringsCompareByCodePoint() {
        VectorCollection c = create();
        c.upsert(List.of(
                valued("a", "a"),
                valued("ab", "ab"),
                valued("B", "B"),
                valued("e-acute", "é"),
                valued("private", "\uE000"),
                valued("emoji", "\uD83D\uDE00"),
                valued("empty", "")));
        assertMatches(c, compare("v", Filter.Op.LT, "a"), "B", "empty");
        assertMatches(c, compare("v", Filter.Op.GT, "a"), "ab", "e-acute", "private", "emoji");
        assertMatches(c, compare("v", Filter.Op.GT, "\uE000"), "emoji");
        assertMatches(c, compare("v", Filter.Op.LT, "\uD83D\uDE00"), "a", "ab", "B", "e-acute", "private", "empty");
        assertMatches(c, Filter.eq("v", ""), "empty");
        assertMatches(c, Filter.eq("v", "e\u0301"));
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    protected void randomFiltersFindWhatTheyMean(Distance distance) {
        new FilterProperties(create(distance, 8, Metadata.EMPTY)).check(recallFloor());
    }

    // ---- scanning ----------------------------------------------------------------------------------------------

    @Test
    protected void aScanSeesEachRecordOnce() {
        VectorCollection c = create();
        assertThat(scanIds(c, null, 3)).isEmpty();
        List<VectorRecord> records = IntStream.range(0, 23)
                .mapToObj(i -> record("r" + i, i, "text " + i))
                .collect(toList());
        c.upsert(records);
        List<String> order = scanIds(c, null, 1_000);
        assertThat(order).containsExactlyInAnyOrderElementsOf(ids(records));
        for (int limit : new int[] {1, 5, 22, 23, 24}) {
            assertThat(scanIds(c, null, limit))
                    .as("the order with pages of %s", limit)
                    .isEqualTo(order);
        }
        Filter odd = Filter.and(compare("n", Filter.Op.GTE, 10), Filter.ne("n", 11));
        List<String> expected = order.stream()
                .filter(id -> Integer.parseInt(id.substring(1)) >= 10 && !id.equals("r11"))
                .toList();
        assertThat(scanIds(c, odd, 3)).isEqualTo(expected);
        assertThat(scanIds(c, odd, 12)).isEqualTo(expected);
        assertThat(scanIds(c, Filter.eq("n", -1), 4)).isEmpty();
        for (VectorRecord r : scan(c, readable(c), null, 10)) {
            RecordAssert.assertSame(r, records.get(Integer.parseInt(r.id().substring(1))), c);
        }
    }

    @Test
    protected void aScanGoesOnFromItsCursor() throws Exception {
        VectorCollection c = create();
        List<VectorRecord> records = IntStream.range(0, 20)
                .mapToObj(i -> record("r" + i, i, "text " + i))
                .collect(toList());
        c.upsert(records);
        c.checkpoint();
        ScanPage first = c.scan(new ScanRequest(Field.NONE, null, null, 6));
        assertThat(first.records()).hasSizeBetween(0, 6);
        assertThat(first.next()).isNotNull();
        boolean persistent = c.capabilities().contains(Capability.PERSISTENT);
        VectorCollection again = persistent ? reopen(c) : store.open(c.info().name());
        List<String> seen = new ArrayList<>(ids(first.records()));
        String cursor = first.next();
        while (cursor != null) {
            ScanPage page = again.scan(new ScanRequest(Field.NONE, null, cursor, 7));
            seen.addAll(ids(page.records()));
            cursor = page.next();
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(ids(records));
    }

    @Test
    protected void writesDuringAScanDoNotHideUntouchedRecords() {
        VectorCollection c = create();
        List<VectorRecord> records = IntStream.range(0, 30)
                .mapToObj(i -> record("r" + i, i, "text " + i))
                .collect(toList());
        c.upsert(records);
        List<String> seen = new ArrayList<>();
        String cursor = null;
        int page = 0;
        do {
            ScanPage answer = c.scan(new ScanRequest(Field.NONE, null, cursor, 5));
            seen.addAll(ids(answer.records()));
            cursor = answer.next();
            c.upsert(List.of(record("new" + page, 100 + page, "inserted"), record("r" + page, 200 + page, "replaced")));
            page++;
        } while (cursor != null && page < 200);
        assertThat(cursor).as("the scan ends though each page inserts a record").isNull();
        int touched = page;
        for (VectorRecord r : records) {
            if (Integer.parseInt(r.id().substring(1)) >= touched) {
                assertThat(seen).filteredOn(r.id()::equals).as(r.id()).hasSize(1);
            }
        }
    }

    // ---- searching ---------------------------------------------------------------------------------------------

    @Test
    protected void scoresFollowTheFormulas() {
        float[] query = {1, 2, 2};
        List<VectorRecord> points = List.of(
                point("same", 1, 2, 2),
                point("double", 2, 4, 4),
                point("opposite", -1, -2, -2),
                point("across", 2, -1, 0),
                point("near", 1, 2, 3),
                point("far", 10, 0, -10),
                point("zero", 0, 0, 0));
        assertScores(
                Distance.COSINE,
                query,
                points,
                Map.of(
                        "same",
                        1.0,
                        "double",
                        1.0,
                        "opposite",
                        0.0,
                        "across",
                        0.5,
                        "zero",
                        0.5,
                        "near",
                        (1 + 11 / Math.sqrt(9 * 14)) / 2,
                        "far",
                        (1 - 10 / Math.sqrt(9 * 200)) / 2));
        assertScores(
                Distance.L2,
                query,
                points,
                Map.of(
                        "same",
                        1.0,
                        "double",
                        0.1,
                        "opposite",
                        1 / 37.0,
                        "across",
                        1 / 15.0,
                        "zero",
                        0.1,
                        "near",
                        0.5,
                        "far",
                        1 / 230.0));
        assertScores(
                Distance.IP,
                query,
                points,
                Map.of(
                        "same",
                        0.95,
                        "double",
                        37 / 38.0,
                        "opposite",
                        0.05,
                        "across",
                        0.5,
                        "zero",
                        0.5,
                        "near",
                        23 / 24.0,
                        "far",
                        1 / 22.0));
    }

    @Test
    protected void aZeroQueryIsHalfWayUnderCosine() {
        VectorCollection c = create(Distance.COSINE, 2, Metadata.EMPTY);
        c.upsert(List.of(point("x", 1, 0), point("zero", 0, 0), point("y", 0, -3)));
        List<SearchHit> hits = c.search(SearchRequest.nearest(new float[] {0, 0}, 5, null));
        assertThat(hits).extracting(h -> h.record().id()).containsExactlyInAnyOrder("x", "y", "zero");
        assertThat(hits).allSatisfy(h -> assertThat(h.score()).isCloseTo(0.5, within(SCORE_TOLERANCE)));
        if (c.capabilities().contains(Capability.VECTORS)) {
            assertThat(c.get(List.of("zero"), Field.ALL).get(0).vector()).containsExactly(0, 0);
        }
    }

    @Test
    protected void equalScoresComeInOrderOfId() {
        for (Distance distance : Distance.values()) {
            VectorCollection c = create(distance, 2, Metadata.EMPTY);
            c.upsert(List.of(
                    point("d", 1, 1), point("b", 1, 1), point("best", 2, 2), point("a", 1, 1), point("c", 1, 1)));
            List<String> found = c.search(SearchRequest.nearest(new float[] {2, 2}, 5, null)).stream()
                    .map(h -> h.record().id())
                    .filter(id -> !id.equals("best"))
                    .collect(toList());
            assertThat(found).as("%s", distance).containsExactly("a", "b", "c", "d");
        }
    }

    @Test
    protected void asManyHitsAsThereAreAndNoMoreThanK() {
        VectorCollection c = create();
        assertThat(c.search(SearchRequest.nearest(vector(1), 10, null)))
                .as("nothing to find")
                .isEmpty();
        assertThat(c.search(SearchRequest.nearest(vector(1), 10, Filter.eq("n", 1))))
                .isEmpty();
        c.upsert(people());
        assertThat(c.search(SearchRequest.nearest(vector(1), 1, null))).hasSize(1);
        assertThat(c.search(SearchRequest.nearest(vector(1), 3, null))).hasSize(3);
        assertThat(c.search(SearchRequest.nearest(vector(1), 100, null))).hasSize(5);
        assertThat(c.search(SearchRequest.nearest(vector(1), SearchRequest.MAX_K, null)))
                .hasSize(5);
        c.delete(ids(people()));
        assertThat(c.search(SearchRequest.nearest(vector(1), 10, null)))
                .as("nothing is left")
                .isEmpty();
    }

    @Test
    protected void aSearchFiltersBeforeItCounts() {
        VectorCollection c = create(Distance.L2, 2, Metadata.EMPTY);
        List<VectorRecord> line = IntStream.range(0, 60)
                .mapToObj(i -> new VectorRecord(
                        "p" + i, new float[] {i, 0}, i % 2 == 0 ? "even" : "odd", Metadata.of(Map.of("n", (long) i))))
                .collect(toList());
        c.upsert(line);
        float[] origin = {0, 0};
        assertThat(c.search(SearchRequest.nearest(origin, 3, compare("n", Filter.Op.GTE, 50))))
                .extracting(h -> h.record().id())
                .containsExactly("p50", "p51", "p52");
        Filter both = Filter.and(new Filter.TextContains("odd"), Filter.not(compare("n", Filter.Op.LT, 40)));
        assertThat(c.search(SearchRequest.nearest(origin, 2, both)))
                .extracting(h -> h.record().id())
                .containsExactly("p41", "p43");
        assertThat(c.search(SearchRequest.nearest(origin, 5, Filter.eq("n", 99))))
                .isEmpty();
        assertThat(c.search(SearchRequest.nearest(origin, 5, Filter.or()))).isEmpty();
        assertThat(c.search(SearchRequest.nearest(origin, 2, Filter.and())))
                .extracting(h -> h.record().id())
                .containsExactly("p0", "p1");
    }

    @Test
    protected void severalSearchesAtOnceAnswerEachAsAlone() {
        for (Distance distance : Distance.values()) {
            VectorCollection c = create(distance, 2, Metadata.EMPTY);
            c.upsert(IntStream.range(0, 60)
                    .mapToObj(i -> new VectorRecord(
                            "p" + i,
                            new float[] {i % 13 - 6, i % 7},
                            i % 2 == 0 ? "even" : "odd",
                            Metadata.of(Map.of("n", (long) i))))
                    .toList());
            for (Filter filter : Arrays.asList(null, compare("n", Filter.Op.GTE, 40))) {
                List<SearchRequest> alike = IntStream.range(0, 30)
                        .mapToObj(i -> SearchRequest.nearest(new float[] {i % 6 - 2, 1 + i % 5}, 4, filter))
                        .toList();
                assertAnsweredAsAlone(c, alike);
            }
            assertAnsweredAsAlone(
                    c,
                    List.of(
                            SearchRequest.nearest(new float[] {1, 2}, 1, null),
                            SearchRequest.nearest(new float[] {1, 2}, 30, null),
                            SearchRequest.nearest(new float[] {3, 1}, 3, Filter.eq("n", 4))));
            assertThat(c.searchAll(List.of())).isEmpty();
            List<SearchRequest> wrong = List.of(
                    SearchRequest.nearest(new float[] {1, 2}, 1, null),
                    SearchRequest.nearest(new float[] {1, 2, 3}, 1, null));
            assertThatThrownBy(() -> c.searchAll(wrong)).isInstanceOf(StoreException.DimensionMismatch.class);
        }
    }

    private static void assertAnsweredAsAlone(VectorCollection c, List<SearchRequest> requests) {
        List<List<SearchHit>> answers = c.searchAll(requests);
        assertThat(answers).hasSameSizeAs(requests);
        for (int i = 0; i < requests.size(); i++) {
            List<SearchHit> alone = c.search(requests.get(i));
            assertThat(answers.get(i))
                    .extracting(h -> h.record().id(), h -> h.record().text(), SearchHit::score)
                    .containsExactlyElementsOf(alone.stream()
                            .map(h -> tuple(h.record().id(), h.record().text(), h.score()))
                            .toList());
        }
    }

    @Test
    protected void aQueryOfAnotherDimensionIsRefused() {
        VectorCollection c = create();
        for (int round = 0; round < 2; round++) {
            for (int dimension : new int[] {1, DIM - 1, DIM + 1}) {
                assertThatThrownBy(() -> c.search(SearchRequest.nearest(new float[dimension], 1, null)))
                        .isInstanceOf(StoreException.DimensionMismatch.class)
                        .hasMessageContaining(String.valueOf(DIM));
            }
            c.upsert(people());
        }
    }

    // ---- capabilities ------------------------------------------------------------------------------------------

    @Test
    protected void aCollectionCanDoWhatItsStoreCan() {
        Set<Capability> capabilities = create().capabilities();
        assertThat(capabilities).containsAll(store.capabilities());
        if (capabilities.contains(Capability.EXACT_VECTORS)) {
            assertThat(capabilities).contains(Capability.VECTORS);
        }
    }

    @ParameterizedTest
    @EnumSource(Capability.class)
    protected void whatIsDeclaredWorksAndWhatIsNotIsRefused(Capability capability) throws Exception {
        for (Distance distance : Distance.values()) {
            VectorCollection c = create(distance, DIM, Metadata.EMPTY);
            boolean declared = c.capabilities().contains(capability);
            switch (capability) {
                case VECTORS -> vectors(c, declared);
                case EXACT_VECTORS -> exactVectors(c);
                case FOREIGN_VECTORS -> foreignVectors(c, declared);
                case EXACT_DOUBLES -> exactDoubles(c);
                case LIST_METADATA -> lists(c, declared);
                case VECTOR_SEARCH -> nearest(c, declared);
                case KEYWORD_SEARCH -> words(c, SearchRequest.Mode.KEYWORD, capability, declared);
                case HYBRID_SEARCH -> words(c, SearchRequest.Mode.HYBRID, capability, declared);
                case PERSISTENT -> persistence(c, declared);
            }
        }
    }

    private void vectors(VectorCollection c, boolean declared) {
        c.upsert(List.of(record("a", 5, "text")));
        if (declared) {
            assertThat(c.get(List.of("a"), Set.of(Field.VECTOR)).get(0).vector())
                    .hasSize(DIM);
            return;
        }
        assertUnsupported(Capability.VECTORS, () -> c.get(List.of("a"), Field.ALL));
        assertUnsupported(Capability.VECTORS, () -> c.scan(new ScanRequest(Field.ALL, null, null, 5)));
        assertUnsupported(
                Capability.VECTORS,
                () -> c.search(new SearchRequest(SearchRequest.Mode.VECTOR, vector(1), null, 5, null, Field.ALL)));
    }

    private void nearest(VectorCollection c, boolean declared) {
        c.upsert(List.of(record("a", 5, "text")));
        SearchRequest request = new SearchRequest(SearchRequest.Mode.VECTOR, vector(5), null, 5, null, Field.NONE);
        if (declared) {
            assertThat(c.search(request)).hasSize(1);
        } else {
            assertUnsupported(Capability.VECTOR_SEARCH, () -> c.search(request));
        }
    }

    /** Whether exact or not: {@link RecordAssert} asks for the bits or for one unit in the last place, as declared. */
    private void exactVectors(VectorCollection c) {
        List<VectorRecord> records = List.of(
                point("tenths", 0.1f, 0.2f, 0.3f, 0.7f),
                point("thirds", 1 / 3f, -2 / 3f, 1e-3f, 12345.678f),
                point("unit", 0.5f, -0.5f, 0.5f, 0.5f),
                point("axes", 1, 0, 0, 0));
        c.upsert(records);
        assertHolds(c, records);
        if (c.capabilities().contains(Capability.EXACT_VECTORS)) {
            List<VectorRecord> extremes = List.of(
                    point("signed zero", -0.0f, 1, 0, -1),
                    point("tiny", Float.MIN_VALUE, Float.MIN_NORMAL, -1e-30f, 1),
                    point("wide", 0x1p50f, -0x1p50f, 16_777_215f, 0x1.8p-50f));
            c.upsert(extremes);
            assertHolds(c, extremes);
        }
    }

    private void foreignVectors(VectorCollection c, boolean declared) {
        if (declared) {
            VectorRecord textless = record("textless", 1, null);
            VectorRecord one = record("one", 2, "the same text");
            VectorRecord other = record("other", 3, "the same text");
            c.upsert(List.of(textless, one, other));
            assertHolds(c, textless, one, other);
            return;
        }
        VectorRecord own = record("own", 1, "text");
        VectorRecord more = record("more", 4, "more");
        c.upsert(List.of(own));
        VectorCollection plain = plain(c);
        String text = plain.get(List.of("own"), Set.of(Field.TEXT)).get(0).text();
        VectorRecord foreign = new VectorRecord("own", vector(2), text, own.metadata());
        assertThatThrownBy(() -> plain.upsert(List.of(foreign)))
                .isInstanceOfSatisfying(
                        StoreException.ForeignVectors.class,
                        e -> assertThat(e.category()).isEqualTo(StoreException.Category.PROTECTED))
                .hasMessageContaining("'own'")
                .hasMessageContaining("--reembed");
        for (String nothing : new String[] {null, "", " \n"}) {
            VectorRecord textless = record("textless", 1, nothing);
            assertRefused(
                    textless,
                    () -> plain.upsert(List.of(new VectorRecord("new", vector(1), text, Metadata.EMPTY), textless)));
        }
        assertThat(c.count()).as("nothing was written").isEqualTo(1);
        c.upsert(List.of(more));
        assertHolds(c, own, more);
    }

    private void exactDoubles(VectorCollection c) {
        List<VectorRecord> records = new ArrayList<>();
        double[] values = {
            Math.PI,
            1 / 3.0,
            -0.1 - 0.2,
            Double.MIN_VALUE,
            -1.7976931348623157e308,
            123456789.12345679,
            2.2250738585072014e-308,
            0.30000000000000004,
            6.02214076e23,
            9.5367431640625e-7,
            97531.2468013579,
            4.35,
            -Double.MIN_NORMAL / 3
        };
        for (double value : values) {
            records.add(valued("d" + records.size(), value));
        }
        c.upsert(records);
        assertHolds(c, records);
    }

    private void lists(VectorCollection c, boolean declared) {
        List<VectorRecord> records = List.of(
                valued("strings", List.of("red", "green", "", "red")),
                valued("longs", List.of(1L, Long.MAX_VALUE, -5L)),
                valued("reals", List.of(1.0, 2.5)),
                valued("flags", List.of(true, false)),
                valued("single", List.of("red")));
        VectorRecord plain = valued("plain", "red");
        if (!declared) {
            for (VectorRecord r : records) {
                assertUnsupported(Capability.LIST_METADATA, () -> c.upsert(List.of(plain, r)));
            }
            assertThat(c.count()).as("nothing was written").isZero();
            return;
        }
        c.upsert(records);
        c.upsert(List.of(plain));
        assertHolds(c, records);
        assertMatches(c, Filter.eq("v", "red"), "strings", "single", "plain");
        assertMatches(c, Filter.ne("v", "red"), "longs", "reals", "flags");
        assertMatches(c, Filter.eq("v", 1), "longs", "reals");
        assertMatches(c, compare("v", Filter.Op.LT, 0), "longs");
        assertMatches(c, in("v", "green", 2.5), "strings", "reals");
        assertMatches(c, new Filter.Exists("v"), "strings", "longs", "reals", "flags", "single", "plain");
        c.upsert(List.of(valued("strings", "scalar now"), valued("plain", List.of("list now"))));
        assertMatches(c, Filter.eq("v", "green"));
        assertHolds(c, valued("strings", "scalar now"), valued("plain", List.of("list now")));
    }

    private void words(VectorCollection c, SearchRequest.Mode mode, Capability capability, boolean declared) {
        c.upsert(List.of(
                record("fox", 1, "the quick brown fox jumps over the lazy dog"),
                record("foxes", 2, "a fox, another fox and a third fox"),
                record("sea", 3, "ships at sea in a storm"),
                record("none", 4, null)));
        float[] vector = mode == SearchRequest.Mode.KEYWORD ? null : vector(3);
        Set<Field> fields = Set.of(Field.TEXT, Field.METADATA);
        if (!declared) {
            assertUnsupported(capability, () -> c.search(new SearchRequest(mode, vector, "fox", 10, null, fields)));
            return;
        }
        List<SearchHit> hits = c.search(new SearchRequest(mode, vector, "fox", 10, null, fields));
        List<String> found = hits.stream().map(h -> h.record().id()).collect(toList());
        assertThat(found).contains("fox", "foxes").doesNotHaveDuplicates();
        if (mode == SearchRequest.Mode.KEYWORD) {
            assertThat(found).containsExactlyInAnyOrder("fox", "foxes");
        } else {
            assertThat(found).as("near by vector").contains("sea");
        }
        assertRanked(hits);
        assertThat(c.search(new SearchRequest(mode, vector, "fox", 1, null, fields)))
                .hasSize(1);
        assertThat(c.search(new SearchRequest(mode, vector, "fox", 10, Filter.eq("n", 1), fields)))
                .extracting(h -> h.record().id())
                .containsExactly("fox");
        assertThat(c.search(new SearchRequest(mode, vector, "\"(+fox -* OR [", 10, Filter.eq("n", 2), fields)))
                .as("words are words, not a query language")
                .extracting(h -> h.record().id())
                .containsExactly("foxes");
        if (mode == SearchRequest.Mode.KEYWORD) {
            assertThat(c.search(new SearchRequest(mode, null, "submarine", 10, null, fields)))
                    .isEmpty();
            assertThat(c.search(new SearchRequest(mode, null, "", 10, null, fields)))
                    .isEmpty();
        }
        c.delete(List.of("foxes"));
        assertThat(c.search(new SearchRequest(mode, vector, "fox", 10, null, fields)))
                .extracting(h -> h.record().id())
                .contains("fox")
                .doesNotContain("foxes");
    }

    @Test
    protected void rareAndRepeatedWordsRankHigherAndReplacedTextsAreForgotten() {
        VectorCollection c = create();
        c.upsert(List.of(
                record("b-once", 1, "a report on the harvest of apples in the north"),
                record("a-once", 2, "a report on the harvest of apples in the north"),
                record("often", 3, "apples, apples and apples: a report on the harvest"),
                record("rare", 4, "a report on the harvest of quinces in the north"),
                record("other", 5, "the tide tables of last year")));
        if (!c.capabilities().contains(Capability.KEYWORD_SEARCH)) {
            assertUnsupported(Capability.KEYWORD_SEARCH, () -> byWords(c, "apples"));
            return;
        }
        assertThat(byWords(c, "apples")).as("ties by id").containsExactly("often", "a-once", "b-once");
        assertThat(byWords(c, "QUINCES report")).startsWith("rare").hasSize(4);
        c.upsert(List.of(record("often", 3, "nothing of the kind")));
        assertThat(byWords(c, "apples")).containsExactly("a-once", "b-once");
        assertThat(byWords(c, "kind")).containsExactly("often");
    }

    private static List<String> byWords(VectorCollection c, String words) {
        List<SearchHit> hits =
                c.search(new SearchRequest(SearchRequest.Mode.KEYWORD, null, words, 10, null, Set.of(Field.TEXT)));
        assertRanked(hits);
        return hits.stream().map(h -> h.record().id()).collect(toList());
    }

    @Test
    protected void hybridSearchJoinsWhatVectorsAndWordsFind() {
        VectorCollection c = create(Distance.L2, 2, Metadata.EMPTY);
        List<VectorRecord> line = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String text = i == 30 ? "the harbour master" : i == 1 ? "a harbour" : "nothing to see " + i;
            line.add(new VectorRecord("p" + i, new float[] {i, 0}, text, Metadata.of(Map.of("n", (long) i))));
        }
        c.upsert(line);
        SearchRequest request = new SearchRequest(
                SearchRequest.Mode.HYBRID, new float[] {0, 0}, "harbour", 5, null, Set.of(Field.TEXT));
        if (!c.capabilities().contains(Capability.HYBRID_SEARCH)) {
            assertUnsupported(Capability.HYBRID_SEARCH, () -> c.search(request));
            return;
        }
        List<SearchHit> hits = c.search(request);
        assertRanked(hits);
        assertThat(hits).hasSize(5);
        assertThat(hits.get(0).record().id()).as("near and with the word").isEqualTo("p1");
        assertThat(hits)
                .extracting(h -> h.record().id())
                .as("the nearest, and the word far away")
                .contains("p0", "p30");
        SearchRequest without = new SearchRequest(
                SearchRequest.Mode.HYBRID,
                new float[] {0, 0},
                "harbour",
                5,
                compare("n", Filter.Op.GT, 1),
                Set.of(Field.VECTOR));
        assertThat(c.search(without))
                .extracting(h -> h.record().id())
                .contains("p30", "p2")
                .doesNotContain("p0", "p1");
        assertThatThrownBy(() -> c.search(new SearchRequest(
                        SearchRequest.Mode.HYBRID, new float[3], "harbour", 5, null, Set.of(Field.TEXT))))
                .isInstanceOf(StoreException.DimensionMismatch.class);
    }

    private void persistence(VectorCollection c, boolean declared) throws Exception {
        List<VectorRecord> records = people();
        c.upsert(records);
        c.upsert(List.of(record("gone", 1, "gone")));
        c.delete(List.of("gone"));
        c.checkpoint();
        c.checkpoint();
        assertHolds(c, records);
        if (!declared) {
            return;
        }
        CollectionInfo before = c.info();
        VectorCollection again = reopen(c);
        assertThat(again.info()).isEqualTo(before);
        assertThat(again.count()).isEqualTo(records.size());
        assertHolds(again, records);
        assertThat(again.search(SearchRequest.nearest(vector(2), 10, null))).hasSize(records.size());
        again.upsert(List.of(record("after", 9, "after")));
        assertThat(again.delete(List.of("ada"))).isEqualTo(1);
        VectorCollection third = reopen(again);
        assertThat(scanIds(third, null, 4)).containsExactlyInAnyOrder("bob", "cleo", "dora", "nix", "after");
    }

    // ---- visibility and threads --------------------------------------------------------------------------------

    @Test
    protected void aWriteIsVisibleToEveryHandleAtOnce() {
        VectorCollection writer = create();
        VectorCollection reader = store.open(writer.info().name());
        for (int i = 1; i <= 3; i++) {
            writer.upsert(List.of(record("r" + i, i, "text " + i)));
            assertHolds(reader, record("r" + i, i, "text " + i));
            assertThat(reader.count()).isEqualTo(i);
            assertThat(reader.count(Filter.eq("n", i))).isEqualTo(1);
            assertThat(reader.search(SearchRequest.nearest(vector(1), 10, null)))
                    .hasSize(i);
            assertThat(scanIds(reader, null, 10)).hasSize(i);
        }
        writer.delete(List.of("r2"));
        assertThat(scanIds(reader, null, 10)).containsExactlyInAnyOrder("r1", "r3");
        assertThat(reader.search(SearchRequest.nearest(vector(2), 10, null))).hasSize(2);
    }

    @Test
    protected void severalThreadsReadAndWrite() throws Exception {
        VectorCollection c = create();
        List<VectorRecord> stable = IntStream.range(0, 40)
                .mapToObj(i -> record("stable" + i, i, "stable"))
                .collect(toList());
        c.upsert(stable);
        List<Callable<Void>> work = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int thread = t;
            work.add(() -> {
                for (int i = 0; i < 5; i++) {
                    List<VectorRecord> batch = new ArrayList<>();
                    for (int j = 0; j < 10; j++) {
                        batch.add(record("w" + thread + "-" + i + "-" + j, i * 10 + j, "written"));
                    }
                    c.upsert(batch);
                    c.delete(List.of("w" + thread + "-" + i + "-0"));
                }
                return null;
            });
            work.add(() -> {
                for (int i = 0; i < 5; i++) {
                    assertHolds(c, stable);
                    assertThat(c.count(new Filter.TextContains("stable"))).isEqualTo(40);
                    assertThat(c.search(SearchRequest.nearest(vector(7), 5, new Filter.TextContains("stable"))))
                            .hasSize(5)
                            .allSatisfy(h -> assertThat(h.record().text()).isEqualTo("stable"));
                }
                return null;
            });
        }
        ExecutorService pool = Executors.newFixedThreadPool(work.size());
        try {
            for (Future<Void> f : pool.invokeAll(work)) {
                f.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(c.count()).isEqualTo(40 + 3 * 5 * 9);
        assertThat(c.count(new Filter.TextContains("written"))).isEqualTo(3 * 5 * 9);
        assertHolds(c, record("w2-4-9", 49, "written"));
    }

    // ---- tools -------------------------------------------------------------------------------------------------

    /** The store that is open now. */
    protected final VectorStore store() {
        return store;
    }

    /** A new collection of 4 components under cosine; dropped after the test. */
    protected final VectorCollection create() {
        return create(Distance.COSINE, DIM, Metadata.EMPTY);
    }

    /** A new collection; dropped after the test. */
    protected final VectorCollection create(Distance distance, int dimension, Metadata attributes) {
        String name = newName();
        names.add(name);
        VectorCollection c = store.create(new CollectionSpec(name, dimension, distance, attributes));
        handles.add(c);
        return c;
    }

    /** Everything that this collection lets be read. */
    protected static Set<Field> readable(VectorCollection c) {
        return c.capabilities().contains(Capability.VECTORS) ? Field.ALL : Set.of(Field.TEXT, Field.METADATA);
    }

    /** The ids of a whole scan in its order, read in pages of {@code limit}. */
    protected static List<String> scanIds(VectorCollection c, Filter filter, int limit) {
        return ids(scan(c, Field.NONE, filter, limit));
    }

    private static List<VectorRecord> scan(VectorCollection c, Set<Field> fields, Filter filter, int limit) {
        List<VectorRecord> all = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            ScanPage page = c.scan(new ScanRequest(fields, filter, cursor, limit));
            assertThat(page.records()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.records());
            assertThat(page.next()).as("a cursor moves on").isNotEqualTo(cursor == null ? "" : cursor);
            cursor = page.next();
            assertThat(++pages).as("pages of a scan").isLessThan(100_000);
        } while (cursor != null);
        assertThat(ids(all)).doesNotHaveDuplicates();
        return all;
    }

    private static String newName() {
        return "contract-" + UUID.randomUUID();
    }

    private VectorCollection reopen(VectorCollection c) throws Exception {
        String name = c.info().name();
        c.close();
        store.close();
        store = open();
        return store.open(name);
    }

    private void assertKeptOrRefused(VectorRecord odd) {
        VectorCollection c = create();
        VectorRecord good = new VectorRecord("good", vector(2), "good", Metadata.EMPTY);
        StoreException.InvalidRecord refusal =
                catchThrowableOfType(StoreException.InvalidRecord.class, () -> c.upsert(List.of(good, odd)));
        if (refusal == null) {
            assertHolds(c, good, odd);
            assertThat(scanIds(c, null, 10)).containsExactlyInAnyOrder("good", odd.id());
            odd.metadata().values().forEach((key, value) -> {
                assertMatches(c, new Filter.Exists(key), odd.id());
                assertMatches(c, Filter.eq(key, value.raw()), odd.id());
            });
            assertThat(c.delete(List.of(odd.id()))).isEqualTo(1);
        } else {
            assertThat(refusal.id()).isEqualTo(odd.id());
            assertThat(c.count()).as("nothing of the call was written").isZero();
            odd.metadata().values().keySet().forEach(key -> assertMatches(c, new Filter.Exists(key)));
        }
    }

    private static void assertRefused(VectorRecord bad, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.InvalidRecord.class,
                        e -> assertThat(e.id()).isEqualTo(bad.id()));
    }

    private static void assertNotFound(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(StoreException.CollectionNotFound.class);
    }

    private static void assertUnsupported(Capability capability, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StoreException.UnsupportedCapability.class, e -> {
            assertThat(e.capability()).isEqualTo(capability);
            assertThat(e.category()).isEqualTo(StoreException.Category.USER);
        });
    }

    private static void assertHolds(VectorCollection c, VectorRecord... records) {
        assertHolds(c, List.of(records));
    }

    private static void assertHolds(VectorCollection c, List<VectorRecord> records) {
        List<VectorRecord> found = c.get(ids(records), readable(c));
        assertThat(ids(found)).isEqualTo(ids(records));
        for (int i = 0; i < records.size(); i++) {
            RecordAssert.assertSame(found.get(i), records.get(i), c);
        }
    }

    private static void assertMatches(VectorCollection c, Filter filter, String... ids) {
        assertThat(scanIds(c, filter, 100)).as("scan of %s", filter).containsExactlyInAnyOrder(ids);
        assertThat(c.count(filter)).as("count of %s", filter).isEqualTo(ids.length);
    }

    private void assertScores(
            Distance distance, float[] query, List<VectorRecord> points, Map<String, Double> expected) {
        VectorCollection c = create(distance, query.length, Metadata.EMPTY);
        c.upsert(points);
        List<SearchHit> hits = c.search(SearchRequest.nearest(query, 100, null));
        assertThat(hits).extracting(h -> h.record().id()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        for (SearchHit hit : hits) {
            assertThat(hit.score())
                    .as("%s score of %s", distance, hit.record().id())
                    .isCloseTo(expected.get(hit.record().id()), within(SCORE_TOLERANCE));
        }
        assertRanked(hits);
    }

    /** Best first, in [0,1], equal scores in order of id. */
    static void assertRanked(List<SearchHit> hits) {
        for (int i = 0; i < hits.size(); i++) {
            SearchHit hit = hits.get(i);
            assertThat(hit.score()).isBetween(0.0, 1.0);
            if (i > 0) {
                SearchHit before = hits.get(i - 1);
                assertThat(before.score()).as("best first").isGreaterThanOrEqualTo(hit.score());
                if (before.score() == hit.score()) {
                    assertThat(before.record().id())
                            .as("ties by id")
                            .isLessThan(hit.record().id());
                }
            }
        }
    }

    private static List<String> ids(Collection<VectorRecord> records) {
        return records.stream().map(VectorRecord::id).collect(toList());
    }

    private static List<Set<Field>> subsets(Set<Field> fields) {
        List<Set<Field>> subsets = new ArrayList<>();
        subsets.add(EnumSet.noneOf(Field.class));
        for (Field f : fields) {
            for (Set<Field> s : List.copyOf(subsets)) {
                EnumSet<Field> larger = EnumSet.of(f);
                larger.addAll(s);
                subsets.add(larger);
            }
        }
        return subsets;
    }

    /** A vector that differs for each number, is never zero, and has no two alike in direction for small numbers. */
    private static float[] vector(int i) {
        return new float[] {1 + i % 17, 2 + i % 5, i, 1.5f};
    }

    private static VectorRecord record(String id, int n, String text) {
        return new VectorRecord(id, vector(n), text, Metadata.of(Map.of("n", (long) n)));
    }

    private static VectorRecord point(String id, float... vector) {
        return new VectorRecord(id, vector, null, Metadata.EMPTY);
    }

    private static VectorRecord valued(String id, Object value) {
        return new VectorRecord(id, vector(id.length()), null, Metadata.of(Map.of("v", value)));
    }

    private static Filter compare(String key, Filter.Op op, Object value) {
        return new Filter.Compare(key, op, MetadataValue.scalar(value));
    }

    private static Filter in(String key, Object... values) {
        return new Filter.In(
                key, Arrays.stream(values).map(MetadataValue::scalar).collect(toList()));
    }

    /** Five records; one of them has neither text nor metadata. */
    private static List<VectorRecord> people() {
        return List.of(
                new VectorRecord(
                        "ada",
                        vector(1),
                        "by the sea, 100% sure",
                        Metadata.of(Map.of("name", "Ada", "age", 36L, "member", true))),
                new VectorRecord(
                        "bob",
                        vector(2),
                        "down by the river",
                        Metadata.of(Map.of("name", "Bob", "age", 41L, "member", false))),
                new VectorRecord("cleo", vector(3), "up the river", Metadata.of(Map.of("name", "Cleo", "age", 20.5))),
                new VectorRecord(
                        "dora", vector(4), "River of 100 words", Metadata.of(Map.of("name", "Dora", "age", "41"))),
                new VectorRecord("nix", vector(5), null, Metadata.EMPTY));
    }
}
