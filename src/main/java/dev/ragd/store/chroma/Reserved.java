package dev.ragd.store.chroma;

import org.jspecify.annotations.Nullable;

/** Metadata keys that Chroma does not keep, and the one that the adapter uses itself. */
final class Reserved {

    /**
     * Marks a record without text that once had one. Chroma has no way to clear the text of a record; deleting and adding it
     * again could lose it if the process died between the two. So its text becomes empty and this key true, in one write,
     * and a read takes both away. Other programs see an empty text. The next write with a text removes the key.
     */
    static final String NO_TEXT = "ragd.no_text";

    private Reserved() {}

    /** Says why a key of a record cannot be kept; null when it can. */
    static @Nullable String problem(String key) {
        if (key.startsWith("chroma:")) {
            return "Chroma drops keys that start with 'chroma:'";
        }
        if (key.startsWith("#") || key.startsWith("$")) {
            return "Chroma refuses keys that start with '" + key.charAt(0) + "'";
        }
        return key.equals(NO_TEXT) ? "ragd marks cleared texts with it" : null;
    }
}
