package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.util.compress.LZ4;
import org.junit.jupiter.api.Test;

/** Whatever is compressed comes out again, and Lucene's own decompressor agrees. */
class RecordCompressionTest {

    private final Random random = new Random(3);

    @Test
    void whateverIsCompressedComesOutAgain() throws Exception {
        for (int dictionary : new int[] {0, 1, 7, 8, 9, 300, RecordCompression.MAX_DICTIONARY}) {
            byte[] shared = bytes(dictionary);
            RecordCompression compression = new RecordCompression(shared);
            for (int i = 0; i < 400; i++) {
                byte[] record = bytes(i < 40 ? i : random.nextInt(i < 390 ? 3_000 : 200_000));
                int size = compression.compress(record, 0, record.length);
                byte[] block = Arrays.copyOf(compression.block(), RecordCompression.roomFor(size));
                byte[] out = new byte[RecordCompression.roomFor(record.length)];
                RecordCompression.decompress(RecordCompression.padded(shared), block, 0, size, out, record.length);
                assertThat(Arrays.copyOf(out, record.length)).isEqualTo(record);
                byte[] theirs = Arrays.copyOf(shared, dictionary + record.length + 7);
                LZ4.decompress(new ByteArrayDataInput(block, 0, size), record.length, theirs, dictionary);
                assertThat(Arrays.copyOfRange(theirs, dictionary, dictionary + record.length))
                        .isEqualTo(record);
            }
        }
    }

    @Test
    void whatTheDictionaryHasTakesFewBytes() {
        byte[] shared = bytes(4_000);
        RecordCompression compression = new RecordCompression(shared);
        assertThat(compression.compress(shared, 1_000, 2_000)).isLessThan(40);
    }

    /** Bits that rot are found by sums; nothing worse than an exception may happen until then. */
    @Test
    void garbageIsRefusedOrDecompressedWithinItsBounds() {
        byte[] shared = bytes(500);
        byte[] record = bytes(900);
        RecordCompression compression = new RecordCompression(shared);
        int size = compression.compress(record, 0, record.length);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] block = Arrays.copyOf(compression.block(), RecordCompression.roomFor(size));
            block[random.nextInt(size)] ^= (byte) (1 << random.nextInt(8));
            byte[] out = new byte[RecordCompression.roomFor(record.length)];
            try {
                RecordCompression.decompress(RecordCompression.padded(shared), block, 0, size, out, record.length);
            } catch (IndexOutOfBoundsException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    /** Words, runs of one letter, and noise. */
    private byte[] bytes(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            switch (random.nextInt(8)) {
                case 0 ->
                    text.append(String.valueOf((char) ('a' + random.nextInt(3))).repeat(random.nextInt(400)));
                case 1 -> text.append((char) random.nextInt(128)).append((char) random.nextInt(128));
                default -> text.append(" word").append(random.nextInt(60));
            }
        }
        return Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), length);
    }
}
