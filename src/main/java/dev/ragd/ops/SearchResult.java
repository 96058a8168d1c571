package dev.ragd.ops;

import dev.ragd.store.SearchHit;
import java.time.Duration;
import java.util.List;

/**
 * What a search found.
 *
 * @param backend the store's name
 * @param collection what the user calls the collection
 * @param model the model that embedded the question, or the reason why none was needed
 * @param empty true when the collection has no record at all
 * @param hits best first, with text and metadata
 * @param took for embedding and searching; opening the store and loading the model not included
 */
public record SearchResult(
        String backend, String collection, String model, boolean empty, List<SearchHit> hits, Duration took) {
    public SearchResult {
        hits = List.copyOf(hits);
    }
}
