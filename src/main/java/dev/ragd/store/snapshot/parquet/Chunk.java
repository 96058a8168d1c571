package dev.ragd.store.snapshot.parquet;

import org.apache.parquet.format.CompressionCodec;

/**
 * Where one column of a row group lies in its file.
 *
 * @param codec what its pages are packed with
 * @param offset of its first page
 * @param bytes its length, page headers included
 * @param plainBytes its length before compression
 * @param values how many values it has, nulls included
 * @param nulls how many of them are null
 * @param dictionaryBytes the length of the dictionary page at its beginning; 0 when there is none
 */
record Chunk(
        CompressionCodec codec,
        long offset,
        long bytes,
        long plainBytes,
        long values,
        long nulls,
        long dictionaryBytes) {

    Chunk movedBy(long distance) {
        return new Chunk(codec, offset + distance, bytes, plainBytes, values, nulls, dictionaryBytes);
    }

    long end() {
        return offset + bytes;
    }
}
