package dev.ragd.store.chroma;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.client.ChromaApi;
import dev.ragd.store.chroma.client.Features;
import dev.ragd.store.chroma.client.RemoteCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One collection, addressed by its UUID: a collection of the same name that was made later is another one.
 *
 * <p>The order of a scan is that of insertion; its cursor is the number of records seen.
 */
final class ChromaCollection implements VectorCollection {

    private static final int DELETE_PAGE = 1_000;

    private final ChromaApi api;
    private final ChromaServer server;
    private final Supplier<Features> features;
    private final ReentrantLock writeLock;
    private final RemoteCollection remote;
    private final Distance distance;
    private final Reader reader;
    private final Writer writer;
    private final Searcher searcher;

    ChromaCollection(
            ChromaApi api,
            ChromaServer server,
            Supplier<Features> features,
            ChromaSettings settings,
            ReentrantLock writeLock,
            RemoteCollection remote) {
        this.api = api;
        this.server = server;
        this.features = features;
        this.writeLock = writeLock;
        this.remote = remote;
        this.distance = CollectionMetadata.distance(remote);
        this.reader = new Reader(api, remote);
        this.writer = new Writer(api, features, settings, remote);
        this.searcher = new Searcher(api, remote, distance, reader);
    }

    @Override
    public CollectionInfo info() {
        return CollectionMetadata.info(now());
    }

    /** {@inheritDoc} The server replaces them in one transaction. */
    @Override
    public void replaceAttributes(Metadata attributes) {
        CollectionSpec.requireAttributes(attributes);
        writeLock.lock();
        try {
            RemoteCollection now = now();
            api.replaceMetadata(now, CollectionMetadata.with(now, attributes));
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public Set<Capability> capabilities() {
        EnumSet<Capability> all = EnumSet.of(
                Capability.PERSISTENT, Capability.VECTORS, Capability.VECTOR_SEARCH, Capability.FOREIGN_VECTORS);
        if (distance != Distance.COSINE) {
            all.add(Capability.EXACT_VECTORS);
        }
        if (features.get().lists() == Features.Lists.KEPT) {
            all.add(Capability.LIST_METADATA);
        }
        return all;
    }

    @Override
    public void upsert(List<VectorRecord> records) {
        if (records.isEmpty()) {
            return;
        }
        OptionalInt known = CollectionMetadata.dimension(remote);
        writer.check(records, known.isPresent() ? known : CollectionMetadata.dimension(now()));
        writeLock.lock();
        try {
            writer.noteKinds(records, this::now);
            writer.write(records);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        return reader.get(new LinkedHashSet<>(ids), fields);
    }

    @Override
    public ScanPage scan(ScanRequest request) {
        Query query = query(request.filter());
        return reader.page(query, request.fields(), Cursor.parse(request.cursor()), request.limit());
    }

    @Override
    public List<SearchHit> search(SearchRequest request) {
        float[] vector = request.vector();
        if (request.mode() != SearchRequest.Mode.VECTOR || vector == null) {
            Capability lacking =
                    request.mode() == SearchRequest.Mode.HYBRID ? Capability.HYBRID_SEARCH : Capability.KEYWORD_SEARCH;
            throw new StoreException.UnsupportedCapability(api.store(), lacking, "collection '" + remote.name() + "'");
        }
        OptionalInt dimension = CollectionMetadata.dimension(remote);
        if (dimension.isPresent() && dimension.getAsInt() != vector.length) {
            throw new StoreException.DimensionMismatch(
                    api.store(), remote.name(), dimension.getAsInt(), vector.length, "the query vector");
        }
        return searcher.search(vector, request.k(), query(request.filter()), request.fields());
    }

    @Override
    public long delete(Collection<String> ids) {
        List<String> distinct = List.copyOf(new LinkedHashSet<>(ids));
        long gone = 0;
        writeLock.lock();
        try {
            for (int from = 0; from < distinct.size(); from += DELETE_PAGE) {
                List<String> some = distinct.subList(from, Math.min(distinct.size(), from + DELETE_PAGE));
                List<String> there = reader.get(new LinkedHashSet<>(some), Field.NONE).stream()
                        .map(VectorRecord::id)
                        .toList();
                if (!there.isEmpty()) {
                    api.delete(remote, there);
                    gone += there.size();
                }
            }
        } finally {
            writeLock.unlock();
        }
        return gone;
    }

    /** {@inheritDoc} The ids are read first: records that are deleted during a scan would make it pass over others. */
    @Override
    public long delete(Filter filter) {
        List<String> ids = new ArrayList<>();
        reader.forEachId(query(filter), ids::add);
        return delete(ids);
    }

    @Override
    public long count() {
        return api.count(remote);
    }

    @Override
    public long count(Filter filter) {
        Query query = query(filter);
        if (!query.never()
                && query.request().isUnconditional()
                && query.request().exact()) {
            return count();
        }
        long[] n = {0};
        reader.forEachId(query, id -> n[0]++);
        return n[0];
    }

    /** {@inheritDoc} The server marks entries as deleted and keeps them. */
    @Override
    public OptionalLong tombstones() {
        OptionalInt dimension = CollectionMetadata.dimension(now());
        if (dimension.isEmpty()) {
            return OptionalLong.of(0);
        }
        OptionalLong entries = server.indexEntries(remote.id(), dimension.getAsInt());
        return entries.isEmpty() ? entries : OptionalLong.of(Math.max(0, entries.getAsLong() - count()));
    }

    /** The server writes its log to disk before it answers. */
    @Override
    public void checkpoint() {}

    @Override
    public void close() {}

    private Query query(@org.jspecify.annotations.Nullable Filter filter) {
        if (filter == null) {
            return Query.ALL;
        }
        RemoteCollection now = now();
        boolean lists = CollectionMetadata.mayHoldLists(now) && features.get().lists() != Features.Lists.REFUSED;
        return Query.of(filter, new Translator(lists, CollectionMetadata.mayHoldNul(now)));
    }

    /** The collection as the server has it now. */
    private RemoteCollection now() {
        return api.find(remote.name())
                .filter(found -> found.id().equals(remote.id()))
                .orElseThrow(() -> new StoreException.CollectionNotFound(api.store(), remote.name()));
    }
}
