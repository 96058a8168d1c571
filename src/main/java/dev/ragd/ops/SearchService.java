package dev.ragd.ops;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.embed.Embedder;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Field;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.SearchRequest.Mode;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by meaning. Only reads.
 *
 * <p>Vectors of different models cannot be compared, so the question is embedded by the model that made the collection, or
 * not at all: what the collection records must equal the configured model; for a collection of another program that names
 * Chroma's {@code default} the same model is taken; for any other the user must say so.
 */
public final class SearchService {

    private final VectorStore store;
    private final Generations generations;
    private final Models models;

    public SearchService(VectorStore store, Generations generations, Models models) {
        this.store = store;
        this.generations = generations;
        this.models = models;
    }

    /**
     * Searches the generation in use. When another one comes into use meanwhile and the old one is deleted, the new one
     * answers.
     *
     * @throws StoreException.CollectionNotFound when there is no such collection
     * @throws StoreException.EmbedderMismatch when the collection was made by another model, or does not say by which
     * @throws StoreException.UnsupportedCapability when the store lacks the mode
     */
    public SearchResult search(SearchQuery query) {
        String physical = physical(query);
        while (true) {
            try {
                return search(query, physical);
            } catch (StoreException.CollectionNotFound e) {
                String before = physical;
                physical = physical(query);
                if (physical.equals(before)) {
                    throw e;
                }
            }
        }
    }

    private String physical(SearchQuery query) {
        return generations.current(store.name(), query.collection()).physical();
    }

    private SearchResult search(SearchQuery query, String physical) {
        CollectionInfo info = store.find(physical).orElseThrow(() -> noSuchCollection(query.collection()));
        try (VectorCollection collection = store.open(physical)) {
            refuseMissing(collection, query.mode());
            return collection.info().dimension().isEmpty() || collection.count() == 0
                    ? new SearchResult(store.name(), query.collection(), "", true, List.of(), Duration.ZERO)
                    : search(query, info, collection);
        }
    }

    private SearchResult search(SearchQuery query, CollectionInfo info, VectorCollection collection) {
        if (query.mode() == Mode.KEYWORD) {
            return ask(query, collection, null, "");
        }
        try (Embedder embedder = embedderFor(query, info)) {
            return ask(
                    query,
                    collection,
                    embedder,
                    embedder.id().provider() + ":" + embedder.id().model());
        }
    }

    private SearchResult ask(
            SearchQuery query, VectorCollection collection, @Nullable Embedder embedder, String model) {
        long start = System.nanoTime();
        float[] vector = embedder == null ? null : embedder.embedQuery(query.text());
        String words = query.mode() == Mode.VECTOR ? null : query.text();
        List<SearchHit> hits = collection.search(new SearchRequest(
                query.mode(), vector, words, query.k(), query.filter(), Set.of(Field.TEXT, Field.METADATA)));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new SearchResult(store.name(), query.collection(), model, false, hits, took);
    }

    private Embedder embedderFor(SearchQuery query, CollectionInfo info) {
        Optional<CollectionEmbedder> recorded = CollectionEmbedder.read(info);
        boolean chromaDefault = recorded.isEmpty() && "default".equals(info.embeddingFunction());
        Embedder embedder = chromaDefault && !query.assumeModel() ? models.chromaDefault() : models.configured();
        try {
            if (recorded.isPresent()) {
                recorded.get().check(store.name(), query.collection(), embedder.id());
            } else if (!chromaDefault && !query.assumeModel()) {
                throw unknownModel(query, info, embedder);
            }
            checkDimension(query, info.dimension(), embedder);
            return embedder;
        } catch (RuntimeException e) {
            embedder.close();
            throw e;
        }
    }

    private void checkDimension(SearchQuery query, OptionalInt dimension, Embedder embedder) {
        int actual = embedder.id().dimension();
        if (actual != 0 && dimension.isPresent() && dimension.getAsInt() != actual) {
            throw new StoreException.DimensionMismatch(
                    store.name(), query.collection(), dimension.getAsInt(), actual, "model " + embedder.id());
        }
    }

    private StoreException unknownModel(SearchQuery query, CollectionInfo info, Embedder embedder) {
        String recorded = info.embeddingFunction() == null
                ? "does not say which model made its vectors"
                : "names the embedding function '" + info.embeddingFunction()
                        + "', which ragd cannot tell to be any model";
        return new StoreException.EmbedderMismatch(store.name() + " collection '" + query.collection()
                + "' was not made by ragd and " + recorded + " ("
                + info.dimension().orElse(0)
                + " components); the configured model is " + embedder.id()
                + ". If that made them, add --assume-model; otherwise name the right one with embed.provider and"
                + " embed.model (or --model) and add --assume-model");
    }

    private StoreException noSuchCollection(String name) {
        return new StoreException.CollectionNotFound(store.name(), name);
    }

    private void refuseMissing(VectorCollection collection, Mode mode) {
        Capability needed = switch (mode) {
            case VECTOR -> null;
            case KEYWORD -> Capability.KEYWORD_SEARCH;
            case HYBRID -> Capability.HYBRID_SEARCH;
        };
        if (needed != null && !collection.capabilities().contains(needed)) {
            throw new StoreException.UnsupportedCapability(
                    store.name(), needed, "--mode " + mode.name().toLowerCase(Locale.ROOT) + "; use --mode vector");
        }
    }
}
