package dev.ragd.store.faissfile;

import dev.ragd.files.PositionalFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads FAISS's fields one after the other: little-endian numbers, and vectors of numbers behind their length (int64). No
 * length is believed before it was compared with what is left of the file, so nothing is allocated or skipped by a wrong one.
 * Not thread-safe.
 */
final class FileCursor {

    private final PositionalFile file;
    private long position;

    FileCursor(PositionalFile file) {
        this.file = file;
    }

    /**
     * A vector of numbers within the file.
     *
     * @param position of its first element
     * @param count its elements
     */
    record Span(long position, long count) {}

    /** Four letters that name a type. */
    String fourcc() throws IOException, IndexFileException {
        require(Integer.BYTES, "a type");
        byte[] letters = file.read(position, Integer.BYTES).array();
        position += Integer.BYTES;
        for (byte letter : letters) {
            if (letter < ' ' || letter > '~') {
                throw IndexFileException.damaged("no type of index at byte " + (position - Integer.BYTES));
            }
        }
        return new String(letters, StandardCharsets.US_ASCII);
    }

    int int8(String what) throws IOException, IndexFileException {
        require(Byte.BYTES, what);
        position += Byte.BYTES;
        return file.read(position - Byte.BYTES, Byte.BYTES).get() & 0xff;
    }

    int int32(String what) throws IOException, IndexFileException {
        require(Integer.BYTES, what);
        position += Integer.BYTES;
        return file.read(position - Integer.BYTES, Integer.BYTES).getInt();
    }

    long int64(String what) throws IOException, IndexFileException {
        require(Long.BYTES, what);
        position += Long.BYTES;
        return file.read(position - Long.BYTES, Long.BYTES).getLong();
    }

    /** Passes over bytes. */
    void skip(long bytes, String what) throws IndexFileException {
        require(bytes, what);
        position += bytes;
    }

    /** A vector behind its length, passed over. */
    Span vector(int elementBytes, String what) throws IOException, IndexFileException {
        long count = int64("the length of " + what);
        return span(count, elementBytes, what);
    }

    /** So many elements, passed over. */
    Span span(long count, int elementBytes, String what) throws IndexFileException {
        if (count < 0 || count > (file.size() - position) / elementBytes) {
            throw IndexFileException.damaged(what + " is said to have " + count + " elements of " + elementBytes
                    + " bytes at byte " + position + ", but the file has " + file.size() + " bytes");
        }
        Span span = new Span(position, count);
        position += count * elementBytes;
        return span;
    }

    /** Nothing may be left. */
    void end() throws IndexFileException {
        if (position != file.size()) {
            throw IndexFileException.damaged(
                    "the index ends at byte " + position + ", but the file has " + file.size() + " bytes");
        }
    }

    private void require(long bytes, String what) throws IndexFileException {
        if (bytes < 0 || bytes > file.size() - position) {
            throw IndexFileException.damaged(
                    "the file ends at byte " + file.size() + " within " + what + ", which starts at byte " + position);
        }
    }
}
