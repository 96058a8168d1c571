package dev.ragd.faiss;

/** An exception of the native library: out of memory, a file that it cannot write or read. The message is its own. */
public final class FaissException extends RuntimeException {

    /** Made by native code. */
    FaissException(String message) {
        super(message);
    }
}
