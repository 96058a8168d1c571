package dev.ragd.store.chroma.client;

import dev.ragd.store.Field;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which records to read, and what of them.
 *
 * @param ids null for all
 * @param where a condition on metadata in Chroma's words; null for none, never empty
 * @param whereDocument a condition on the text; null for none, never empty
 * @param limit most records; null for all
 * @param offset records to skip, in insertion order; null for none
 * @param fields the parts to read
 */
public record Selection(
        @Nullable List<String> ids,
        @Nullable Map<String, Object> where,
        @Nullable Map<String, Object> whereDocument,
        @Nullable Integer limit,
        @Nullable Integer offset,
        Set<Field> fields) {
    public Selection {
        if ((where != null && where.isEmpty()) || (whereDocument != null && whereDocument.isEmpty())) {
            throw new IllegalArgumentException("an empty condition; leave it out instead");
        }
    }

    /** Some records by id. */
    public static Selection ofIds(List<String> ids, Set<Field> fields) {
        return new Selection(ids, null, null, null, null, fields);
    }
}
