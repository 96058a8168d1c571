package dev.ragd.store.leann;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.DocumentCollection;
import dev.ragd.store.documents.OpenCollections.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A handle on a collection: as any in a document store, but vectors that are asked for are made anew from the texts. */
final class LeannCollection implements VectorCollection {

    private final Lease<LeannState> lease;
    private final DocumentCollection records;

    LeannCollection(Set<Capability> capabilities, Lease<LeannState> lease) {
        this.lease = lease;
        this.records = new DocumentCollection(LeannStore.NAME, capabilities, lease);
    }

    @Override
    public CollectionInfo info() {
        return records.info();
    }

    @Override
    public void replaceAttributes(Metadata attributes) {
        records.replaceAttributes(attributes);
    }

    @Override
    public Set<Capability> capabilities() {
        return records.capabilities();
    }

    @Override
    public void upsert(List<VectorRecord> batch) {
        LeannState state = lease.state();
        if (!batch.isEmpty()) {
            state.upsert(batch);
        }
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        return withVectors(records.get(ids, kept(fields)), fields);
    }

    @Override
    public ScanPage scan(ScanRequest request) {
        Set<Field> fields = request.fields();
        ScanPage page =
                records.scan(new ScanRequest(kept(fields), request.filter(), request.cursor(), request.limit()));
        return new ScanPage(withVectors(page.records(), fields), page.next());
    }

    @Override
    public List<SearchHit> search(SearchRequest request) {
        Set<Field> fields = request.fields();
        List<SearchHit> hits = records.search(new SearchRequest(
                request.mode(), request.vector(), request.text(), request.k(), request.filter(), kept(fields)));
        List<VectorRecord> found =
                withVectors(hits.stream().map(SearchHit::record).toList(), fields);
        List<SearchHit> complete = new ArrayList<>(hits.size());
        for (int i = 0; i < hits.size(); i++) {
            complete.add(new SearchHit(found.get(i), hits.get(i).score()));
        }
        return complete;
    }

    /** What must be read to give these fields. */
    private static Set<Field> kept(Set<Field> fields) {
        if (!fields.contains(Field.VECTOR)) {
            return fields;
        }
        EnumSet<Field> kept = EnumSet.copyOf(fields);
        kept.remove(Field.VECTOR);
        kept.add(Field.TEXT);
        return kept;
    }

    private List<VectorRecord> withVectors(List<VectorRecord> read, Set<Field> fields) {
        if (!fields.contains(Field.VECTOR)) {
            return read;
        }
        float[][] vectors = lease.state().recompute(read);
        List<VectorRecord> complete = new ArrayList<>(read.size());
        for (int i = 0; i < vectors.length; i++) {
            VectorRecord record = read.get(i);
            String text = fields.contains(Field.TEXT) ? record.text() : null;
            complete.add(new VectorRecord(record.id(), vectors[i], text, record.metadata()));
        }
        return complete;
    }

    @Override
    public long delete(Collection<String> ids) {
        return records.delete(ids);
    }

    @Override
    public long delete(Filter filter) {
        return records.delete(filter);
    }

    @Override
    public long count() {
        return records.count();
    }

    @Override
    public long count(Filter filter) {
        return records.count(filter);
    }

    @Override
    public void checkpoint() {
        records.checkpoint();
    }

    @Override
    public void close() {
        records.close();
    }
}
