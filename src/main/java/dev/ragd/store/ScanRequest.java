package dev.ragd.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A page of a scan.
 *
 * @param fields the parts to read
 * @param filter only records that match; null for all
 * @param cursor {@link ScanPage#next} of the page before; null for the first page. It stays valid across processes.
 * @param limit most records to return, at least 1; the store may return fewer
 */
public record ScanRequest(
        Set<Field> fields,
        @Nullable Filter filter,
        @Nullable String cursor,
        int limit) {
    public ScanRequest {
        fields = Set.copyOf(fields);
        if (limit < 1) {
            throw new IllegalArgumentException("limit " + limit + ", expected at least 1");
        }
    }
}
