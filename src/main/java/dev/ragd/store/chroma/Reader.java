package dev.ragd.store.chroma;

import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.client.ChromaApi;
import dev.ragd.store.chroma.client.RemoteCollection;
import dev.ragd.store.chroma.client.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads records of one collection. */
final class Reader {

    /** The page size at which the server is fastest. */
    static final int PAGE = 1_000;

    /** Pages of ids alone cost the server little each, but more the further they start. */
    private static final int ID_PAGE = 20_000;

    private final ChromaApi api;
    private final RemoteCollection remote;

    Reader(ChromaApi api, RemoteCollection remote) {
        this.api = api;
        this.remote = remote;
    }

    /** The records that exist, in the order of the ids. */
    List<VectorRecord> get(Set<String> ids, Set<Field> fields) {
        List<String> all = List.copyOf(ids);
        Map<String, VectorRecord> found = new HashMap<>();
        for (int from = 0; from < all.size(); from += PAGE) {
            List<String> some = all.subList(from, Math.min(all.size(), from + PAGE));
            for (VectorRecord r : read(Selection.ofIds(some, Query.ALL.fieldsToRead(fields)))) {
                found.put(r.id(), project(r, fields));
            }
        }
        List<VectorRecord> ordered = new ArrayList<>(found.size());
        for (String id : all) {
            VectorRecord r = found.get(id);
            if (r != null) {
                ordered.add(r);
            }
        }
        return ordered;
    }

    /** A page of what matches, from the offset on. */
    ScanPage page(Query query, Set<Field> fields, int offset, int limit) {
        if (query.never()) {
            return new ScanPage(List.of(), null);
        }
        int size = Math.min(limit, PAGE);
        List<VectorRecord> read = read(select(query, query.fieldsToRead(fields), offset, size));
        List<VectorRecord> matching = new ArrayList<>(read.size());
        for (VectorRecord r : read) {
            if (query.matches(r)) {
                matching.add(project(r, fields));
            }
        }
        return new ScanPage(matching, read.size() < size ? null : Cursor.of(offset + size));
    }

    /** Everything that matches, page by page, with at least these fields. */
    void forEach(Query query, Set<Field> fields, Consumer<VectorRecord> consumer) {
        if (query.never()) {
            return;
        }
        Set<Field> toRead = query.fieldsToRead(fields);
        int size = toRead.isEmpty() ? ID_PAGE : PAGE;
        for (int offset = 0; ; offset += size) {
            List<VectorRecord> read = read(select(query, toRead, offset, size));
            read.stream().filter(query::matches).forEach(consumer);
            if (read.size() < size) {
                return;
            }
        }
    }

    void forEachId(Query query, Consumer<String> consumer) {
        forEach(query, Field.NONE, r -> consumer.accept(r.id()));
    }

    private static Selection select(Query query, Set<Field> fields, int offset, int limit) {
        return new Selection(null, query.request().where(), query.request().whereDocument(), limit, offset, fields);
    }

    /** Records as the port knows them: the mark of a cleared text is gone, and so is the empty text beside it. */
    private List<VectorRecord> read(Selection selection) {
        return api.get(remote, selection).records().stream()
                .map(Reader::unmarked)
                .toList();
    }

    static VectorRecord unmarked(VectorRecord r) {
        if (r.metadata().get(Reserved.NO_TEXT) == null) {
            return r;
        }
        var values = new TreeMap<>(r.metadata().values());
        values.remove(Reserved.NO_TEXT);
        return new VectorRecord(r.id(), r.vector(), null, new Metadata(values));
    }

    /** The parts that were asked for. */
    static VectorRecord project(VectorRecord r, Set<Field> fields) {
        float @Nullable [] vector = fields.contains(Field.VECTOR) ? r.vector() : null;
        String text = fields.contains(Field.TEXT) ? r.text() : null;
        return new VectorRecord(r.id(), vector, text, fields.contains(Field.METADATA) ? r.metadata() : Metadata.EMPTY);
    }
}
