package dev.ragd.ops.profile;

import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds a condition that about a tenth of the records meet, among those that their metadata offers: a value of a key, or else the
 * lower end of a key's numbers. Not safe for use by several threads.
 */
final class FilterChoice {

    private static final double WANTED = 0.1;

    /** A value that fewer or more of the records have is no filter to learn from. */
    private static final double LEAST = 0.02;

    private static final double MOST = 0.4;

    /** A key with more values than this names records, not groups of them. */
    private static final int MOST_VALUES = 20_000;

    private final SortedMap<String, Map<MetadataValue.Scalar, Integer>> values = new TreeMap<>();
    private int records;

    /**
     * A condition.
     *
     * @param share of the records that meet it, 0 to 1
     */
    record Choice(Filter filter, double share) {}

    /** Takes a record into account. */
    void add(Metadata metadata) {
        records++;
        metadata.values().forEach((key, value) -> {
            Map<MetadataValue.Scalar, Integer> counts = values.computeIfAbsent(key, k -> new HashMap<>());
            if (value instanceof MetadataValue.Scalar scalar && counts.size() < MOST_VALUES) {
                counts.merge(scalar, 1, Integer::sum);
            }
        });
    }

    /** The condition nearest to a tenth; empty when the metadata offers none. */
    Optional<Choice> best() {
        Choice best = null;
        for (Map.Entry<String, Map<MetadataValue.Scalar, Integer>> key : values.entrySet()) {
            for (Map.Entry<MetadataValue.Scalar, Integer> value : sorted(key.getValue())) {
                double share = value.getValue() / (double) records;
                best = better(best, new Choice(new Filter.Compare(key.getKey(), Filter.Op.EQ, value.getKey()), share));
            }
        }
        return Optional.ofNullable(best == null ? lowerEnd() : best);
    }

    private @Nullable Choice lowerEnd() {
        Choice best = null;
        for (Map.Entry<String, Map<MetadataValue.Scalar, Integer>> key : values.entrySet()) {
            TreeMap<Double, Integer> numbers = new TreeMap<>();
            Map<Double, MetadataValue.Scalar> originals = new HashMap<>();
            key.getValue().forEach((value, count) -> {
                if (value.raw() instanceof Number number) {
                    numbers.merge(number.doubleValue(), count, Integer::sum);
                    originals.put(number.doubleValue(), value);
                }
            });
            long below = 0;
            for (Map.Entry<Double, Integer> number : numbers.entrySet()) {
                below += number.getValue();
                MetadataValue.Scalar limit = originals.get(number.getKey());
                if (limit != null) {
                    Filter filter = new Filter.Compare(key.getKey(), Filter.Op.LTE, limit);
                    best = better(best, new Choice(filter, below / (double) records));
                }
            }
        }
        return best;
    }

    private static Iterable<Map.Entry<MetadataValue.Scalar, Integer>> sorted(
            Map<MetadataValue.Scalar, Integer> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(MetadataValue.Scalar::toString)))
                .toList();
    }

    private static @Nullable Choice better(@Nullable Choice best, Choice other) {
        if (other.share < LEAST || other.share > MOST) {
            return best;
        }
        return best == null || distance(other) < distance(best) ? other : best;
    }

    private static double distance(Choice choice) {
        return Math.abs(Math.log(choice.share / WANTED));
    }
}
