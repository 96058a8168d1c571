package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.codecs.compressing.CompressionMode;
import org.apache.lucene.codecs.compressing.Compressor;
import org.apache.lucene.codecs.compressing.Decompressor;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.store.ByteBuffersDataInput;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.compress.LZ4;

/**
 * LZ4 with the length of the compressed block in front, so that a block comes out of the file in one piece: reading it
 * literal by literal, as Lucene's own mode does, takes longer than decompressing it.
 */
final class BlockCompression extends CompressionMode {

    @Override
    public Compressor newCompressor() {
        return new BlockCompressor();
    }

    @Override
    public Decompressor newDecompressor() {
        return new BlockDecompressor();
    }

    @Override
    public String toString() {
        return "BlockCompression";
    }

    private static final class BlockCompressor extends Compressor {
        private final LZ4.FastCompressionHashTable table = new LZ4.FastCompressionHashTable();
        private final ByteBuffersDataOutput block = ByteBuffersDataOutput.newResettableInstance();

        @Override
        public void compress(ByteBuffersDataInput input, DataOutput out) throws IOException {
            byte[] plain = new byte[Math.toIntExact(input.length())];
            input.readBytes(plain, 0, plain.length);
            block.reset();
            LZ4.compress(plain, 0, plain.length, block, table);
            out.writeVInt(Math.toIntExact(block.size()));
            block.copyTo(out);
        }

        @Override
        public void close() {
            // holds memory only
        }
    }

    private static final class BlockDecompressor extends Decompressor {
        private byte[] compressed = {};

        @Override
        public void decompress(DataInput in, int originalLength, int offset, int length, BytesRef target)
                throws IOException {
            int size = in.readVInt();
            compressed = ArrayUtil.growNoCopy(compressed, size);
            in.readBytes(compressed, 0, size);
            // LZ4 may write seven bytes more than it was asked for.
            target.bytes = ArrayUtil.growNoCopy(target.bytes, originalLength + 7);
            int end = LZ4.decompress(new ByteArrayDataInput(compressed, 0, size), offset + length, target.bytes, 0);
            if (end > originalLength) {
                throw new CorruptIndexException("a block of " + originalLength + " bytes gave " + end, in);
            }
            target.offset = offset;
            target.length = length;
        }

        @Override
        public Decompressor clone() {
            return new BlockDecompressor();
        }
    }
}
