package dev.ragd.store.chroma;

import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.client.ChromaApi;
import dev.ragd.store.chroma.client.Features;
import dev.ragd.store.chroma.client.RecordBatch;
import dev.ragd.store.chroma.client.RemoteCollection;
import dev.ragd.store.chroma.client.Selection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replaces records, although Chroma's upsert merges metadata and cannot clear a text.
 *
 * <p>Each batch first asks which of its ids exist, with their metadata: a few milliseconds when none does, against hundreds
 * for the write. Keys that are to go are then sent as nulls, and a text that is to go as {@link Reserved#NO_TEXT} says. So a
 * record is replaced in the one request that writes it; at no time is there neither the old nor the new one.
 *
 * <p>The caller holds the collection's write lock.
 */
final class Writer {

    private final ChromaApi api;
    private final Supplier<Features> features;
    private final ChromaSettings settings;
    private final RemoteCollection remote;
    private boolean listsNoted;
    private boolean nulNoted;

    Writer(ChromaApi api, Supplier<Features> features, ChromaSettings settings, RemoteCollection remote) {
        this.api = api;
        this.features = features;
        this.settings = settings;
        this.remote = remote;
    }

    /** Refuses what cannot be kept. */
    void check(List<VectorRecord> records, OptionalInt dimension) {
        boolean lists = features.get().lists() == Features.Lists.KEPT;
        Distance distance = CollectionMetadata.distance(remote);
        new RecordRules(
                        api.store(),
                        remote.name(),
                        distance,
                        lists,
                        ChromaSettings.BODY_LIMIT,
                        features.get().base64Vectors())
                .check(records, dimension);
    }

    /** Notes in the collection that lists or U+0000 are about to come, if they are; see {@link CollectionMetadata}. */
    void noteKinds(List<VectorRecord> records, Supplier<RemoteCollection> now) {
        boolean lists = !listsNoted && records.stream().anyMatch(Writer::hasList);
        boolean nul = !nulNoted
                && records.stream().anyMatch(r -> r.text() != null && r.text().indexOf('\0') >= 0);
        if (!lists && !nul) {
            return;
        }
        RemoteCollection current = now.get();
        Map<String, Object> metadata = new TreeMap<>(current.metadata());
        if (lists && !CollectionMetadata.mayHoldLists(current)) {
            metadata.put(CollectionMetadata.LISTS, true);
        }
        if (nul) {
            metadata.put(CollectionMetadata.NUL, true);
        }
        if (!metadata.equals(current.metadata())) {
            api.replaceMetadata(current, metadata);
        }
        listsNoted |= lists;
        nulNoted |= nul;
    }

    private static boolean hasList(VectorRecord r) {
        return r.metadata().values().values().stream().anyMatch(MetadataValue.Items.class::isInstance);
    }

    /** Writes batch after batch; while the server works on one, the next is made ready. */
    void write(List<VectorRecord> records) {
        List<List<VectorRecord>> batches = batches(records);
        if (batches.size() == 1) {
            request(batches.get(0)).run();
            return;
        }
        ExecutorService ahead = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "ragd-chroma-writer");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Future<Runnable> next = ahead.submit(() -> request(batches.get(0)));
            for (int i = 1; i <= batches.size(); i++) {
                Runnable ready = await(next);
                if (i < batches.size()) {
                    List<VectorRecord> following = batches.get(i);
                    next = ahead.submit(() -> request(following));
                }
                ready.run();
            }
        } finally {
            ahead.shutdownNow();
        }
    }

    private Runnable await(Future<Runnable> request) {
        try {
            return request.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.StoreUnavailable(api.store() + ": interrupted while records were written", e);
        }
    }

    /** Cuts records into pieces that the server takes in one request. */
    private List<List<VectorRecord>> batches(List<VectorRecord> records) {
        List<List<VectorRecord>> batches = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            long size = RecordSize.of(records.get(i), features.get().base64Vectors());
            boolean full = i - from == settings.maxBatchRecords() || bytes + size > settings.maxBatchBytes();
            if (full && i > from) {
                batches.add(records.subList(from, i));
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        batches.add(records.subList(from, records.size()));
        return batches;
    }

    /** The request that replaces these records; what is there of them is asked for here. */
    private Runnable request(List<VectorRecord> records) {
        Map<String, VectorRecord> existing = existing(records);
        List<float[]> vectors = new ArrayList<>(records.size());
        List<@Nullable String> texts = new ArrayList<>(records.size());
        List<@Nullable Map<String, @Nullable Object>> metadatas = new ArrayList<>(records.size());
        for (VectorRecord r : records) {
            VectorRecord old = existing.get(r.id());
            boolean clearText = r.text() == null && old != null && old.text() != null;
            vectors.add(Objects.requireNonNull(r.vector()));
            texts.add(clearText ? "" : r.text());
            metadatas.add(metadata(r, old, clearText));
        }
        List<String> ids = records.stream().map(VectorRecord::id).toList();
        return api.upsertOf(remote, new RecordBatch(ids, vectors, texts, metadatas), features.get());
    }

    /** The records of the batch that exist, as the server has them; with text where the new one has none. */
    private Map<String, VectorRecord> existing(List<VectorRecord> records) {
        boolean needText = records.stream().anyMatch(r -> r.text() == null);
        Set<Field> fields = needText ? EnumSet.of(Field.METADATA, Field.TEXT) : EnumSet.of(Field.METADATA);
        List<String> ids = records.stream().map(VectorRecord::id).toList();
        Map<String, VectorRecord> existing = new HashMap<>();
        api.get(remote, Selection.ofIds(ids, fields)).records().forEach(r -> existing.put(r.id(), r));
        return existing;
    }

    /** The new values, and nulls for the old keys that are not among them; null when there is nothing to say. */
    private static @Nullable Map<String, @Nullable Object> metadata(
            VectorRecord r, @Nullable VectorRecord old, boolean clearText) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        if (old != null) {
            old.metadata().values().keySet().forEach(key -> values.put(key, null));
        }
        r.metadata().values().forEach((key, value) -> values.put(key, value.raw()));
        if (clearText) {
            values.put(Reserved.NO_TEXT, true);
        }
        return values.isEmpty() ? null : values;
    }
}
