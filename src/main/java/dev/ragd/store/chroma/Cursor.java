package dev.ragd.store.chroma;

import org.jspecify.annotations.Nullable;

/** The cursor of a scan: how many records of the collection were passed. */
final class Cursor {

    private Cursor() {}

    static int parse(@Nullable String cursor) {
        if (cursor == null) {
            return 0;
        }
        if (!cursor.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("cursor '" + cursor + "' is not one of chromadb's");
        }
        return Integer.parseInt(cursor);
    }

    static String of(int passed) {
        return String.valueOf(passed);
    }
}
