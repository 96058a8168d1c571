package dev.ragd.ops.profile;

import java.util.Map;

/**
 * A store to be measured.
 *
 * @param label for people, for example {@code faiss} or {@code faiss:hnsw}
 * @param backend the store's name
 * @param settings what makes the variant: keys of settings to their values
 */
public record ProfiledStore(String label, String backend, Map<String, String> settings) {
    public ProfiledStore {
        settings = Map.copyOf(settings);
    }
}
