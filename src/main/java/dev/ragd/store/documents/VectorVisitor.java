package dev.ragd.store.documents;

/** Takes vectors while they are read. */
@FunctionalInterface
public interface VectorVisitor {

    /**
     * Takes one vector.
     *
     * @param ordinal of a live record, greater than the one before
     * @param vector {@code float[dimension]}; the same array for every call, so copy what is to be kept
     */
    void visit(int ordinal, float[] vector);
}
