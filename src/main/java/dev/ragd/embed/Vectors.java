package dev.ragd.embed;

/** Arithmetic on vectors, in a fixed order. */
final class Vectors {

    private Vectors() {}

    /**
     * Scales a vector to length 1, in place.
     *
     * @return the same array
     * @throws EmbedException when it holds NaN or infinities, or only zeros
     */
    static float[] normalise(float[] vector) {
        double squares = 0;
        for (float x : vector) {
            squares += (double) x * x;
        }
        if (!(squares > 0) || Double.isInfinite(squares)) {
            throw new EmbedException(
                    "the model gave a vector "
                            + (squares == 0 ? "of zeros" : "with NaN or infinite components")
                            + ", which nothing can be compared with; nothing was stored",
                    false,
                    null);
        }
        double length = Math.sqrt(squares);
        for (int d = 0; d < vector.length; d++) {
            vector[d] = (float) (vector[d] / length);
        }
        return vector;
    }
}
