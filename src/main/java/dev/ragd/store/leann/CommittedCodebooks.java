package dev.ragd.store.leann;

import dev.ragd.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a commit says of the codes: the codebooks they need, and how often records were given other codes. Immutable.
 *
 * @param epoch grows when records get other codes under their ordinals
 * @param names by generation
 * @param encoded records that were encoded with the newest codebook and not trained on
 * @param error the sum of their errors
 */
record CommittedCodebooks(int epoch, SortedMap<Integer, CodebookName> names, long encoded, double error) {

    static final CommittedCodebooks NONE = new CommittedCodebooks(0, new TreeMap<>(), 0, 0);

    private static final String EPOCH = "codes.epoch";
    private static final String ENCODED = "codes.encoded";
    private static final String ERROR = "codes.error";
    private static final String CODEBOOK = "codebook.";

    /** @throws StoreException.CorruptIndex when it is not what was written */
    static CommittedCodebooks of(Map<String, String> adapterData, String where) {
        if (!adapterData.containsKey(EPOCH)) {
            return NONE;
        }
        try {
            SortedMap<Integer, CodebookName> names = new TreeMap<>();
            adapterData.forEach((key, value) -> {
                if (key.startsWith(CODEBOOK)) {
                    int generation = Integer.parseInt(key.substring(CODEBOOK.length()));
                    names.put(generation, CodebookName.of(generation, value));
                }
            });
            return new CommittedCodebooks(
                    Integer.parseInt(adapterData.get(EPOCH)),
                    names,
                    Long.parseLong(adapterData.get(ENCODED)),
                    Double.parseDouble(adapterData.get(ERROR)));
        } catch (RuntimeException e) {
            throw new StoreException.CorruptIndex(where + ": the commit says " + adapterData, e);
        }
    }

    Map<String, String> toAdapterData() {
        Map<String, String> data = new HashMap<>();
        names.forEach((generation, name) -> data.put(CODEBOOK + generation, name.toText()));
        data.put(EPOCH, String.valueOf(epoch));
        data.put(ENCODED, String.valueOf(encoded));
        data.put(ERROR, String.valueOf(error));
        return data;
    }

    /** With one more codebook, which records have codes of now. */
    CommittedCodebooks with(CodebookName name) {
        SortedMap<Integer, CodebookName> more = new TreeMap<>(names);
        more.put(name.generation(), name);
        return new CommittedCodebooks(epoch + 1, more, 0, 0);
    }

    /** The newest generation; 0 before anything was learned. */
    int newest() {
        return names.isEmpty() ? 0 : names.lastKey();
    }
}
