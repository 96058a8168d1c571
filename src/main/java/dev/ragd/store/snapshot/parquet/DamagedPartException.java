package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not what the manifest says. */
public final class DamagedPartException extends IOException {

    private static final long serialVersionUID = 1;

    DamagedPartException(Path file, String what, Object expected, Object actual) {
        super(file + " is damaged: " + what + " is " + actual + ", expected " + expected);
    }

    DamagedPartException(Path file, String problem, Throwable cause) {
        super(file + " is damaged: " + problem, cause);
    }
}
