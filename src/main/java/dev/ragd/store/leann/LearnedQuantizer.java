package dev.ragd.store.leann;

import dev.ragd.store.Distance;

/**
 * Optimized product quantization: a learned rotation, then a byte per part of the vector, the number of the nearest of 256
 * learned centroids. Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", 2011; Ge, He, Ke, Sun,
 * "Optimized Product Quantization", 2013. Under cosine vectors are brought to length 1 before.
 *
 * <p>The rotation has been rounded for the disk, so it is only nearly orthogonal; query and vectors go through the same one,
 * and what it changes lies far below what the code loses. Immutable.
 */
final class LearnedQuantizer implements Quantizer {

    private final Distance distance;
    private final int dimension;
    private final int parts;
    private final int width;
    /** {@code float[dimension][dimension]}, flat: row j holds what component j adds to each component of the output. */
    private final float[] columns;
    /** {@code float[parts][width][256]}, flat: one component of all centroids side by side. */
    private final float[] centroids;

    /**
     * @param rotation {@code float[dimension][dimension]}, flat: row i holds the weights of output component i
     * @param byPart {@code float[parts][256][dimension/parts]}, flat
     */
    LearnedQuantizer(Distance distance, int dimension, int parts, float[] rotation, float[] byPart) {
        this.distance = distance;
        this.dimension = dimension;
        this.parts = parts;
        this.width = dimension / parts;
        this.columns = new float[dimension * dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j < dimension; j++) {
                columns[j * dimension + i] = rotation[i * dimension + j];
            }
        }
        this.centroids = new float[byPart.length];
        for (int p = 0; p < parts; p++) {
            for (int c = 0; c < LookupTable.ENTRIES; c++) {
                for (int w = 0; w < width; w++) {
                    centroids[(p * width + w) * LookupTable.ENTRIES + c] =
                            byPart[(p * LookupTable.ENTRIES + c) * width + w];
                }
            }
        }
    }

    /**
     * In how many parts a vector is cut: one for eight components, or as near to that as divides the dimension.
     *
     * @return 0 when no size from 4 to 16 divides it: then nothing can be learned
     */
    static int parts(int dimension) {
        for (int width : new int[] {8, 7, 6, 9, 10, 5, 12, 4, 11, 13, 14, 15, 16}) {
            if (dimension % width == 0) {
                return dimension / width;
            }
        }
        return 0;
    }

    @Override
    public int codeBytes() {
        return parts;
    }

    @Override
    public void encode(float[] vector, byte[] target, int offset) {
        float[] rotated = rotate(prepared(vector, distance));
        float[] distances = new float[LookupTable.ENTRIES];
        for (int p = 0; p < parts; p++) {
            squaredDistances(rotated, p, distances, 0);
            int nearest = 0;
            for (int c = 1; c < LookupTable.ENTRIES; c++) {
                nearest = distances[c] < distances[nearest] ? c : nearest;
            }
            target[offset + p] = (byte) nearest;
        }
    }

    @Override
    public double error(float[] vector, byte[] codes, int offset) {
        float[] rotated = rotate(prepared(vector, distance));
        double error = 0;
        double square = 0;
        for (int i = 0; i < dimension; i++) {
            int code = codes[offset + i / width] & 0xff;
            double lost = (double) rotated[i] - centroids[i * LookupTable.ENTRIES + code];
            error += lost * lost;
            square += (double) rotated[i] * rotated[i];
        }
        return square == 0 ? 0 : error / square;
    }

    @Override
    public Estimator estimator(float[] query, Distance ignored) {
        float[] rotated = rotate(prepared(query, distance));
        LookupTable table = new LookupTable(parts);
        for (int p = 0; p < parts; p++) {
            if (distance == Distance.L2) {
                squaredDistances(rotated, p, table.values(), p * LookupTable.ENTRIES);
            } else {
                products(rotated, p, table.values(), p * LookupTable.ENTRIES);
            }
        }
        return distance == Distance.L2 ? (codes, offset) -> -table.sum(codes, offset) : table::sum;
    }

    /** A vector as it is encoded and trained with. */
    static float[] prepared(float[] vector, Distance distance) {
        if (distance != Distance.COSINE) {
            return vector;
        }
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        float[] unit = vector.clone();
        if (square > 0) {
            double length = Math.sqrt(square);
            for (int i = 0; i < unit.length; i++) {
                unit[i] = (float) (unit[i] / length);
            }
        }
        return unit;
    }

    private float[] rotate(float[] vector) {
        float[] rotated = new float[dimension];
        for (int j = 0; j < dimension; j++) {
            float x = vector[j];
            int row = j * dimension;
            for (int i = 0; i < dimension; i++) {
                rotated[i] += x * columns[row + i];
            }
        }
        return rotated;
    }

    private void squaredDistances(float[] rotated, int part, float[] target, int at) {
        java.util.Arrays.fill(target, at, at + LookupTable.ENTRIES, 0);
        for (int w = 0; w < width; w++) {
            float x = rotated[part * width + w];
            int row = (part * width + w) * LookupTable.ENTRIES;
            for (int c = 0; c < LookupTable.ENTRIES; c++) {
                float difference = x - centroids[row + c];
                target[at + c] += difference * difference;
            }
        }
    }

    private void products(float[] rotated, int part, float[] target, int at) {
        for (int w = 0; w < width; w++) {
            float x = rotated[part * width + w];
            int row = (part * width + w) * LookupTable.ENTRIES;
            for (int c = 0; c < LookupTable.ENTRIES; c++) {
                target[at + c] += x * centroids[row + c];
            }
        }
    }
}
