package dev.ragd.store.snapshot.parquet;

/**
 * Where one column of a row group lies in its file.
 *
 * @param offset of its first page
 * @param bytes its length, page headers included
 * @param plainBytes its length before compression
 * @param values how many values it has, nulls included
 * @param nulls how many of them are null
 * @param dictionaryBytes the length of the dictionary page at its beginning; 0 when there is none
 */
record Chunk(long offset, long bytes, long plainBytes, long values, long nulls, long dictionaryBytes) {

    Chunk movedBy(long distance) {
        return new Chunk(offset + distance, bytes, plainBytes, values, nulls, dictionaryBytes);
    }

    long end() {
        return offset + bytes;
    }
}
