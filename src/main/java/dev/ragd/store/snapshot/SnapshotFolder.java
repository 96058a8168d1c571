package dev.ragd.store.snapshot;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.snapshot.parquet.Part;
import dev.ragd.store.snapshot.parquet.PartFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The folder of a snapshot: {@code snapshot.json}, which says that it is one, and a folder per collection. */
final class SnapshotFolder {

    static final String MARKER = "snapshot.json";

    private static final String FORMAT = "ragd-snapshot";
    /** What a process that died while it made a snapshot may leave. */
    private static final Pattern LEFT_BEHIND = Pattern.compile("\\.snapshot\\.json\\d*\\.tmp|\\.lock");

    private SnapshotFolder() {}

    static void requireSnapshot(Path folder) {
        Path marker = folder.resolve(MARKER);
        if (!Files.exists(marker)) {
            throw new StoreException.StoreNotFound(
                    "there is no snapshot at " + folder + " (no " + MARKER + " in it); check the path");
        }
        try {
            SealedJson.read(marker, FORMAT);
        } catch (IOException e) {
            throw Failures.of(folder, e);
        }
    }

    static void create(Path folder) {
        if (!isToBeCreated(folder)) {
            requireSnapshot(folder);
            return;
        }
        try {
            Map<String, Object> marker = new LinkedHashMap<>();
            marker.put("format", FORMAT);
            marker.put("version", SealedJson.VERSION);
            AtomicFile.write(folder.resolve(MARKER), SealedJson.seal(marker));
        } catch (IOException e) {
            throw Failures.of(folder, e);
        }
    }

    static boolean isToBeCreated(Path folder) {
        if (Files.exists(folder.resolve(MARKER))) {
            return false;
        }
        try {
            if (Files.isDirectory(folder)) {
                requireEmpty(folder);
            } else if (Files.exists(folder)) {
                throw new StoreException.ForeignData(folder + " is a file; a snapshot needs a folder of its own");
            }
            return true;
        } catch (IOException e) {
            throw Failures.of(folder, e);
        }
    }

    private static void requireEmpty(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!LEFT_BEHIND.matcher(entry.getFileName().toString()).matches()) {
                    throw new StoreException.ForeignData(folder + " holds other files (" + entry.getFileName()
                            + ") and no snapshot; nothing was written, choose an empty or a new folder");
                }
            }
        }
    }

    /** Looks at manifests and lengths of files, not into them. */
    static Health health(Path folder) {
        List<Health.Check> checks = new ArrayList<>();
        try {
            if (isToBeCreated(folder)) {
                return new Health(
                        List.of(new Health.Check("snapshot", Health.Status.HEALTHY, "nothing is stored yet", null)));
            }
            requireSnapshot(folder);
            checks.add(new Health.Check("snapshot", Health.Status.HEALTHY, folder + " is a snapshot", null));
            for (Path path : CollectionFolder.in(folder)) {
                checks.add(collection(path));
            }
        } catch (IOException | StoreException e) {
            checks.add(failed("snapshot", e));
        }
        return new Health(checks);
    }

    private static Health.Check collection(Path path) {
        try {
            Manifest manifest = ManifestFile.read(path);
            for (Part part : manifest.parts()) {
                PartFile.of(path, part, manifest.dimension()).checkLength();
            }
            for (Part part : manifest.deletions()) {
                PartFile.of(path, part, manifest.dimension()).checkLength();
            }
            String detail =
                    manifest.records() + " records in " + manifest.parts().size() + " files";
            return new Health.Check("collection " + manifest.name(), Health.Status.HEALTHY, detail, null);
        } catch (IOException e) {
            return failed("collection " + path.getFileName(), Failures.of(path, e));
        } catch (StoreException e) {
            return failed("collection " + path.getFileName(), e);
        }
    }

    private static Health.Check failed(String name, Exception e) {
        return new Health.Check(
                name, Health.Status.UNHEALTHY, String.valueOf(e.getMessage()), "restore the folder from a copy");
    }
}
