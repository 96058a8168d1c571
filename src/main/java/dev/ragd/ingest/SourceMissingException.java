package dev.ragd.ingest;

import java.nio.file.Path;

/** A file or folder to index is not there: nothing is known about its documents, least of all that they are gone. */
public final class SourceMissingException extends Exception {

    private final transient Path root;

    SourceMissingException(Path root, String message, Throwable cause) {
        super(message, cause);
        this.root = root;
    }

    /** The file or folder, as the user gave it. */
    public Path root() {
        return root;
    }
}
