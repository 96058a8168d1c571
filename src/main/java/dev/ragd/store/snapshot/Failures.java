package dev.ragd.store.snapshot;

import dev.ragd.store.StoreException;
import dev.ragd.store.snapshot.parquet.DamagedPartException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** What a failure of the file system means. */
final class Failures {

    private static final String ADVICE =
            "; restore the folder from a copy, or drop the collection and take the snapshot again";

    private Failures() {}

    static StoreException of(Path folder, IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof DamagedPartException) {
            return new StoreException.CorruptIndex(message + ADVICE, e);
        } else if (e instanceof NoSuchFileException || e instanceof EOFException) {
            return new StoreException.CorruptIndex(
                    "a file of " + folder + " is missing or cut short: " + message + ADVICE, e);
        }
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota exceeded") || lower.contains("too large")) {
            return new StoreException.ResourceExhausted(
                    "the disk of " + folder + " is full (" + message
                            + "); make room and repeat: everything up to the last checkpoint is safe",
                    e);
        }
        return new StoreException.StoreRejected(
                folder + " cannot be used: " + e + "; check the disk and who may read and write there", e);
    }
}
