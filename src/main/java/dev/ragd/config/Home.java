package dev.ragd.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything of one user: configuration, data, the job repository.
 *
 * @param root absolute; need not exist yet
 * @param data what the stores and the catalogue keep; absolute
 */
public record Home(Path root, Path data) {

    /** The environment variable that names it. */
    public static final String VARIABLE = "RAGD_HOME";

    public Home {
        root = root.toAbsolutePath().normalize();
        data = data.toAbsolutePath().normalize();
    }

    /** The usual one: its data is in it. */
    public Home(Path root) {
        this(root, root.resolve("data"));
    }

    /** The same programs, models and settings with stores of their own, in another folder. */
    public Home withData(Path other) {
        return new Home(root, other);
    }

    /** The option's value, or else {@code RAGD_HOME}, or else {@code ~/.ragd}. */
    public static Home find(@Nullable Path option, Map<String, String> environment, Path userHome) {
        if (option != null) {
            return new Home(option);
        }
        String variable = environment.get(VARIABLE);
        return new Home(variable == null || variable.isBlank() ? userHome.resolve(".ragd") : Path.of(variable));
    }

    /** The configuration file; need not exist. */
    public Path configFile() {
        return root.resolve("config.yml");
    }

    /** What can be made again at any time: unpacked libraries and models. */
    public Path cache() {
        return root.resolve("cache");
    }

    /** The job repository and the owner lock. */
    public Path jobs() {
        return root.resolve("jobs");
    }

    /** Frozen plans of migrations. */
    public Path plans() {
        return jobs().resolve("plans");
    }

    /** Where a profile puts the stores that it measures; removed at its end. */
    public Path profile() {
        return root.resolve("profile");
    }

    /** What migrations report, for people and programs. */
    public Path reports() {
        return root.resolve("reports");
    }
}
