package dev.ragd.store.documents;

/** Takes codes while they are read. */
@FunctionalInterface
public interface CodeVisitor {

    /**
     * Takes the code of one record.
     *
     * @param ordinal of a live record, greater than the one before
     * @param bytes holds the code; to be read during the call, and copied if it is to be kept
     * @param offset where the code begins
     * @param length bytes of the code
     */
    void visit(int ordinal, byte[] bytes, int offset, int length);
}
