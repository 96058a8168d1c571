package dev.ragd.store.chroma;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.client.ChromaApi;
import dev.ragd.store.chroma.client.Connection;
import dev.ragd.store.chroma.client.Features;
import dev.ragd.store.chroma.client.NewCollection;
import dev.ragd.store.chroma.client.RemoteCollection;
import dev.ragd.store.chroma.client.RetryPolicy;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Collections of a Chroma server, version 1.0 or newer. Opening connects to nothing; the first call does, checks tenant and
 * database, and asks what the server can do.
 *
 * <p>Lists in metadata need a newer server (seen in its OpenAPI description), and are refused otherwise. Doubles in
 * metadata may come back one or a few units in the last place off: the server parses them inexactly. Vectors come back
 * bit by bit from l2 and ip collections; cosine collections normalise them and scale them back.
 *
 * <p>One process at a time should write to a collection: replacing a record reads its old keys first.
 */
public final class ChromaStore implements VectorStore {

    /** The name users type. */
    public static final String NAME = "chromadb";

    private static final Duration MAX_RETRY_DELAY = Duration.ofSeconds(30);

    private final ChromaSettings settings;
    private final ChromaServer server;
    private final ChromaApi api;
    private final Map<String, ReentrantLock> writeLocks = new ConcurrentHashMap<>();
    private volatile boolean ready;
    private volatile @Nullable Features features;

    /**
     * A store on a server; closing the store gives the server up.
     *
     * @param settings their {@code url} is not looked at
     */
    public ChromaStore(ChromaSettings settings, ChromaServer server) {
        this.settings = settings;
        this.server = server;
        this.api = new ChromaApi(new Connection(
                server::url,
                settings.tenant(),
                settings.database(),
                settings.headers(),
                settings.connectTimeout(),
                settings.requestTimeout(),
                new RetryPolicy(settings.retries(), settings.retryDelay(), MAX_RETRY_DELAY, server::revive),
                server::advice));
    }

    /**
     * A store on the external server that the settings name.
     *
     * @throws IllegalArgumentException when they name none
     */
    public static ChromaStore external(ChromaSettings settings) {
        if (settings.url() == null) {
            throw new IllegalArgumentException("storage.chromadb.url is not set");
        }
        return new ChromaStore(settings, ChromaServer.at(settings.url()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        EnumSet<Capability> all = EnumSet.of(
                Capability.PERSISTENT, Capability.VECTORS, Capability.VECTOR_SEARCH, Capability.FOREIGN_VECTORS);
        if (features().lists() == Features.Lists.KEPT) {
            all.add(Capability.LIST_METADATA);
        }
        return all;
    }

    @Override
    public List<CollectionInfo> list() {
        ready();
        return api.list().stream()
                .map(CollectionMetadata::info)
                .sorted(Comparator.comparing(CollectionInfo::name))
                .toList();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return remote(collection).map(CollectionMetadata::info);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        Map<String, Object> metadata = CollectionMetadata.of(spec);
        ready();
        ChromaSettings.Hnsw hnsw = settings.hnsw();
        RemoteCollection made = api.create(new NewCollection(
                spec.name(),
                spec.distance().label(),
                Map.of(
                        "ef_construction", hnsw.efConstruction(),
                        "ef_search", hnsw.efSearch(),
                        "max_neighbors", hnsw.maxNeighbors()),
                metadata));
        if (!made.space().equals(spec.distance().label())) {
            api.drop(made.name());
            throw new StoreException.StoreRejected(
                    api.store() + ": collection '" + spec.name() + "' was to measure '"
                            + spec.distance().label() + "', but the server made it '" + made.space()
                            + "'; it was dropped again; use Chroma 1.0 or newer",
                    null);
        }
        return collection(made);
    }

    @Override
    public VectorCollection open(String collection) {
        return collection(
                remote(collection).orElseThrow(() -> new StoreException.CollectionNotFound(api.store(), collection)));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Records of a collection that may hold lists are deleted one by one first: Chroma 1.5 leaves the lists of a dropped
     * collection behind, and gives them to records that are written later.
     */
    @Override
    public boolean drop(String collection) {
        Optional<RemoteCollection> found = remote(collection);
        if (found.isEmpty()) {
            return false;
        }
        if (CollectionMetadata.mayHoldLists(found.get()) && features().lists() != Features.Lists.REFUSED) {
            collection(found.get()).delete(Filter.and());
        }
        try {
            api.drop(collection);
        } catch (StoreException.CollectionNotFound e) {
            // It was there, and a repeated request finds it gone.
        }
        server.dropped();
        return true;
    }

    @Override
    public Health health() {
        return new HealthCheck(api, server, settings, this::collection).run();
    }

    @Override
    public void close() {
        api.close();
        server.close();
    }

    private Optional<RemoteCollection> remote(String collection) {
        ready();
        return CollectionSpec.problemWithName(collection) == null ? api.find(collection) : Optional.empty();
    }

    private ChromaCollection collection(RemoteCollection remote) {
        ReentrantLock lock = writeLocks.computeIfAbsent(remote.id(), id -> new ReentrantLock());
        return new ChromaCollection(api, server, this::features, settings, lock, remote);
    }

    /** Finds out, once, whether tenant and database exist. */
    private void ready() {
        if (!ready) {
            api.requireDatabase(settings.tenant(), settings.database());
            ready = true;
        }
    }

    /**
     * What the server can do; asked once, after tenant and database were found to exist. Only writers ask: the answer is the
     * server's whole description, a larger text than all that a search receives.
     */
    private Features features() {
        Features known = features;
        if (known == null) {
            ready();
            known = api.features();
            features = known;
        }
        return known;
    }
}
