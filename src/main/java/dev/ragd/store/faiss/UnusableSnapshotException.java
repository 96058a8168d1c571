package dev.ragd.store.faiss;

/** A snapshot file that is not what was written: the message completes "the snapshot ... is not used: ". */
final class UnusableSnapshotException extends Exception {

    UnusableSnapshotException(String problem) {
        super(problem);
    }
}
