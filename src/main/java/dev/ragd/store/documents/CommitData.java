package dev.ragd.store.documents;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.lucene.index.CorruptIndexException;
import org.jspecify.annotations.Nullable;

/**
 * What a Lucene commit says about itself.
 *
 * @param point the commit
 * @param adapter what the adapter wants to know again
 * @param log the name of the file with the commits that follow, until Lucene commits again; null when none do
 */
record CommitData(
        CommitPoint point,
        Map<String, String> adapter,
        @Nullable String log) {

    private static final String UUID_KEY = "ragd.commit";
    private static final String GENERATION = "ragd.generation";
    private static final String NEXT = "ragd.next";
    private static final String LOG = "ragd.log";
    private static final String ADAPTER = "adapter.";

    CommitData {
        adapter = Map.copyOf(adapter);
    }

    /** The commit of an empty collection. */
    static CommitData first() {
        return new CommitData(new CommitPoint(UUID.randomUUID().toString(), 1, 0), Map.of(), null);
    }

    /** A later commit, which still has the same log. */
    CommitData at(CommitPoint later) {
        return new CommitData(later, adapter, log);
    }

    static CommitData of(Map<String, String> userData) throws CorruptIndexException {
        Map<String, String> adapter = new HashMap<>();
        userData.forEach((key, value) -> {
            if (key.startsWith(ADAPTER)) {
                adapter.put(key.substring(ADAPTER.length()), value);
            }
        });
        String uuid = userData.get(UUID_KEY);
        try {
            if (uuid != null) {
                return new CommitData(
                        new CommitPoint(
                                uuid, Long.parseLong(userData.get(GENERATION)), Integer.parseInt(userData.get(NEXT))),
                        adapter,
                        userData.get(LOG));
            }
        } catch (NumberFormatException e) {
            throw new CorruptIndexException("the commit says " + userData, "commit", e);
        }
        throw new CorruptIndexException("the commit is not one of ragd: " + userData, "commit");
    }

    Map<String, String> toUserData() {
        Map<String, String> data = new HashMap<>();
        adapter.forEach((key, value) -> data.put(ADAPTER + key, value));
        data.put(UUID_KEY, point.uuid());
        data.put(GENERATION, String.valueOf(point.generation()));
        data.put(NEXT, String.valueOf(point.nextOrdinal()));
        if (log != null) {
            data.put(LOG, log);
        }
        return data;
    }
}
