package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One bit per component after the random rotation, and the factor of RaBitQ: a method that the benchmark compares with, for
 * vectors of length 1.
 */
final class OneBitQuantizer implements Quantizer {

    private final int dimension;
    private final int signBytes;
    private final RandomRotation rotation;

    OneBitQuantizer(int dimension) {
        this.dimension = dimension;
        this.signBytes = (dimension + 7) / 8;
        this.rotation = new RandomRotation(dimension);
    }

    @Override
    public int codeBytes() {
        return signBytes + Float.BYTES;
    }

    @Override
    public void encode(float[] vector, byte[] target, int offset) {
        float[] rotated = rotation.rotate(vector);
        double sum = 0;
        for (int i = 0; i < dimension; i++) {
            target[offset + i / 8] |= (byte) (rotated[i] > 0 ? 1 << i % 8 : 0);
            sum += Math.abs(rotated[i]);
        }
        ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN).putFloat(offset + signBytes, (float) (1 / sum));
    }

    @Override
    public double error(float[] vector, byte[] codes, int offset) {
        throw new UnsupportedOperationException("not compared");
    }

    @Override
    public Estimator estimator(float[] query, Distance distance) {
        float[] rotated = rotation.rotate(query);
        LookupTable table = new LookupTable(signBytes);
        for (int i = 0; i < dimension; i++) {
            for (int value = 0; value < LookupTable.ENTRIES; value++) {
                table.values()[i / 8 * LookupTable.ENTRIES + value] +=
                        (value >> i % 8 & 1) != 0 ? rotated[i] : -rotated[i];
            }
        }
        return (codes, offset) -> table.sum(codes, offset)
                * ByteBuffer.wrap(codes).order(ByteOrder.LITTLE_ENDIAN).getFloat(offset + signBytes);
    }
}
