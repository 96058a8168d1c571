package dev.ragd.store.faissfile;

/** The file is not one that can be read; the message says what was found where. */
final class IndexFileException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean foreign;

    private IndexFileException(boolean foreign, String message) {
        super(message);
        this.foreign = foreign;
    }

    /** It is whole, as far as one can tell, but of a type that is not read. */
    static IndexFileException foreign(String message) {
        return new IndexFileException(true, message);
    }

    /** Its parts contradict one another. */
    static IndexFileException damaged(String message) {
        return new IndexFileException(false, message);
    }

    boolean isForeign() {
        return foreign;
    }
}
