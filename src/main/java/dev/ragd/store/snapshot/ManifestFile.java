package dev.ragd.store.snapshot;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.snapshot.parquet.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and replaces the manifest of a collection, {@code manifest.json}. */
final class ManifestFile {

    static final String NAME = "manifest.json";

    private static final String FORMAT = "ragd-snapshot-collection";

    private ManifestFile() {}

    /** Replaces the manifest durably; what was there stays until the new one is complete. */
    static void write(Path folder, Manifest manifest) throws IOException {
        AtomicFile.write(folder.resolve(NAME), SealedJson.seal(toJson(manifest)));
    }

    /**
     * Reads the manifest of a folder.
     *
     * @throws StoreException.CorruptIndex when it is damaged
     * @throws StoreException.FormatTooNew when a newer ragd wrote it
     */
    static Manifest read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        Map<String, Object> json = SealedJson.read(file, FORMAT);
        try {
            return fromJson(json);
        } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new StoreException.CorruptIndex(file + " lacks a property or has one of another type: " + e, e);
        }
    }

    private static Map<String, Object> toJson(Manifest manifest) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("version", SealedJson.VERSION);
        json.put("name", manifest.name());
        json.put("id", manifest.id());
        json.put("dimension", manifest.dimension());
        json.put("distance", manifest.distance().label());
        Map<String, Object> attributes = new LinkedHashMap<>();
        manifest.attributes().values().forEach((key, value) -> attributes.put(key, value.raw()));
        json.put("attributes", attributes);
        json.put("records", manifest.records());
        json.put("next_sequence", manifest.nextSequence());
        json.put("next_file", manifest.nextFile());
        json.put("parts", manifest.parts().stream().map(ManifestFile::toJson).toList());
        json.put(
                "deleted_rows",
                manifest.deletions().stream().map(ManifestFile::toJson).toList());
        return json;
    }

    private static Map<String, Object> toJson(Part part) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", part.file());
        json.put("rows", part.rows());
        json.put("bytes", part.bytes());
        json.put("first_sequence", part.first());
        json.put("last_sequence", part.last());
        json.put("sha256", part.sha256());
        json.put("footer_sha256", part.footerSha256());
        return json;
    }

    @SuppressWarnings("unchecked") // what is of another type fails here or where it is used, and is reported by read
    private static Manifest fromJson(Map<String, Object> json) {
        String distance = text(json, "distance");
        return new Manifest(
                text(json, "name"),
                text(json, "id"),
                Math.toIntExact(number(json, "dimension")),
                Distance.of(distance).orElseThrow(() -> new IllegalArgumentException("distance " + distance)),
                Metadata.of((Map<String, Object>) required(json, "attributes")),
                number(json, "records"),
                number(json, "next_sequence"),
                number(json, "next_file"),
                parts(json, "parts"),
                parts(json, "deleted_rows"));
    }

    @SuppressWarnings("unchecked") // as above
    private static List<Part> parts(Map<String, Object> json, String key) {
        List<Part> parts = new ArrayList<>();
        for (Object item : (List<Object>) required(json, key)) {
            Map<String, Object> part = (Map<String, Object>) item;
            parts.add(new Part(
                    text(part, "file"),
                    number(part, "rows"),
                    number(part, "bytes"),
                    number(part, "first_sequence"),
                    number(part, "last_sequence"),
                    text(part, "sha256"),
                    text(part, "footer_sha256")));
        }
        return parts;
    }

    private static String text(Map<String, Object> json, String key) {
        return (String) required(json, key);
    }

    private static long number(Map<String, Object> json, String key) {
        return ((Number) required(json, key)).longValue();
    }

    private static Object required(Map<String, Object> json, String key) {
        @Nullable Object value = json.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no '" + key + "'");
        }
        return value;
    }
}
