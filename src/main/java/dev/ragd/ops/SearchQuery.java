package dev.ragd.ops;

import dev.ragd.store.Filter;
import dev.ragd.store.SearchRequest;
import org.jspecify.annotations.Nullable;

/**
 * A question.
 *
 * @param collection what the user calls the collection
 * @param text the words, not blank
 * @param k most hits
 * @param filter null for all records
 * @param mode vector, keyword or hybrid
 * @param assumeModel take the configured model for a collection that does not say which model made it
 */
public record SearchQuery(
        String collection, String text, int k, @Nullable Filter filter, SearchRequest.Mode mode, boolean assumeModel) {

    public SearchQuery {
        if (text.isBlank()) {
            throw new IllegalArgumentException("the query is empty: say what to look for");
        }
    }
}
