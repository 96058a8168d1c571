package dev.ragd.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The values of all settings, merged: option, else environment variable, else {@code config.yml}, else default. An empty
 * value counts as not set. Immutable.
 */
public final class Settings {

    /** Variables with our prefix that are no settings: the launcher's. */
    private static final Set<String> LAUNCHER_VARIABLES = Set.of(Home.VARIABLE, "RAGD_JAVA_OPTS");

    /**
     * A value and its origin.
     *
     * @param text as it was written
     */
    public record Value(String text, Origin origin) {}

    private final Map<String, Value> values;
    private final List<Problem> problems;
    private final List<Problem> warnings;

    private Settings(Map<String, Value> values, List<Problem> problems, List<Problem> warnings) {
        this.values = values;
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Merges the sources; what is wrong is collected, see {@link #problems()}.
     *
     * @param options by key: the option's name as it was typed, and its value
     */
    public static Settings resolve(
            ConfigFile file, Map<String, String> environment, Map<String, Map.Entry<String, String>> options) {
        List<Problem> problems = new ArrayList<>(file.problems());
        Map<String, Value> values = new LinkedHashMap<>();
        for (Setting<?> setting : Catalogue.all()) {
            Value value = pick(setting, file, environment, options);
            if (value == null) {
                continue;
            }
            values.put(setting.key(), value);
            try {
                setting.parse(value.text(), value.origin().describe());
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
        }
        file.entries().forEach((key, entry) -> {
            if (Catalogue.find(key).isEmpty()) {
                problems.add(Catalogue.unknown(key, new Origin.File(file.path(), entry.line()).describe()));
            }
        });
        options.forEach((key, option) -> {
            if (Catalogue.find(key).isEmpty()) {
                problems.add(Catalogue.unknown(key, new Origin.Option(option.getKey()).describe()));
            }
        });
        Settings settings = new Settings(values, problems, unknownVariables(environment));
        return problems.isEmpty() ? new Settings(values, settings.contradictions(), settings.warnings) : settings;
    }

    private static @Nullable Value pick(
            Setting<?> setting,
            ConfigFile file,
            Map<String, String> environment,
            Map<String, Map.Entry<String, String>> options) {
        Map.Entry<String, String> option = options.get(setting.key());
        if (option != null) {
            return new Value(option.getValue(), new Origin.Option(option.getKey()));
        }
        String variable = environment.get(setting.environmentVariable());
        if (variable != null && !variable.isBlank()) {
            return new Value(variable.strip(), new Origin.Environment(setting.environmentVariable()));
        }
        ConfigFile.Entry entry = file.entries().get(setting.key());
        if (entry != null) {
            return new Value(entry.text(), new Origin.File(file.path(), entry.line()));
        }
        return setting.fallback() == null ? null : new Value(setting.fallback(), new Origin.Default());
    }

    private static List<Problem> unknownVariables(Map<String, String> environment) {
        List<String> known =
                Catalogue.all().stream().map(Setting::environmentVariable).toList();
        List<Problem> unknown = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith("RAGD_") && !known.contains(name) && !LAUNCHER_VARIABLES.contains(name)) {
                String guess = Nearest.to(name, known)
                        .map(n -> "; did you mean " + n + "?")
                        .orElse("; it does nothing");
                unknown.add(new Problem("environment variable " + name, "", "names no setting" + guess));
            }
        });
        return unknown;
    }

    /** Tokens that chunks share. Who makes chunks short and says no word about this does not mean more than is allowed. */
    public int chunkOverlap() {
        int given = get(Catalogue.CHUNK_OVERLAP);
        boolean fallback = value(Catalogue.CHUNK_OVERLAP).orElseThrow().origin() instanceof Origin.Default;
        return fallback ? Math.min(given, get(Catalogue.CHUNK_TOKENS) / 4) : given;
    }

    private List<Problem> contradictions() {
        List<Problem> found = new ArrayList<>();
        int most = get(Catalogue.CHUNK_TOKENS) / 4;
        if (chunkOverlap() > most) {
            found.add(new Problem(
                    value(Catalogue.CHUNK_OVERLAP).orElseThrow().origin().describe(),
                    Catalogue.CHUNK_OVERLAP.key(),
                    "expected at most a quarter of " + Catalogue.CHUNK_TOKENS.key() + " (" + most + "), but it is "
                            + get(Catalogue.CHUNK_OVERLAP)));
        }
        return found;
    }

    /** All that is wrong; the values of a command may be used only when this is empty. */
    public List<Problem> problems() {
        return problems;
    }

    /** Variables that look like settings but are none. Not refused: container platforms set such variables themselves. */
    public List<Problem> warnings() {
        return warnings;
    }

    /**
     * This, when nothing is wrong.
     *
     * @throws ConfigException with all problems
     */
    public Settings orThrow() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return this;
    }

    /** The value as it was written, with its origin; empty when it is not set and has no default. */
    public Optional<Value> value(Setting<?> setting) {
        return Optional.ofNullable(values.get(setting.key()));
    }

    /** The value of a setting that may be unset. */
    public <T> Optional<T> find(Setting<T> setting) {
        return value(setting).map(v -> setting.parse(v.text(), v.origin().describe()));
    }

    /**
     * The value of a setting that has a default.
     *
     * @throws java.util.NoSuchElementException for a setting without default that is not set
     */
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow();
    }
}
