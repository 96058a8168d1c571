package dev.ragd.store.leann;

import dev.ragd.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a commit says of the codes and the graph: the files they need, and how often records were given other codes. Immutable.
 *
 * @param epoch grows when records get other codes under their ordinals
 * @param codebooks by generation
 * @param encoded records that were encoded with the newest codebook and not trained on
 * @param error the sum of their errors
 * @param graph of the records that there were when it was built; null before one was
 */
record LeannCommit(
        int epoch,
        SortedMap<Integer, CommittedFile> codebooks,
        long encoded,
        double error,
        @Nullable CommittedFile graph) {

    static final LeannCommit NONE = new LeannCommit(0, new TreeMap<>(), 0, 0, null);

    private static final String EPOCH = "codes.epoch";
    private static final String ENCODED = "codes.encoded";
    private static final String ERROR = "codes.error";
    private static final String CODEBOOK = "codebook.";
    private static final String GRAPH = "graph";

    /** @throws StoreException.CorruptIndex when it is not what was written */
    static LeannCommit of(Map<String, String> adapterData, String where) {
        if (!adapterData.containsKey(EPOCH)) {
            return NONE;
        }
        try {
            SortedMap<Integer, CommittedFile> codebooks = new TreeMap<>();
            adapterData.forEach((key, value) -> {
                if (key.startsWith(CODEBOOK)) {
                    codebooks.put(Integer.parseInt(key.substring(CODEBOOK.length())), CommittedFile.of(value));
                }
            });
            String graph = adapterData.get(GRAPH);
            return new LeannCommit(
                    Integer.parseInt(adapterData.get(EPOCH)),
                    codebooks,
                    Long.parseLong(adapterData.get(ENCODED)),
                    Double.parseDouble(adapterData.get(ERROR)),
                    graph == null ? null : CommittedFile.of(graph));
        } catch (RuntimeException e) {
            throw new StoreException.CorruptIndex(where + ": the commit says " + adapterData, e);
        }
    }

    Map<String, String> toAdapterData() {
        Map<String, String> data = new HashMap<>();
        codebooks.forEach((generation, file) -> data.put(CODEBOOK + generation, file.toText()));
        data.put(EPOCH, String.valueOf(epoch));
        data.put(ENCODED, String.valueOf(encoded));
        data.put(ERROR, String.valueOf(error));
        if (graph != null) {
            data.put(GRAPH, graph.toText());
        }
        return data;
    }

    /** With one more codebook, which records have codes of now. */
    LeannCommit withCodebook(CommittedFile codebook) {
        SortedMap<Integer, CommittedFile> more = new TreeMap<>(codebooks);
        more.put(newest() + 1, codebook);
        return new LeannCommit(epoch + 1, more, 0, 0, graph);
    }

    /** With another count of what was encoded since the newest codebook. */
    LeannCommit withEncoded(long nowEncoded, double nowError) {
        return new LeannCommit(epoch, codebooks, nowEncoded, nowError, graph);
    }

    /** With another graph. */
    LeannCommit withGraph(CommittedFile file) {
        return new LeannCommit(epoch, codebooks, encoded, error, file);
    }

    /** The newest generation; 0 before anything was learned. */
    int newest() {
        return codebooks.isEmpty() ? 0 : codebooks.lastKey();
    }
}
