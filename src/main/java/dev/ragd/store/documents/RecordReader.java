package dev.ragd.store.documents;

import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** Reads the records of a snapshot, by ordinal and by id. Safe for use by several threads. */
final class RecordReader {

    private final DocumentSnapshot snapshot;
    private final DirectoryReader reader;
    private final Segments segments;
    private final CollectionHeader header;

    RecordReader(DocumentSnapshot snapshot, DirectoryReader reader, Segments segments, CollectionHeader header) {
        this.snapshot = snapshot;
        this.reader = reader;
        this.segments = segments;
        this.header = header;
    }

    /** The records in the order of the ordinals. They are read in the order of the files. */
    VectorRecord[] read(int[] ordinals, Set<Field> fields) throws IOException {
        long[] order = new long[ordinals.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = ((long) ordinals[i] << 32) | i;
        }
        Arrays.sort(order);
        VectorRecord[] records = new VectorRecord[order.length];
        SegmentReading reading = null;
        for (long next : order) {
            int ordinal = (int) (next >>> 32);
            int segment = segments.segment(ordinal);
            int document = segment < 0 ? -1 : segments.ordinals(segment).document(ordinal);
            if (document < 0) {
                throw new IllegalArgumentException("there is no record with ordinal " + ordinal + " any more");
            }
            if (reading == null || reading.segment != segment) {
                reading = new SegmentReading(segment, fields);
            }
            records[(int) next] = reading.record(document);
        }
        return records;
    }

    private final class SegmentReading {
        private final int segment;
        private final StoredRecords stored;
        private final @Nullable VectorReader vectors;
        private final boolean text;
        private final boolean metadata;

        SegmentReading(int segment, Set<Field> fields) throws IOException {
            this.segment = segment;
            stored = StoredRecords.of(segments.reader(segment));
            text = fields.contains(Field.TEXT);
            metadata = fields.contains(Field.METADATA);
            vectors = fields.contains(Field.VECTOR)
                    ? new VectorReader(snapshot, segments, header.spec().dimension())
                    : null;
        }

        VectorRecord record(int document) throws IOException {
            float[] vector = vectors == null ? null : vectors.read(segment, document);
            if (!text && !metadata) {
                return new VectorRecord(stored.id(document), vector, null, Metadata.EMPTY);
            }
            StoredRecords.Entry entry = stored.read(document, metadata, text);
            return new VectorRecord(
                    entry.id(), vector, entry.parts().text(), entry.parts().metadata());
        }
    }

    /** The ordinal of a live record, or -1. */
    int ordinal(String id) throws IOException {
        int[] found = ordinals(Set.of(id));
        return found.length == 0 ? -1 : found[0];
    }

    /** The ordinals of those ids that there are, in the order of the ids. */
    int[] ordinals(Set<String> ids) throws IOException {
        int[] found = new int[ids.size()];
        int count = 0;
        TermsEnum[] terms = new TermsEnum[segments.count()];
        PostingsEnum postings = null;
        for (String id : ids) {
            BytesRef term = new BytesRef(id);
            for (int s = segments.count() - 1; s >= 0; s--) {
                LeafReader leaf = segments.reader(s);
                if (terms[s] == null) {
                    Terms all = leaf.terms(Names.ID);
                    terms[s] = all == null ? TermsEnum.EMPTY : all.iterator();
                }
                if (terms[s].seekExact(term)) {
                    postings = terms[s].postings(postings, PostingsEnum.NONE);
                    int document = firstLive(postings, leaf.getLiveDocs());
                    if (document >= 0) {
                        found[count++] = segments.ordinals(s).ordinal(document);
                        break;
                    }
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    private static int firstLive(PostingsEnum postings, @Nullable Bits live) throws IOException {
        for (int d = postings.nextDoc(); d != PostingsEnum.NO_MORE_DOCS; d = postings.nextDoc()) {
            if (live == null || live.get(d)) {
                return d;
            }
        }
        return -1;
    }

    ScanPage scan(ScanRequest request, FixedBitSet @Nullable [] matches) throws IOException {
        Terms all = MultiTerms.getTerms(reader, Names.ID);
        if (all == null) {
            return new ScanPage(List.of(), null);
        }
        TermsEnum terms = all.iterator();
        int[] ordinals = new int[Math.min(request.limit(), reader.numDocs())];
        int count = 0;
        PostingsEnum postings = null;
        for (BytesRef id = after(terms, request.cursor()); id != null && count < ordinals.length; id = terms.next()) {
            postings = terms.postings(postings, PostingsEnum.NONE);
            int ordinal = firstMatching(postings, matches);
            if (ordinal >= 0) {
                ordinals[count++] = ordinal;
            }
        }
        List<VectorRecord> records =
                new ArrayList<>(Arrays.asList(read(Arrays.copyOf(ordinals, count), request.fields())));
        return new ScanPage(
                records, count < request.limit() ? null : records.get(count - 1).id());
    }

    private static @Nullable BytesRef after(TermsEnum terms, @Nullable String cursor) throws IOException {
        if (cursor == null) {
            return terms.next();
        }
        return switch (terms.seekCeil(new BytesRef(cursor))) {
            case END -> null;
            case FOUND -> terms.next();
            case NOT_FOUND -> terms.term();
        };
    }

    /** The ordinal of the live record among those of an id, when it matches; else -1. */
    private int firstMatching(PostingsEnum postings, FixedBitSet @Nullable [] matches) throws IOException {
        for (int d = postings.nextDoc(); d != PostingsEnum.NO_MORE_DOCS; d = postings.nextDoc()) {
            int segment = segments.segmentOf(d);
            int document = d - segments.leaf(segment).docBase;
            Bits live = segments.reader(segment).getLiveDocs();
            if (matches != null ? matches[segment].get(document) : live == null || live.get(document)) {
                return segments.ordinals(segment).ordinal(document);
            }
        }
        return -1;
    }

    /** The id of a document. */
    String id(int segment, int document) {
        return snapshot.run(() -> StoredRecords.of(segments.reader(segment)).id(document));
    }
}
