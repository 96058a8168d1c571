package dev.ragd.ops;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generation;
import dev.ragd.catalog.Generations;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells what collections there are. Only reads. */
public final class CollectionsService {

    private static final Pattern GENERATION = Pattern.compile("(.+)\\.g\\d+");

    private final VectorStore store;
    private final Generations generations;

    public CollectionsService(VectorStore store, Generations generations) {
        this.store = store;
        this.generations = generations;
    }

    /** All collections of the store, ordered by physical name. */
    public List<CollectionSummary> list() {
        List<Generation> entries = generations.all().stream()
                .filter(g -> g.backend().equals(store.name()))
                .toList();
        Map<String, Generation> inUse =
                entries.stream().collect(Collectors.toMap(Generation::physical, Function.identity()));
        Map<String, Generation> byName =
                entries.stream().collect(Collectors.toMap(Generation::collection, Function.identity()));
        return store.list().stream()
                .map(info -> summary(info, inUse.get(info.name()), byName))
                .toList();
    }

    private CollectionSummary summary(CollectionInfo info, @Nullable Generation used, Map<String, Generation> byName) {
        Matcher matcher = GENERATION.matcher(info.name());
        String name = info.name();
        int generation = 1;
        if (used != null) {
            name = used.collection();
            generation = used.number();
        } else if (byName.containsKey(info.name())) {
            generation = 0;
        } else if (matcher.matches() && CollectionEmbedder.read(info).isPresent()) {
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
