package dev.ragd.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything of one user: configuration, data, the job repository.
 *
 * @param root absolute; need not exist yet
 */
public record Home(Path root) {

    /** The environment variable that names it. */
    public static final String VARIABLE = "RAGD_HOME";

    public Home {
        root = root.toAbsolutePath().normalize();
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

    /** What the stores and the catalogue keep. */
    public Path data() {
        return root.resolve("data");
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

    /** What migrations report, for people and programs. */
    public Path reports() {
        return root.resolve("reports");
    }
}
