package dev.ragd.store.snapshot.parquet;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;

/** Bytes in memory, read as a stream for headers and as slices for what follows them. */
final class ByteSource extends ByteArrayInputStream {

    ByteSource(byte[] bytes) {
        super(bytes);
    }

    /** The next bytes, not copied. */
    synchronized ByteBuffer take(int length) throws EOFException {
        if (length < 0 || length > available()) {
            throw new EOFException("a page of " + length + " bytes where " + available() + " are left");
        }
        ByteBuffer slice = ByteBuffer.wrap(buf, pos, length).slice();
        pos += length;
        return slice;
    }
}
