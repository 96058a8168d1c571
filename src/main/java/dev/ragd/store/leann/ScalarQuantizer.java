package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Two or four bits per component after a random rotation. The rotated components are close to normally distributed, and the
 * levels are the best for that (Max, "Quantizing for minimum distortion", 1960). A code is followed by the vector's length,
 * so lengths other than 1 cost no recall, and by a factor.
 *
 * <p>Two bits are what a collection has before there is enough to learn from: their factor makes the estimate of an inner
 * product unbiased (Gao and Long, "RaBitQ", 2024), and what it promises is embedded again. Four bits are all that there is of
 * vectors that cannot be made again: their factor gives the levels the vector's length, and with it they are the vector.
 *
 * <pre>
 * code = byte[(dimension + n - 1) / n], n = 8 / bits to a byte: component i in the bits from bits * (i % n) on of byte i / n,
 *        then float32 length, float32 factor
 * </pre>
 */
final class ScalarQuantizer implements Quantizer {

    /** The upper half of the levels; the lower is the same with the other sign. */
    private static final float[] FOUR = {0.4528f, 1.5104f};

    private static final float[] SIXTEEN = {0.1284f, 0.3881f, 0.6568f, 0.9424f, 1.256f, 1.618f, 2.069f, 2.733f};
    /** Where the upper half's second level begins, and so on: half-way, but for the rounding that codes on disk depend on. */
    private static final float[] THRESHOLDS_OF_FOUR = {0.9816f};

    private static final float[] THRESHOLDS_OF_SIXTEEN = {0.2582f, 0.5224f, 0.7996f, 1.0993f, 1.4371f, 1.8435f, 2.4008f
    };

    private final int dimension;
    private final int bits;
    private final int perByte;
    private final int levelBytes;
    private final float[] levels;
    private final float[] thresholds;
    private final boolean unbiased;
    private final RandomRotation rotation;

    private ScalarQuantizer(int dimension, int bits, float[] upper, float[] thresholds, boolean unbiased) {
        this.dimension = dimension;
        this.bits = bits;
        this.perByte = Byte.SIZE / bits;
        this.levelBytes = (dimension + perByte - 1) / perByte;
        this.levels = new float[2 * upper.length];
        for (int i = 0; i < upper.length; i++) {
            levels[upper.length + i] = upper[i];
            levels[upper.length - 1 - i] = -upper[i];
        }
        this.thresholds = thresholds;
        this.unbiased = unbiased;
        this.rotation = new RandomRotation(dimension);
    }

    /** Two bits a component, to find what is worth embedding again. */
    static ScalarQuantizer toSearch(int dimension) {
        return new ScalarQuantizer(dimension, 2, FOUR, THRESHOLDS_OF_FOUR, true);
    }

    /** Four bits a component, to keep. */
    static ScalarQuantizer toKeep(int dimension) {
        return new ScalarQuantizer(dimension, 4, SIXTEEN, THRESHOLDS_OF_SIXTEEN, false);
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
        double square = 0; // of the levels
        Arrays.fill(target, offset, offset + levelBytes, (byte) 0);
        for (int i = 0; i < dimension; i++) {
            float x = (float) (rotated[i] * scale);
            int level = level(x);
            target[offset + i / perByte] |= (byte) (level << bits * (i % perByte));
            product += x * levels[level];
            square += (double) levels[level] * levels[level];
        }
        product /= Math.sqrt(dimension);
        double factor = unbiased ? (product > 0 ? length / product : 0) : length / Math.sqrt(square);
        ByteBuffer.wrap(target)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(offset + levelBytes, (float) length)
                .putFloat(offset + levelBytes + Float.BYTES, (float) factor);
    }

    private int level(float x) {
        float size = Math.abs(x);
        int up = 0;
        while (up < thresholds.length && size > thresholds[up]) {
            up++;
        }
        int half = levels.length / 2;
        return x < 0 ? half - 1 - up : half + up;
    }

    private float level(byte[] codes, int offset, int i) {
        return levels[codes[offset + i / perByte] >> bits * (i % perByte) & levels.length - 1];
    }

    /** The vector that a code stands for, {@code float[dimension]}. */
    float[] decode(byte[] codes, int offset) {
        float factor = factorOf(codes, offset);
        if (factor == 0) {
            return new float[dimension]; // else some zeros would be negative
        }
        float[] rotated = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            rotated[i] = factor * level(codes, offset, i);
        }
        return rotation.rotateBack(rotated);
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
            double level = level(codes, offset, i);
            product += rotated[i] * level;
            square += level * level;
        }
        double ofLength = lengthOf(codes, offset) / length - 1;
        // Rounding may take it below nothing; NaN, of a length that no float can say, stays.
        return Math.max(0, 2 - 2 * product / (length * Math.sqrt(square)) + ofLength * ofLength);
    }

    @Override
    public Estimator estimator(float[] query, Distance distance) {
        float[] rotated = rotation.rotate(query);
        LookupTable table = new LookupTable(levelBytes);
        for (int b = 0; b < levelBytes; b++) {
            for (int value = 0; value < LookupTable.ENTRIES; value++) {
                float sum = 0;
                for (int j = 0; j < perByte && perByte * b + j < dimension; j++) {
                    sum += rotated[perByte * b + j] * levels[value >> bits * j & levels.length - 1];
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
