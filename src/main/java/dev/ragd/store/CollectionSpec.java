package dev.ragd.store;

import org.jspecify.annotations.Nullable;

/**
 * A collection to be created.
 *
 * @param name 3 to 512 of {@code [a-zA-Z0-9._-]}, starting and ending with a letter or digit: what every store accepts
 * @param dimension components per vector, 1 to {@value #MAX_DIMENSION}
 * @param distance how nearness is measured; fixed for the collection's life
 * @param attributes what belongs to the collection as a whole (its embedder, for example); no lists
 */
public record CollectionSpec(String name, int dimension, Distance distance, Metadata attributes) {

    /** More than any embedding model gives. */
    public static final int MAX_DIMENSION = 65_536;

    public CollectionSpec {
        if (dimension < 1 || dimension > MAX_DIMENSION) {
            throw new IllegalArgumentException("dimension " + dimension + ", expected 1 to " + MAX_DIMENSION);
        }
        String problem = problemWithName(name);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        requireAttributes(attributes);
    }

    /**
     * Makes sure that a collection can have these attributes.
     *
     * @throws IllegalArgumentException when one is a list
     */
    public static void requireAttributes(Metadata attributes) {
        if (attributes.values().values().stream().anyMatch(MetadataValue.Items.class::isInstance)) {
            throw new IllegalArgumentException("attributes of a collection cannot hold lists");
        }
    }

    /** Says what is wrong with a collection's name, or null when nothing is. */
    public static @Nullable String problemWithName(String name) {
        if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]") || name.contains("..")) {
            return "collection name '" + name
                    + "': expected 3 to 512 of letters, digits, '.', '_', '-', a letter or digit at both ends, no '..'";
        }
        if (name.matches("\\d+\\.\\d+\\.\\d+\\.\\d+")) {
            return "collection name '" + name + "' looks like an IP address, which Chroma refuses";
        }
        return null;
    }
}
