package dev.ragd.jobs.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What the ledger knows of a file.
 *
 * @param id the row's key
 * @param path absolute
 * @param root the root it was found under
 * @param bytes its size when it was indexed or last tried
 * @param modified its modification time then, nanoseconds since the epoch
 * @param sha256 of the content that is in the store, hex; null while nothing of it is
 * @param pipeline fingerprint of parser and chunker that made its chunks; null while there are none
 * @param chunks how many chunks of it are in the store
 * @param failure why the last try failed; null when it did not
 * @param failedIn the job that failed on it; null when none did
 */
public record FileEntry(
        long id,
        String path,
        String root,
        long bytes,
        long modified,
        @Nullable String sha256,
        @Nullable String pipeline,
        int chunks,
        @Nullable String failure,
        @Nullable Long failedIn) {}
