package dev.ragd.store.snapshot;

import dev.ragd.store.StoreException;
import dev.ragd.store.snapshot.parquet.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object in a file that ends with its own hash: the last property, {@code sha256}, is the SHA-256 of all bytes before
 * the comma that precedes it. One changed bit anywhere is noticed. The properties {@code format} and {@code version} say what
 * the file is.
 */
final class SealedJson {

    /** The version of the format that is written, and the newest that is read; all older ones are read too. */
    static final int VERSION = 2;

    private static final String BEFORE_HASH = ",\n  \"sha256\" : \"";
    private static final String BEHIND_HASH = "\"\n}\n";
    private static final int SEAL = BEFORE_HASH.length() + 64 + BEHIND_HASH.length();
    private static final String ADVICE = "; restore it from a copy, or remove its folder and take the snapshot again";

    private SealedJson() {}

    /** The bytes of a file; the object must have {@code format} and {@code version}. */
    static byte[] seal(Map<String, Object> object) {
        DefaultIndenter indent = new DefaultIndenter("  ", "\n");
        String json = JsonMapper.shared()
                .writer()
                .with(new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent))
                .writeValueAsString(object);
        String body = json.substring(0, json.lastIndexOf("\n}"));
        byte[] hash = Sha256.create().digest(body.getBytes(StandardCharsets.UTF_8));
        return (body + BEFORE_HASH + HexFormat.of().formatHex(hash) + BEHIND_HASH).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a file.
     *
     * @throws StoreException.CorruptIndex when it is not as it was written
     * @throws StoreException.FormatTooNew when a newer ragd wrote it
     */
    static Map<String, Object> read(Path file, String format) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte[] body = Arrays.copyOf(bytes, Math.max(0, bytes.length - SEAL));
        String actual = HexFormat.of().formatHex(Sha256.create().digest(body));
        byte[] seal = (BEFORE_HASH + actual + BEHIND_HASH).getBytes(StandardCharsets.US_ASCII);
        boolean sealed = Arrays.equals(bytes, body.length, bytes.length, seal, 0, seal.length);
        Map<String, Object> object = parse(bytes);
        // A newer format may be sealed otherwise, so its version comes first.
        if (object != null
                && format.equals(object.get("format"))
                && object.get("version") instanceof Integer version
                && version > VERSION) {
            throw new StoreException.FormatTooNew(file.toString(), version, VERSION);
        }
        if (!sealed || object == null) {
            throw new StoreException.CorruptIndex(
                    file + " is damaged: its last lines do not hold the SHA-256 of the lines before (" + actual + ", "
                            + bytes.length + " bytes)" + ADVICE,
                    null);
        }
        boolean known = object.get("version") instanceof Integer version && version >= 1 && version <= VERSION;
        if (!format.equals(object.get("format")) || !known) {
            throw new StoreException.CorruptIndex(
                    file + " is of format " + object.get("format") + " version " + object.get("version") + ", expected "
                            + format + " version 1 to " + VERSION,
                    null);
        }
        return object;
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private static @Nullable Map<String, Object> parse(byte[] bytes) {
        try {
            return JsonMapper.shared().readValue(bytes, Object.class) instanceof Map<?, ?> map
                    ? (Map<String, Object>) map
                    : null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
