package dev.ragd.ingest;

import java.nio.file.Path;

/** Extracts text from files. Thread-safe. */
public interface DocumentParser extends AutoCloseable {

    /**
     * Extracts the text of one file.
     *
     * @throws ParseException when this file cannot be parsed; others may be
     */
    ParsedDocument parse(Path file) throws ParseException;

    /**
     * A string that changes whenever this parser would extract other text. Limits are not part of it: a file beyond them
     * fails, and failed files are tried again anyway.
     */
    String fingerprint();

    /** Ends helper processes. Idempotent. */
    @Override
    void close();
}
