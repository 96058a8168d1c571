package dev.ragd.ingest;

import java.util.Map;

/**
 * What a parser found in a file.
 *
 * @param text the extracted text, well-formed Unicode, lines end with {@code \n}, not blank
 * @param properties typed values (String, Long, Double, Boolean): {@code title}, {@code author}, {@code language},
 *     {@code media_type}; {@code created} and {@code modified} as epoch milliseconds, {@code pages} (Long); only those that are
 *     known
 */
public record ParsedDocument(String text, Map<String, Object> properties) {
    public ParsedDocument {
        properties = Map.copyOf(properties);
    }
}
