package dev.ragd.store.documents;

import dev.ragd.store.StoreException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;

/** What a failure of the file system or of Lucene means to the user. */
final class Failures {

    private Failures() {}

    /**
     * The typed failure.
     *
     * @param what what was being done, for example "lucene collection 'documents' cannot be read"
     * @param folder where
     */
    static StoreException of(Throwable e, String what, Path folder) {
        if (e instanceof StoreException known) {
            return known;
        }
        Throwable cause = e;
        while (cause instanceof AlreadyClosedException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = said(cause);
        if (cause instanceof LockObtainFailedException) {
            return new StoreException.StoreBusy(what + ": another process is writing to it (" + folder
                    + "); wait until that run ends, or stop it, and run this again");
        } else if (cause instanceof CorruptIndexException
                || cause instanceof EOFException
                || cause instanceof NoSuchFileException
                || cause instanceof FileNotFoundException
                || cause instanceof IndexFormatTooOldException) {
            return new StoreException.CorruptIndex(what + ": " + corrupt(folder, said), e);
        } else if (cause instanceof IndexFormatTooNewException) {
            return new StoreException.FormatTooNew(what + ": " + said, HeaderFile.VERSION + 1, HeaderFile.VERSION);
        } else if (isExhausted(said)) {
            return new StoreException.ResourceExhausted(
                    what + ": " + said + " (" + folder + "); free space or raise the limit, and run this again", e);
        } else if (cause instanceof AccessDeniedException || cause instanceof ReadOnlyFileSystemException) {
            return new StoreException.StoreRejected(
                    what + ": no permission for " + said + "; give this user access to it", e);
        }
        return new StoreException.StoreUnavailable(what + ": " + said + " (" + folder + ")", e);
    }

    /** The sentence for damaged files. */
    static String corrupt(Path file, @Nullable String problem) {
        return file + " is damaged (" + (problem == null ? "it ends too early" : problem)
                + "); restore it from a backup, or delete the collection's folder and index again";
    }

    private static boolean isExhausted(String said) {
        String lower = said.toLowerCase(Locale.ROOT);
        return lower.contains("no space left")
                || lower.contains("not enough space")
                || lower.contains("disk quota")
                || lower.contains("too many open files")
                || lower.contains("file too large")
                || lower.contains("map failed")
                || lower.contains("cannot allocate memory");
    }

    private static String said(Throwable e) {
        if (e instanceof FileSystemException f && f.getReason() == null) {
            return f.getFile() + (e instanceof NoSuchFileException ? " is missing" : "");
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /** Something that may throw what Lucene throws. */
    interface Action<T extends @Nullable Object> {
        T run() throws IOException;
    }
}
