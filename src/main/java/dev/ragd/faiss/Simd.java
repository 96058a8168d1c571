package dev.ragd.faiss;

import java.util.Locale;

/** Which processor instructions measure distances. */
public enum Simd {
    /** FAISS as the distribution built it, for every x86-64. */
    OFF,
    /** 8 floats at a time. */
    AVX2,
    /** 16 floats at a time. */
    AVX512;

    /** The name that users read: {@code off}, {@code avx2}, {@code avx512}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
