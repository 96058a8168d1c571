package dev.ragd.ops.profile;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The last profile of each collection of a home: {@code reports/profile-NAME.json}. Fields are only ever added. */
public final class ProfileFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private ProfileFile() {}

    /** Where the profile of a collection is, as JSON. */
    public static Path json(Path reports, String collection) {
        return reports.resolve("profile-" + collection + ".json");
    }

    /** Where it is for people. */
    public static Path html(Path reports, String collection) {
        return reports.resolve("profile-" + collection + ".html");
    }

    /** Writes a profile; one that was there is replaced. */
    public static void write(Path file, Profile profile) throws IOException {
        AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(profile));
    }

    /** Reads one; empty when there is none, or none that can be read: it is no part of anybody's data. */
    public static Optional<Profile> read(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(JSON.readValue(Files.readAllBytes(file), Profile.class))
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }
}
