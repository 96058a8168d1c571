package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Two bits per component after a random rotation: what a collection has before there is enough to learn from. The rotated
 * components are close to normally distributed, and the four levels are the best for that (Max, "Quantizing for minimum
 * distortion", 1960). A code is followed by the vector's length and by the factor that makes the estimate of an inner
 * product unbiased (Gao and Long, "RaBitQ", 2024), so lengths other than 1 cost no recall.
 *
 * <pre>
 * code = byte[(dimension + 3) / 4]: component i in the bits 2(i % 4) of byte i / 4, then float32 length, float32 factor
 * </pre>
 */
final class ScalarQuantizer implements Quantizer {

    private static final float THRESHOLD = 0.9816f;
    private static final float[] LEVELS = {-1.5104f, -0.4528f, 0.4528f, 1.5104f};
    private static final int PER_BYTE = 4;

    private final int dimension;
    private final int levelBytes;
    private final RandomRotation rotation;

    ScalarQuantizer(int dimension) {
        this.dimension = dimension;
        this.levelBytes = (dimension + PER_BYTE - 1) / PER_BYTE;
        this.rotation = new RandomRotation(dimension);
    }

    @Override
    public int codeBytes() {
        return levelBytes + 2 * Float.BYTES;
    }

    @Override
    public void encode(float[] vector, byte[] target, int offset) {
        double length = length(vector);
        float[] rotated = rotation.rotate(vector);
        double scale = length == 0 ? 0 : Math.sqrt(dimension) / length;
        double product = 0; // of the unit vector and the levels
        java.util.Arrays.fill(target, offset, offset + levelBytes, (byte) 0);
        for (int i = 0; i < dimension; i++) {
            float x = (float) (rotated[i] * scale);
            int level = x < 0 ? (x < -THRESHOLD ? 0 : 1) : x > THRESHOLD ? 3 : 2;
            target[offset + i / PER_BYTE] |= (byte) (level << 2 * (i % PER_BYTE));
            product += x * LEVELS[level];
        }
        product /= Math.sqrt(dimension);
        ByteBuffer.wrap(target)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(offset + levelBytes, (float) length)
                .putFloat(offset + levelBytes + Float.BYTES, product > 0 ? (float) (length / product) : 0);
    }

    @Override
    public double error(float[] vector, byte[] codes, int offset) {
        double length = length(vector);
        if (length == 0) {
            return lengthOf(codes, offset) == 0 ? 0 : 1;
        }
        float[] rotated = rotation.rotate(vector);
        double product = 0;
        double square = 0;
        for (int i = 0; i < dimension; i++) {
            double level = LEVELS[codes[offset + i / PER_BYTE] >> 2 * (i % PER_BYTE) & 3];
            product += rotated[i] * level;
            square += level * level;
        }
        double ofLength = lengthOf(codes, offset) / length - 1;
        return 2 - 2 * product / (length * Math.sqrt(square)) + ofLength * ofLength;
    }

    @Override
    public Estimator estimator(float[] query, Distance distance) {
        float[] rotated = rotation.rotate(query);
        LookupTable table = new LookupTable(levelBytes);
        for (int b = 0; b < levelBytes; b++) {
            for (int value = 0; value < LookupTable.ENTRIES; value++) {
                float sum = 0;
                for (int j = 0; j < PER_BYTE && PER_BYTE * b + j < dimension; j++) {
                    sum += rotated[PER_BYTE * b + j] * LEVELS[value >> 2 * j & 3];
                }
                table.values()[b * LookupTable.ENTRIES + value] = sum;
            }
        }
        double ofQuery = length(query);
        float square = (float) (ofQuery * ofQuery);
        return switch (distance) {
            case L2 ->
                (codes, offset) -> {
                    float length = lengthOf(codes, offset);
                    float product = table.sum(codes, offset) * factorOf(codes, offset);
                    return 2 * product - length * length - square;
                };
            case IP -> (codes, offset) -> table.sum(codes, offset) * factorOf(codes, offset);
            case COSINE ->
                (codes, offset) -> {
                    float length = lengthOf(codes, offset);
                    return length == 0 ? 0 : table.sum(codes, offset) * factorOf(codes, offset) / length;
                };
        };
    }

    private float lengthOf(byte[] codes, int offset) {
        return floatAt(codes, offset + levelBytes);
    }

    private float factorOf(byte[] codes, int offset) {
        return floatAt(codes, offset + levelBytes + Float.BYTES);
    }

    private static float floatAt(byte[] bytes, int at) {
        int bits = bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
        return Float.intBitsToFloat(bits);
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        return Math.sqrt(square);
    }
}
