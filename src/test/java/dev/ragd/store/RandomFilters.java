package dev.ragd.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Random records, and filters that match some of them: few keys and values, chosen for the ways they can go wrong. */
final class RandomFilters {

    private static final List<String> KEYS = List.of("n", "d", "s", "b", "mixed", "a.b", "clé 🔑", "never");
    private static final List<String> STRINGS = List.of(
            "",
            "a",
            "A",
            "aa",
            "b",
            "3",
            "3.0",
            "true",
            "null",
            "é",
            "e\u0301",
            "日本",
            "\uE000",
            "😀",
            "100%",
            "a_b",
            "it's",
            "say \"x\"",
            "back\\slash",
            "שלום");
    private static final List<Long> LONGS = List.of(
            -3L, -1L, 0L, 1L, 2L, 3L, 10L, (1L << 53) - 1, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE);
    /** Short in decimal, so that a store without {@link Capability#EXACT_DOUBLES} keeps them too. */
    private static final List<Double> DOUBLES =
            List.of(-3.0, -1.5, 0.0, 0.1, 0.5, 1.0, 2.5, 3.0, 10.0, 0x1p53, 0x1p62, -0x1p62, 1e18);

    private static final List<String> WORDS = List.of(
            "river",
            "River",
            "riverbank",
            "100%",
            "1_0",
            "a*b",
            "it's",
            "\"quoted\"",
            "back\\slash",
            "日本語",
            "😀",
            "é",
            "e\u0301",
            "line\nbreak",
            "tab\t",
            "$where",
            "NULL",
            "שלום",
            "x");

    private final Random random;
    private final boolean lists;

    /** @param lists whether metadata may hold lists */
    RandomFilters(long seed, boolean lists) {
        this.random = new Random(seed);
        this.lists = lists;
    }

    List<VectorRecord> records(int count, int dimension) {
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new VectorRecord(pick(WORDS) + "-" + i, vector(dimension), text(), metadata()));
        }
        return records;
    }

    /** Never zero. */
    float[] vector(int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    Filter filter(int depth) {
        int kind = random.nextInt(depth > 0 ? 12 : 7);
        return switch (kind) {
            case 0, 1, 2 -> new Filter.Compare(pick(KEYS), pick(List.of(Filter.Op.values())), scalar());
            case 3, 4 -> new Filter.In(pick(KEYS), list(random.nextInt(5)));
            case 5 -> new Filter.Exists(pick(KEYS));
            case 6 -> new Filter.TextContains(part());
            case 7, 8 -> new Filter.And(filters(depth - 1));
            case 9, 10 -> new Filter.Or(filters(depth - 1));
            default -> new Filter.Not(filter(depth - 1));
        };
    }

    private List<Filter> filters(int depth) {
        List<Filter> filters = new ArrayList<>();
        // Mostly two or three; none and one are legal too.
        for (int n = random.nextInt(8) == 0 ? random.nextInt(2) : 2 + random.nextInt(2); n > 0; n--) {
            filters.add(filter(depth));
        }
        return filters;
    }

    private Metadata metadata() {
        TreeMap<String, MetadataValue> values = new TreeMap<>();
        put(values, "n", new MetadataValue.Int(pick(LONGS)));
        put(values, "d", new MetadataValue.Real(pick(DOUBLES)));
        put(values, "s", new MetadataValue.Text(pick(STRINGS)));
        put(values, "b", new MetadataValue.Bool(random.nextBoolean()));
        put(values, "mixed", scalar());
        put(values, "a.b", lists ? items() : scalar());
        put(values, "clé 🔑", scalar());
        return new Metadata(values);
    }

    private void put(Map<String, MetadataValue> values, String key, MetadataValue value) {
        if (random.nextInt(4) > 0) {
            values.put(key, value);
        }
    }

    private MetadataValue items() {
        MetadataValue.Scalar first = scalar();
        List<MetadataValue.Scalar> items = new ArrayList<>(List.of(first));
        items.addAll(
                list(6).stream().filter(v -> v.getClass() == first.getClass()).toList());
        return random.nextBoolean() ? first : new MetadataValue.Items(items);
    }

    private List<MetadataValue.Scalar> list(int count) {
        List<MetadataValue.Scalar> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(scalar());
        }
        return values;
    }

    private MetadataValue.Scalar scalar() {
        return switch (random.nextInt(7)) {
            case 0, 1 -> new MetadataValue.Int(pick(LONGS));
            case 2, 3 -> new MetadataValue.Real(pick(DOUBLES));
            case 4, 5 -> new MetadataValue.Text(pick(STRINGS));
            default -> new MetadataValue.Bool(random.nextBoolean());
        };
    }

    private String text() {
        int words = random.nextInt(7);
        if (words == 0) {
            return random.nextBoolean() ? null : "";
        }
        return random.ints(words, 0, WORDS.size()).mapToObj(WORDS::get).collect(Collectors.joining(" "));
    }

    /** A piece of some text, cut between code points; or nothing. */
    private String part() {
        int[] codePoints = (pick(WORDS) + " " + pick(WORDS)).codePoints().toArray();
        int from = random.nextInt(codePoints.length);
        return new String(codePoints, from, random.nextInt(Math.min(6, codePoints.length - from + 1)));
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
