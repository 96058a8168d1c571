package dev.ragd.ops.advice;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.embed.EmbedException;
import dev.ragd.embed.Embedder;
import dev.ragd.ops.Models;
import dev.ragd.ops.advice.Situation.Measured;
import dev.ragd.ops.profile.Profile;
import dev.ragd.ops.profile.Profile.Build;
import dev.ragd.ops.profile.Profile.Search;
import dev.ragd.ops.profile.Profile.StoreProfile;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Field;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out what an advice is for, and says where each number comes from. Only reads. One thread. */
public final class SituationReader {

    private static final int LOOKED_AT = 500;
    private static final double USUAL_TEXT = 900;
    private static final int USUAL_DIMENSION = 384;

    /** Of the records, a day, where nothing is known. */
    private static final double USUAL_UPDATES = 0.01;

    /** A profile with fewer records, of many more, says nothing of the collection. */
    private static final int FEWEST = 100;

    private final AdviceRequest request;
    private final Models models;
    private final List<String> facts = new ArrayList<>();

    /** @param models for the configured model's name and dimension */
    public SituationReader(AdviceRequest request, Models models) {
        this.request = request;
        this.models = models;
    }

    /** What is known of a collection's records. */
    private record Content(long records, int dimension, double textBytes, boolean texts, boolean ownModel) {}

    /**
     * Reads.
     *
     * @param store the configured store
     * @param physical the collection's name there
     * @param filesPerDay files of it that runs of the index job indexed or deleted a day; empty when that is not known
     * @param files files of the last of these runs; 0 when not known
     * @param profile the last one of this collection; null when there is none
     * @throws StoreException.CollectionNotFound when there is no such collection and the request says no number of records
     */
    public Situation read(
            VectorStore store,
            String physical,
            OptionalDouble filesPerDay,
            long files,
            @Nullable Profile profile,
            Machine machine) {
        Content content = content(store, physical);
        facts.add(
                request.filters()
                        ? "filters: used, as said"
                        : "filters: none assumed, for no one keeps what was searched for; --filters says otherwise");
        double updates = updates(content, filesPerDay, files);
        facts.add(describe(machine));
        Map<String, Measured> measured = Map.of();
        if (profile != null && holds(profile, content)) {
            measured = measured(profile);
            facts.add("profile of " + profile.made() + ": its numbers stand in place of estimates for "
                    + String.join(", ", measured.keySet().stream().sorted().toList()));
        } else {
            facts.add("no profile of it: latencies and sizes are estimates; 'ragd backend profile' measures them");
        }
        return new Situation(
                content.records(),
                content.dimension(),
                content.textBytes(),
                content.texts(),
                content.ownModel(),
                request.filters(),
                updates,
                machine,
                measured);
    }

    /** Whether a profile is still of this collection, as far as its size says. */
    private static boolean holds(Profile profile, Content content) {
        return (profile.records() >= FEWEST || 2L * profile.records() >= profile.total())
                && profile.dimension() == content.dimension()
                && profile.total() <= 2 * content.records()
                && content.records() <= 2 * profile.total();
    }

    /** Where the numbers come from, in words. */
    public List<String> facts() {
        return List.copyOf(facts);
    }

    private Content content(VectorStore store, String physical) {
        Optional<CollectionInfo> found = store.find(physical);
        if (found.isEmpty() && request.records() == null) {
            throw new StoreException.CollectionNotFound(store.name(), request.collection());
        }
        Content there = found.isPresent() ? look(store, found.get()) : null;
        int dimension = dimension(there);
        long records = request.records() != null ? request.records() : there == null ? 0 : there.records();
        boolean same = there != null && there.dimension() == dimension;
        facts.add(String.format(
                Locale.ROOT,
                "records: %,d of %d components%s",
                records,
                dimension,
                request.records() != null ? ", as said" : ", counted in " + store.name()));
        facts.add(String.format(
                Locale.ROOT,
                "text and metadata: about %,.0f bytes a record, %s",
                there == null ? USUAL_TEXT : there.textBytes(),
                there == null ? "assumed" : "as in the first of '" + request.collection() + "'"));
        return new Content(
                records,
                dimension,
                there == null ? USUAL_TEXT : there.textBytes(),
                there == null || there.texts(),
                there != null && same ? there.ownModel() : configuredGives(dimension));
    }

    /** Whether vectors of which nothing else is known can be those of the configured model. */
    private boolean configuredGives(int dimension) {
        try (Embedder configured = models.configured()) {
            int own = configured.id().dimension();
            return own <= 0 || own == dimension;
        } catch (EmbedException e) {
            return true; // whether it answers at all is asked elsewhere
        }
    }

    private int dimension(@Nullable Content there) {
        if (request.dimension() != null) {
            return request.dimension();
        }
        if (there != null && there.dimension() > 0) {
            return there.dimension();
        }
        try (Embedder configured = models.configured()) {
            return configured.id().dimension() > 0 ? configured.id().dimension() : USUAL_DIMENSION;
        } catch (EmbedException e) {
            return USUAL_DIMENSION;
        }
    }

    private Content look(VectorStore store, CollectionInfo info) {
        try (VectorCollection collection = store.open(info.name())) {
            List<VectorRecord> first = collection
                    .scan(new ScanRequest(Set.of(Field.TEXT, Field.METADATA), null, null, LOOKED_AT))
                    .records();
            double bytes = first.stream()
                    .mapToLong(
                            r -> length(r.text()) + length(r.metadata().values().toString()))
                    .average()
                    .orElse(USUAL_TEXT);
            boolean texts = first.stream().allMatch(r -> r.text() != null);
            return new Content(collection.count(), info.dimension().orElse(0), bytes, texts, isOwn(store, info));
        }
    }

    private boolean isOwn(VectorStore store, CollectionInfo info) {
        Optional<CollectionEmbedder> made = CollectionEmbedder.read(info);
        if (made.isEmpty()) {
            return false;
        }
        try (Embedder configured = models.configured()) {
            made.get().check(store.name(), info.name(), configured.id());
            return true;
        } catch (StoreException.EmbedderMismatch | EmbedException e) {
            return false;
        }
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }

    private double updates(Content content, OptionalDouble filesPerDay, long files) {
        if (request.updatesPerDay() != null) {
            facts.add(String.format(Locale.ROOT, "updates: %,.0f records a day, as said", request.updatesPerDay()));
            return request.updatesPerDay();
        }
        if (filesPerDay.isPresent() && files > 0) {
            double updates = filesPerDay.getAsDouble() * content.records() / files;
            facts.add(String.format(
                    Locale.ROOT,
                    "updates: about %,.0f records a day, from %.1f files a day in its index runs that this home remembers",
                    updates,
                    filesPerDay.getAsDouble()));
            return updates;
        }
        double updates = USUAL_UPDATES * content.records();
        facts.add(String.format(
                Locale.ROOT,
                "updates: %,.0f records a day assumed, a hundredth, for this home remembers no index runs of it over more than a"
                        + " day; --updates-per-day says otherwise",
                updates));
        return updates;
    }

    private static String describe(Machine machine) {
        return String.format(
                Locale.ROOT,
                "machine: %d processors, %.1f GB of memory and %.0f GB of disk free; measured now: vectors compared at %.1f GB/s,"
                        + " a write durable after %.1f ms, a text embedded in %s",
                machine.cores(),
                machine.memoryBytes() / 1e9,
                machine.diskBytes() / 1e9,
                machine.scanBytesPerSecond() / 1e9,
                machine.syncMillis(),
                Double.isNaN(machine.embedMillis())
                        ? "no time at all, for the model does not answer"
                        : String.format(Locale.ROOT, "%.0f ms", machine.embedMillis()));
    }

    /** The plain name of a store before its variants, for that is what a person gets who chooses it. */
    private static Map<String, Measured> measured(Profile profile) {
        Map<String, Measured> measured = new HashMap<>();
        for (StoreProfile store : profile.stores()) {
            Build build = store.build();
            Search search = store.search();
            if (build != null && search != null && !store.store().contains(":")) {
                measured.put(
                        store.store(),
                        new Measured(profile.records(), search.warm().p50(), search.recall(), build.diskBytes()));
            }
        }
        return measured;
    }
}
