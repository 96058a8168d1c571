package dev.ragd.store.snapshot.parquet;

/**
 * A finished file as the manifest knows it.
 *
 * @param file its name in the collection's folder
 * @param rows how many rows it has, deleted ones included
 * @param bytes its length
 * @param first the smallest sequence in it
 * @param last the largest
 * @param sha256 of the whole file, 64 lower-case hexadecimal digits
 * @param footerSha256 of the footer with its length and magic number, so that ids can be read without reading everything;
 *     the footer holds the hash of the columns {@code id} and {@code sequence}
 */
public record Part(String file, long rows, long bytes, long first, long last, String sha256, String footerSha256) {}
