package dev.ragd.store;

import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Looks at the folder in which a store keeps its data. Writes nothing. */
public final class FolderChecks {

    private static final long SCARCE = 256L << 20;
    private static final long GONE = 16L << 20;

    private FolderChecks() {}

    /** Whether it can be read and written, or created. */
    public static Check access(Path folder) {
        String name = "folder";
        Path there = existing(folder);
        if (!Files.isDirectory(there)) {
            return new Check(
                    name, Status.UNHEALTHY, there + " is not a folder", "move it away or choose another --home");
        } else if (!Files.isReadable(there) || !Files.isExecutable(there)) {
            return new Check(name, Status.UNHEALTHY, there + " cannot be read", "give this user access to it");
        } else if (!Files.isWritable(there)) {
            return new Check(
                    name,
                    Status.DEGRADED,
                    there + " cannot be written",
                    "searching works; to index, give this user access to it");
        }
        String said = folder + (there.equals(folder) ? "" : " (will be created)");
        return new Check(name, Status.HEALTHY, said + " can be read and written", null);
    }

    /**
     * Whether there is room beside it.
     *
     * @param use what the store needs it for, for the advice
     */
    public static Check space(Path folder, String use) {
        String name = "space";
        try {
            long free = Files.getFileStore(existing(folder)).getUsableSpace();
            String said =
                    String.format(Locale.ROOT, free < 10L << 20 ? "%.1f MiB" : "%.0f MiB", free / 1048576.0) + " free";
            Status status = free < GONE ? Status.UNHEALTHY : free < SCARCE ? Status.DEGRADED : Status.HEALTHY;
            return new Check(name, status, said, status == Status.HEALTHY ? null : "free space: " + use);
        } catch (IOException e) {
            return new Check(name, Status.UNKNOWN, "not known: " + e.getMessage(), null);
        }
    }

    private static Path existing(Path path) {
        Path there = path;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }
}
