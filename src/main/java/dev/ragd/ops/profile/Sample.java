package dev.ragd.ops.profile;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records of a collection taken at random, the same ones each time, and vectors that are held out of them to ask for. What is
 * taken is copied to another store; in memory are the vectors alone.
 *
 * @param total records of the collection
 * @param records how many were taken to be found
 * @param queries {@code float[dimension]} each: vectors of records that were not
 * @param filter null when the metadata offers none
 * @param withoutText how many of the records have no text
 */
record Sample(
        long total,
        int records,
        List<float[]> queries,
        ExactAnswers truth,
        FilterChoice.@Nullable Choice filter,
        int withoutText) {

    /** In the other store: the records. */
    static final String RECORDS = "sample";

    /** In the other store: those held out. */
    static final String QUERIES = "queries";

    private static final int LEAST = 10;
    private static final int PAGE = 1000;
    private static final int BATCH = 500;

    /** Of the heap; the rest is for reading and writing. */
    private static final double MOST_OF_HEAP = 0.4;

    /**
     * Takes a sample.
     *
     * @param to where to copy it
     * @param stopped asked now and then; once it is true this ends with {@link ProfileStopped}
     * @throws ProfileRefused when the collection has too few records for what is asked
     */
    static Sample take(VectorCollection source, ProfileRequest request, VectorStore to, BooleanSupplier stopped) {
        CollectionInfo info = source.info();
        long total = source.count();
        String name = "collection '" + request.collection() + "'";
        if (total == 0) {
            throw new ProfileRefused(name + " is empty; index something first, or choose another --collection");
        }
        if (total < LEAST) {
            throw new ProfileRefused(name + " has " + total + " records; a profile needs at least " + LEAST);
        }
        if (request.sample() > total) {
            throw new ProfileRefused(
                    "--sample is " + request.sample() + ", but " + name + " has " + total + " records; ask for fewer");
        }
        int queries = queries(request, total, name);
        long wanted = request.sample() == 0 ? ProfileRequest.SAMPLE : request.sample();
        int taken = (int) Math.min(total, wanted + queries);
        requireRoom(taken, info.dimension().orElse(0));
        List<String> ids = choose(source, taken, stopped);
        if (ids.size() <= queries) {
            throw new ProfileRefused(name + " lost records while its sample was taken; try again");
        }
        Set<String> heldOut = heldOut(ids, queries);
        return copy(source, ids, heldOut, request.k(), to, total, stopped);
    }

    private static int queries(ProfileRequest request, long total, String name) {
        long most = Math.max(1, (request.sample() == 0 ? total : Math.min(total, 2L * request.sample())) / 2);
        if (request.queries() > most) {
            throw new ProfileRefused("--queries is " + request.queries() + ", but " + name + " with " + total
                    + " records, and this --sample, has " + most
                    + " to spare for questions; ask for fewer, or take a larger --sample");
        }
        return request.queries() > 0
                ? request.queries()
                : (int) Math.min(ProfileRequest.QUERIES, Math.max(1, total / 5));
    }

    private static void requireRoom(int records, int dimension) {
        long needed = (long) records * (4L * dimension + 300);
        long room = (long) (MOST_OF_HEAP * Runtime.getRuntime().maxMemory());
        if (needed > room) {
            throw new ProfileRefused("the vectors of " + records + " records take " + (needed >> 20)
                    + " MB of memory, and " + (room >> 20) + " MB are there for them; take a smaller --sample, or give"
                    + " more memory: RAGD_JAVA_OPTS=-Xmx"
                    + Math.max(1, (long) Math.ceil(needed / MOST_OF_HEAP / (1 << 30)))
                    + "g ragd backend profile ...");
        }
    }

    /** A uniform choice in one pass (Vitter's algorithm R), in the order of the collection. */
    private static List<String> choose(VectorCollection source, int wanted, BooleanSupplier stopped) {
        List<String> chosen = new ArrayList<>(wanted);
        List<Long> places = new ArrayList<>(wanted);
        Random random = new Random(1);
        long seen = 0;
        String cursor = null;
        do {
            requireGoing(stopped);
            ScanPage page = source.scan(new ScanRequest(Field.NONE, null, cursor, PAGE));
            for (VectorRecord record : page.records()) {
                if (chosen.size() < wanted) {
                    chosen.add(record.id());
                    places.add(seen);
                } else {
                    long slot = random.nextLong(seen + 1);
                    if (slot < wanted) {
                        chosen.set((int) slot, record.id());
                        places.set((int) slot, seen);
                    }
                }
                seen++;
            }
            cursor = page.next();
        } while (cursor != null);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < chosen.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(places::get));
        return order.stream().map(chosen::get).toList();
    }

    private static Set<String> heldOut(List<String> ids, int queries) {
        List<String> shuffled = new ArrayList<>(ids);
        Collections.shuffle(shuffled, new Random(2));
        return new HashSet<>(shuffled.subList(0, queries));
    }

    private static Sample copy(
            VectorCollection source,
            List<String> ids,
            Set<String> heldOut,
            int k,
            VectorStore to,
            long total,
            BooleanSupplier stopped) {
        CollectionInfo info = source.info();
        FilterChoice filters = new FilterChoice();
        int withoutText = 0;
        int records = 0;
        try (VectorCollection found = to.create(spec(RECORDS, info));
                VectorCollection asked = to.create(spec(QUERIES, info))) {
            for (int from = 0; from < ids.size(); from += BATCH) {
                requireGoing(stopped);
                List<VectorRecord> stay = new ArrayList<>();
                List<VectorRecord> ask = new ArrayList<>();
                for (VectorRecord record :
                        source.get(ids.subList(from, Math.min(ids.size(), from + BATCH)), Field.ALL)) {
                    if (record.vector() != null) { // one that is lost can be neither found nor asked for
                        (heldOut.contains(record.id()) ? ask : stay).add(record);
                    }
                }
                for (VectorRecord record : stay) {
                    filters.add(record.metadata());
                    withoutText += record.text() == null ? 1 : 0;
                }
                records += stay.size();
                found.upsert(stay);
                asked.upsert(ask);
            }
            found.checkpoint();
            asked.checkpoint();
            FilterChoice.Choice filter = filters.best().orElse(null);
            List<float[]> queries = vectors(asked);
            ExactAnswers truth = truth(found, info, queries, k, filter == null ? null : filter.filter());
            return new Sample(total, records, queries, truth, filter, withoutText);
        }
    }

    private static ExactAnswers truth(
            VectorCollection found, CollectionInfo info, List<float[]> queries, int k, @Nullable Filter filter) {
        ExactAnswers truth = new ExactAnswers(info.distance(), queries, k);
        String cursor = null;
        do {
            ScanPage page = found.scan(new ScanRequest(Field.ALL, null, cursor, PAGE));
            for (VectorRecord record : page.records()) {
                float[] vector = record.vector();
                if (vector != null) {
                    truth.add(record.id(), vector, filter != null && filter.matches(record.text(), record.metadata()));
                }
            }
            cursor = page.next();
        } while (cursor != null);
        return truth;
    }

    /**
     * The vectors to ask for, in an order that stays.
     *
     * @param copy where the sample was copied to
     */
    static List<float[]> queries(VectorStore copy) {
        try (VectorCollection asked = copy.open(QUERIES)) {
            return vectors(asked);
        }
    }

    private static List<float[]> vectors(VectorCollection collection) {
        List<float[]> vectors = new ArrayList<>();
        String cursor = null;
        do {
            ScanPage page = collection.scan(new ScanRequest(Set.of(Field.VECTOR), null, cursor, PAGE));
            for (VectorRecord record : page.records()) {
                float[] vector = record.vector();
                if (vector != null) {
                    vectors.add(vector);
                }
            }
            cursor = page.next();
        } while (cursor != null);
        return vectors;
    }

    private static CollectionSpec spec(String name, CollectionInfo info) {
        return new CollectionSpec(name, info.dimension().orElseThrow(), info.distance(), info.attributes());
    }

    private static void requireGoing(BooleanSupplier stopped) {
        if (stopped.getAsBoolean()) {
            throw new ProfileStopped();
        }
    }
}
