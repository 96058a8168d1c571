package dev.ragd.store.documents;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What Lucene logs about the Java it runs on: advice to programmers, which must not stand between a user's search results.
 * A level that somebody has set is left alone.
 */
final class LuceneLog {

    /** Kept, because a logger that nobody holds forgets its level. */
    private static final Logger LOGGER = Logger.getLogger("org.apache.lucene");

    private LuceneLog() {}

    /** To be called before the first class of Lucene is used. */
    static void silence() {
        if (LOGGER.getLevel() == null) {
            LOGGER.setLevel(Level.SEVERE);
        }
    }
}
