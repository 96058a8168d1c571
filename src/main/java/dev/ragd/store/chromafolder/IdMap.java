package dev.ragd.store.chromafolder;

import dev.ragd.store.ids.IdIndex;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which label the vector of an id has, as {@code index_metadata.pickle} says in both directions. Not thread-safe.
 */
final class IdMap {

    private final IdIndex labels = new IdIndex();
    private long ids;
    private long back;
    private long added;
    private @Nullable Long dimension;
    private long lastSequence;

    private IdMap() {}

    /**
     * Reads a map and compares its two directions.
     *
     * @throws IOException also when it is damaged
     */
    static IdMap read(Path file) throws IOException {
        IdMap map = new IdMap();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            PickleReader.read(in, map::entry);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file.getFileName() + " cannot be read: " + e.getMessage(), e);
        }
        if (map.ids != map.back) {
            throw new IOException("in " + file.getFileName() + " " + map.ids + " ids have labels, but " + map.back
                    + " labels have ids");
        }
        return map;
    }

    private void entry(String dictionary, Object key, @Nullable Object value) throws IOException {
        switch (dictionary) {
            case "" -> field(String.valueOf(key), value);
            case "id_to_label" -> {
                if (!(key instanceof String id)
                        || !(value instanceof Long label)
                        || label < 0
                        || label > Integer.MAX_VALUE) {
                    throw new IOException("the label of '" + key + "' is " + value);
                }
                if (labels.put(id, label.intValue()) >= 0) {
                    throw new IOException("'" + id + "' has two labels");
                }
                ids++;
            }
            case "label_to_id" -> {
                if (!(value instanceof String id) || !(key instanceof Long label) || labels.get(id) != label) {
                    throw new IOException(
                            "label " + key + " is said to be of '" + value + "', which has another label");
                }
                back++;
            }
            default -> {
                // id_to_seq_id: what an old Chroma noted beside
            }
        }
    }

    private void field(String name, @Nullable Object value) {
        switch (name) {
            case "dimensionality" -> dimension = value instanceof Long number ? number : null;
            case "total_elements_added" -> added = value instanceof Long number ? number : 0;
            case "max_seq_id" -> lastSequence = value instanceof Long number ? number : 0;
            default -> {
                // nothing that is needed
            }
        }
    }

    /** The label of an id, or -1. */
    int label(String id) {
        return labels.get(id);
    }

    /** How many ids there are. */
    long size() {
        return ids;
    }

    /** The highest label that was given. */
    long added() {
        return added;
    }

    /** Components per vector, when it says so. */
    @Nullable
    Long dimension() {
        return dimension;
    }

    /** The last write that is in the index, when the map says so itself, as old versions do; otherwise 0. */
    long lastSequence() {
        return lastSequence;
    }
}
