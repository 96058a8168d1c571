package dev.ragd.faiss;

/** What is computed of a query x and a row y in double precision, in the order of the bridge. */
public enum Measure {
    /** The sum of x * y. */
    PRODUCT,
    /** The sum of (x - y) * (x - y). */
    SQUARED_DIFFERENCE,
    /** The product divided by the square root of the product of the sums of x * x and y * y; 0 where one of these is. */
    COSINE
}
