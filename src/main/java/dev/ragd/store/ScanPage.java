package dev.ragd.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a scan.
 *
 * @param records may be empty before the end
 * @param next the cursor of the next page; null at the end
 */
public record ScanPage(List<VectorRecord> records, @Nullable String next) {}
