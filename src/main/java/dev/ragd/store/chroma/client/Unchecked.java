package dev.ragd.store.chroma.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Keeps a broken connection apart from broken JSON: Jackson wraps both alike. */
final class Unchecked extends FilterInputStream {

    /** Carries the failure through the parser. */
    static final class ReadFailure extends IllegalStateException {
        private static final long serialVersionUID = 1;
        private final IOException io;

        ReadFailure(IOException io) {
            super(io);
            this.io = io;
        }

        IOException io() {
            return io;
        }
    }

    Unchecked(InputStream in) {
        super(in);
    }

    @Override
    public int read() {
        try {
            return super.read();
        } catch (IOException e) {
            throw new ReadFailure(e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            return super.read(bytes, offset, length);
        } catch (IOException e) {
            throw new ReadFailure(e);
        }
    }
}
