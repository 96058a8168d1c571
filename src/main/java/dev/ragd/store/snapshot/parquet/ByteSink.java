package dev.ragd.store.snapshot.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Bytes in memory that can be read without a copy. */
final class ByteSink extends ByteArrayOutputStream {

    ByteSink(int size) {
        super(size);
    }

    /** What was written so far; valid until the next write. */
    synchronized ByteBuffer view() {
        return ByteBuffer.wrap(buf, 0, count).slice();
    }
}
