package dev.ragd.jobs.repair;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a collection compares with the ledger.
 *
 * @param counts of every kind, zeros included
 * @param listed the first findings of every kind
 * @param embedder why the collection's vectors are not those of the configured model; null when they are
 * @param notes sentences for people
 */
public record AuditReport(
        Ledger ledger,
        Store store,
        Map<AuditKind, Long> counts,
        Map<AuditKind, List<AuditFinding>> listed,
        @Nullable String embedder,
        List<String> notes,
        double seconds) {

    /** What the ledger promises. */
    public record Ledger(long files, long chunks) {}

    /**
     * What the store holds.
     *
     * @param backend its name
     * @param collection what users call the collection
     * @param physical its name in the store
     * @param count records in it; -1 when the store has no such collection
     */
    public record Store(String backend, String collection, String physical, long count) {}

    public AuditReport {
        counts = Collections.unmodifiableMap(new EnumMap<>(counts));
        listed = Collections.unmodifiableMap(new EnumMap<>(listed));
        notes = List.copyOf(notes);
    }

    /** True when nothing differs. */
    public boolean clean() {
        return embedder == null && differences() == 0;
    }

    /** How many records differ; foreign ones do not count. */
    public long differences() {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().differs())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How many findings there are of a kind. */
    public long count(AuditKind kind) {
        return counts.getOrDefault(kind, 0L);
    }
}
