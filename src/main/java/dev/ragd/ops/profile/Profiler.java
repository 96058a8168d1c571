package dev.ragd.ops.profile;

import dev.ragd.ops.profile.Profile.Build;
import dev.ragd.ops.profile.Profile.Latency;
import dev.ragd.ops.profile.Profile.Search;
import dev.ragd.ops.profile.Profile.StoreProfile;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Filter;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a profile: takes the sample, has every store tried, and compares the answers with the exact ones. One thread. */
public final class Profiler {

    private final ProfileRequest request;
    private final Consumer<String> notes;
    private final BooleanSupplier stopped;

    /**
     * @param notes told in one line what is going on
     * @param stopped asked now and then; once it is true the profile ends with {@link ProfileStopped}
     */
    public Profiler(ProfileRequest request, Consumer<String> notes, BooleanSupplier stopped) {
        this.request = request;
        this.notes = notes;
        this.stopped = stopped;
    }

    /**
     * Measures. The source is closed before the first store is tried.
     *
     * @param source opens the store that holds the collection
     * @param physical the collection's name there
     * @param copy where the sample is copied to
     * @throws ProfileRefused when the request cannot be fulfilled with this collection
     * @throws StoreException.CollectionNotFound when there is no such collection
     */
    public Profile run(Supplier<VectorStore> source, String physical, VectorStore copy, Trials trials) {
        long start = System.nanoTime();
        CollectionInfo info;
        Sample sample;
        String backend;
        try (VectorStore store = source.get()) {
            backend = store.name();
            if (store.find(physical).isEmpty()) {
                throw new StoreException.CollectionNotFound(backend, request.collection());
            }
            try (VectorCollection collection = store.open(physical)) {
                info = collection.info();
                notes.accept("taking a sample of '" + request.collection() + "' from " + backend);
                sample = Sample.take(collection, request, copy, stopped);
            }
        }
        for (ProfiledStore store : request.stores()) {
            String refusal = trials.refusal(store, info, sample.withoutText());
            if (refusal != null) {
                throw new ProfileRefused(refusal);
            }
        }
        FilterChoice.Choice filter = sample.filter();
        List<StoreProfile> profiles = new ArrayList<>();
        for (ProfiledStore store : request.stores()) {
            profiles.add(measure(store, sample, filter == null ? null : filter.filter(), trials));
        }
        return new Profile(
                request.collection(),
                backend,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                machine(),
                sample.total(),
                sample.records(),
                sample.queries().size(),
                request.k(),
                info.dimension().orElse(0),
                info.distance().label(),
                filter == null ? null : filter.filter().toString(),
                filter == null ? 0 : filter.share(),
                profiles,
                (System.nanoTime() - start) / 1e9);
    }

    private StoreProfile measure(ProfiledStore store, Sample sample, @Nullable Filter filter, Trials trials) {
        try {
            notes.accept(String.format(Locale.ROOT, "%s: writing %,d records", store.label(), sample.records()));
            Build build = trials.build(store);
            notes.accept(store.label() + ": asking " + sample.queries().size() + " questions");
            StoreTrial.Answers answers = trials.search(store, request.k(), filter);
            boolean filtered = !answers.filtered().isEmpty();
            Search search = new Search(
                    answers.open(),
                    Latency.of(answers.cold()),
                    Latency.of(answers.warm()),
                    sample.truth().recall(answers.answers(), false),
                    filtered ? Latency.of(answers.filtered()) : null,
                    filtered ? sample.truth().recall(answers.filteredAnswers(), true) : null,
                    answers.memoryBytes(),
                    answers.baseBytes(),
                    answers.mappedBytes());
            return new StoreProfile(store.label(), null, build, search);
        } catch (Trials.Failed e) {
            notes.accept(store.label() + ": " + e.getMessage());
            return new StoreProfile(store.label(), e.getMessage(), null, null);
        } finally {
            trials.clear();
        }
    }

    private static String machine() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.availableProcessors() + " processors, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + ", Java " + System.getProperty("java.version");
    }
}
