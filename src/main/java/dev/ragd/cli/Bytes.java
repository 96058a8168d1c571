package dev.ragd.cli;

import java.util.Locale;

/** Sizes for people: {@code 812 KB}, {@code 4.2 MB}, {@code 1.5 GB}. */
final class Bytes {

    private Bytes() {}

    /** @param bytes negative for unknown */
    static String of(long bytes) {
        if (bytes < 0) {
            return "unknown";
        }
        if (bytes < 1 << 20) {
            return String.format(Locale.ROOT, "%,d KB", (bytes + 1023) / 1024);
        }
        double megabytes = bytes / (double) (1 << 20);
        if (megabytes < 1000) {
            return String.format(Locale.ROOT, megabytes < 10 ? "%.1f MB" : "%,.0f MB", megabytes);
        }
        return String.format(Locale.ROOT, "%,.1f GB", megabytes / 1024);
    }
}
