package dev.ragd.store.memory;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * An exact store in memory. It searches by brute force in double precision and refuses calls after {@link #close}, so that
 * a test notices them.
 *
 * <p>What is stored lives in {@link Data}: a second store over the same data sees what the first one wrote, as a second
 * process would. Safe for use by several threads.
 */
public final class InMemoryStore implements VectorStore {

    /** What this store can do unless a test takes something away. */
    public static final Set<Capability> CAPABILITIES =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(Capability.KEYWORD_SEARCH, Capability.HYBRID_SEARCH)));

    /** The collections of a store, which outlive it. Safe for use by several threads. */
    public static final class Data {
        private final ConcurrentSkipListMap<String, InMemoryRecords> collections = new ConcurrentSkipListMap<>();
    }

    private final Data data;
    private final Set<Capability> capabilities;
    private volatile boolean closed;

    /** An empty store. */
    public InMemoryStore() {
        this(new Data());
    }

    /** A store over data that another one may have written. */
    public InMemoryStore(Data data) {
        this(data, CAPABILITIES);
    }

    /** A store that can do less: what {@code capabilities} lacks is refused. Keyword and hybrid search cannot be added. */
    public InMemoryStore(Data data, Set<Capability> capabilities) {
        if (!CAPABILITIES.containsAll(capabilities)) {
            throw new IllegalArgumentException("this store can do " + CAPABILITIES + ", not " + capabilities);
        }
        this.data = data;
        this.capabilities = Set.copyOf(capabilities);
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public List<CollectionInfo> list() {
        requireOpen();
        return data.collections.values().stream().map(InMemoryRecords::info).toList();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        requireOpen();
        return Optional.ofNullable(data.collections.get(collection)).map(InMemoryRecords::info);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        requireOpen();
        InMemoryRecords records = new InMemoryRecords(spec);
        if (data.collections.putIfAbsent(spec.name(), records) != null) {
            throw new StoreException.CollectionExists(name(), spec.name());
        }
        return new InMemoryCollection(this, records);
    }

    @Override
    public VectorCollection open(String collection) {
        requireOpen();
        InMemoryRecords records = data.collections.get(collection);
        if (records == null) {
            throw new StoreException.CollectionNotFound(name(), collection);
        }
        return new InMemoryCollection(this, records);
    }

    @Override
    public boolean drop(String collection) {
        requireOpen();
        return data.collections.remove(collection) != null;
    }

    @Override
    public Health health() {
        Health.Check check = closed
                ? new Health.Check("memory", Health.Status.UNHEALTHY, "the store is closed", "open it again")
                : new Health.Check("memory", Health.Status.HEALTHY, data.collections.size() + " collections", null);
        return new Health(List.of(check));
    }

    @Override
    public void close() {
        closed = true;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the store was used after close()");
        }
    }

    /** True while the very collection, not a namesake made after a drop, exists. */
    boolean holds(InMemoryRecords records) {
        return data.collections.get(records.info().name()) == records;
    }
}
