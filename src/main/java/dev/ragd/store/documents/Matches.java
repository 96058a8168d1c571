package dev.ragd.store.documents;

import dev.ragd.store.Filter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The live documents of a snapshot that match a filter, {@code [segment]}; shared, not to be changed. The last few filters
 * are remembered, because the pages of a scan and the questions of a session ask for the same ones. Safe for use by several
 * threads.
 */
final class Matches {

    private static final int REMEMBERED = 8;

    private final Segments segments;
    private final IndexSearcher searcher;
    private final Map<Filter, FixedBitSet[]> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Filter, FixedBitSet[]> eldest) {
            return size() > REMEMBERED;
        }
    };
    private FixedBitSet @Nullable [] live;

    Matches(Segments segments, IndexSearcher searcher) {
        this.segments = segments;
        this.searcher = searcher;
    }

    FixedBitSet[] of(@Nullable Filter filter) throws IOException {
        FixedBitSet[] all = live();
        if (filter == null) {
            return all;
        }
        synchronized (known) {
            FixedBitSet[] found = known.get(filter);
            if (found != null) {
                return found;
            }
        }
        FilterPlan plan = FilterPlan.of(filter, searcher);
        FixedBitSet[] found = new FixedBitSet[all.length];
        for (int s = 0; s < found.length; s++) {
            found[s] = plan.select(segments.leaf(s), all[s]);
        }
        synchronized (known) {
            known.put(filter, found);
        }
        return found;
    }

    private synchronized FixedBitSet[] live() {
        FixedBitSet[] bits = live;
        if (bits == null) {
            bits = new FixedBitSet[segments.count()];
            for (int s = 0; s < bits.length; s++) {
                bits[s] = segments.live(s);
            }
            live = bits;
        }
        return bits;
    }

    static int size(FixedBitSet[] documents) {
        int size = 0;
        for (FixedBitSet d : documents) {
            size += d.cardinality();
        }
        return size;
    }
}
