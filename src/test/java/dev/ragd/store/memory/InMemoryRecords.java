package dev.ragd.store.memory;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The records of one collection. Each id has a place, given when it is first inserted and kept when it is replaced: a
 * cursor is the last place read, so deletes do not shift it. Every method holds this object's lock.
 */
final class InMemoryRecords {

    private volatile CollectionInfo info;
    private final Map<String, Long> places = new HashMap<>();
    private final TreeMap<Long, VectorRecord> records = new TreeMap<>();
    private long next;

    InMemoryRecords(CollectionSpec spec) {
        info = new CollectionInfo(
                UUID.randomUUID().toString(),
                spec.name(),
                OptionalInt.of(spec.dimension()),
                spec.distance(),
                spec.attributes(),
                null);
    }

    CollectionInfo info() {
        return info;
    }

    synchronized void replaceAttributes(Metadata attributes) {
        info = new CollectionInfo(
                info.id(), info.name(), info.dimension(), info.distance(), attributes, info.embeddingFunction());
    }

    Distance distance() {
        return info.distance();
    }

    synchronized void put(List<VectorRecord> batch) {
        for (VectorRecord r : batch) {
            records.put(places.computeIfAbsent(r.id(), id -> next++), r);
        }
    }

    synchronized @Nullable VectorRecord get(String id) {
        Long place = places.get(id);
        return place == null ? null : records.get(place);
    }

    /** All records in order of their places. */
    synchronized List<VectorRecord> all() {
        return List.copyOf(records.values());
    }

    /** At most {@code limit} records behind a place, in order. */
    synchronized List<Map.Entry<Long, VectorRecord>> after(long place, int limit) {
        return records.tailMap(place, false).entrySet().stream()
                .limit(limit)
                .<Map.Entry<Long, VectorRecord>>map(e -> Map.entry(e.getKey(), e.getValue()))
                .toList();
    }

    synchronized boolean remove(String id) {
        Long place = places.remove(id);
        return place != null && records.remove(place) != null;
    }
}
