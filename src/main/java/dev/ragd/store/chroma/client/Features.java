package dev.ragd.store.chroma.client;

/**
 * What a server can do beyond the least.
 *
 * @param base64Vectors it takes vectors as base64 of little-endian float32
 * @param lists whether metadata may hold lists
 */
public record Features(boolean base64Vectors, Lists lists) {

    /** What is known about lists in metadata. */
    public enum Lists {
        KEPT,
        REFUSED,
        /** The server does not describe itself. */
        UNKNOWN
    }
}
