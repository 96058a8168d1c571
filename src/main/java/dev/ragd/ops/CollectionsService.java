package dev.ragd.ops;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generation;
import dev.ragd.catalog.Generations;
import dev.ragd.catalog.Provenance;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.DamagedCollection;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells what collections there are, and keeps house among their generations. */
public final class CollectionsService {

    private static final Pattern GENERATION = Pattern.compile("(.+)\\.g\\d+");

    private final VectorStore store;
    private final Generations generations;

    public CollectionsService(VectorStore store, Generations generations) {
        this.store = store;
        this.generations = generations;
    }

    /**
     * What a store holds.
     *
     * @param collections those that can be read, ordered by physical name
     * @param damaged the others
     */
    public record Listing(List<CollectionSummary> collections, List<DamagedCollection> damaged) {}

    /** All collections of the store. One that is damaged does not hide the others. */
    public Listing list() {
        List<Generation> entries = generations.all().stream()
                .filter(g -> g.backend().equals(store.name()))
                .toList();
        Map<String, Generation> inUse =
                entries.stream().collect(Collectors.toMap(Generation::physical, Function.identity()));
        Map<String, Generation> byName =
                entries.stream().collect(Collectors.toMap(Generation::collection, Function.identity()));
        List<CollectionSummary> collections = new ArrayList<>();
        List<DamagedCollection> damaged = new ArrayList<>(store.damaged());
        for (CollectionInfo info : store.list()) {
            try {
                collections.add(summary(info, inUse.get(info.name()), byName));
            } catch (StoreException.CorruptIndex | StoreException.FormatTooNew e) {
                damaged.add(new DamagedCollection("collection '" + info.name() + "'", e));
            }
        }
        return new Listing(collections, damaged);
    }

    /**
     * Collections that no name leads to any more: older generations, and what unfinished runs left behind. What another
     * program made is never among them.
     *
     * @param collection only those of this name; null for all
     * @param withKept also the generation that is kept for a rollback
     */
    public List<CollectionSummary> unused(@Nullable String collection, boolean withKept) {
        Set<String> kept = generations.all().stream()
                .filter(g -> g.backend().equals(store.name()) && g.previous() != null)
                .map(Generation::previous)
                .collect(Collectors.toSet());
        Set<String> ours = store.list().stream()
                .filter(Provenance::isOurs)
                .map(CollectionInfo::name)
                .collect(Collectors.toSet());
        return list().collections().stream()
                .filter(c -> c.generation() == 0 && ours.contains(c.physical()))
                .filter(c -> collection == null || c.name().equals(collection))
                .filter(c -> withKept || !kept.contains(c.physical()))
                .toList();
    }

    /**
     * Which generation came into use.
     *
     * @param physical its name in the store
     * @param number counts from 1
     * @param kept the physical name of the one that was in use before
     */
    public record Switch(String physical, int number, String kept) {}

    /**
     * Puts the generation before back into use. The caller holds the home's owner lock.
     *
     * @return what is in use now; empty when there is none to go back to, and nothing changed
     */
    public Optional<Switch> rollback(String collection) {
        Generation now = generations.current(store.name(), collection);
        String before = now.previous();
        if (before == null || store.find(before).isEmpty()) {
            return Optional.empty();
        }
        return generations
                .rollback(store.name(), collection)
                .map(g -> new Switch(g.physical(), g.number(), now.physical()));
    }

    /** Deletes unused collections. The caller holds the home's owner lock. */
    public void delete(List<CollectionSummary> unused) {
        for (CollectionSummary c : unused) {
            if (generations.current(store.name(), c.name()).physical().equals(c.physical())) {
                continue; // it came into use meanwhile
            }
            if (c.physical().equals(generations.current(store.name(), c.name()).previous())) {
                generations.forgetPrevious(store.name(), c.name());
            }
            store.drop(c.physical());
        }
    }

    private CollectionSummary summary(CollectionInfo info, @Nullable Generation used, Map<String, Generation> byName) {
        Matcher matcher = GENERATION.matcher(info.name());
        String name = info.name();
        int generation = 1;
        if (used != null) {
            name = used.collection();
            generation = used.number();
        } else if (byName.containsKey(info.name())
                && store.find(byName.get(info.name()).physical()).isPresent()) { // else the entry is another database's
            generation = 0;
        } else if (matcher.matches() && Provenance.isOurs(info)) {
            name = matcher.group(1);
            generation = 0;
        }
        try (VectorCollection collection = store.open(info.name())) {
            return new CollectionSummary(
                    name,
                    info.name(),
                    generation,
                    collection.count(),
                    info.dimension(),
                    info.distance().label(),
                    CollectionEmbedder.read(info)
                            .map(CollectionEmbedder::model)
                            .orElse(info.embeddingFunction() == null ? null : "chroma:" + info.embeddingFunction()));
        }
    }
}
