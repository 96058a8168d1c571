package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.ConfigEdit;
import dev.ragd.config.ConfigException;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Origin;
import dev.ragd.config.Problem;
import dev.ragd.config.Setting;
import dev.ragd.config.Settings;
import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ragd config ...}: shows and changes settings. */
@Command(
        name = "config",
        header = "Shows and changes settings.",
        description = {
            "",
            "A setting is given as an option (--set KEY=VALUE works for all), an environment variable, or in config.yml;"
                    + " the first of these that has it wins."
        },
        footer = {
            "",
            "Examples:",
            "  ragd config list",
            "  ragd config set storage.chromadb.url http://localhost:8000",
            "  ragd config set embed.api_key -     (reads the value from stdin)",
            "  ragd config get embed.model"
        })
final class ConfigCommand extends ParentCommand {

    private final Session session;

    ConfigCommand(Session session) {
        this.session = session;
    }

    @Command(name = "get", header = "Shows the value of a setting and where it comes from.")
    int get(@Parameters(paramLabel = "KEY", description = "For example storage.backend.") String key) {
        Setting<?> setting = Catalogue.require(key, "command line");
        Settings settings = session.unchecked();
        mentionProblems(settings);
        Optional<Settings.Value> value = settings.value(setting);
        if (session.json()) {
            session.json(toJson(setting, value));
        } else {
            session.say(value.map(v -> PlainText.of(setting.shown(v.text()))).orElse("(not set)"));
            String origin = value.map(v -> v.origin().describe()).orElse("no default");
            session.remark("(" + origin + ")");
        }
        return ExitCode.DONE.code();
    }

    @Command(name = "set", header = "Writes a setting into config.yml; comments in the file stay.")
    int set(
            @Parameters(index = "0", paramLabel = "KEY", description = "For example storage.backend.") String key,
            @Parameters(index = "1", paramLabel = "VALUE", description = "The value; - reads it from stdin.")
                    String given) {
        Setting<?> setting = Catalogue.require(key, "command line");
        String value = given.equals("-") ? readLine() : given;
        if (value.isBlank()) {
            throw new ConfigException(new Problem(
                    "command line", key, "the value is empty; 'ragd config unset " + key + "' takes a setting out"));
        }
        setting.parse(value, "command line");
        session.knownHome();
        ConfigFile file = session.configFile();
        change(file, new ConfigEdit(file).set(key, value));
        return changed(setting, setting.shown(value), "set", file);
    }

    @Command(name = "unset", header = "Takes a setting out of config.yml, known or not.")
    int unset(@Parameters(paramLabel = "KEY", description = "For example storage.backend.") String key) {
        session.knownHome();
        ConfigFile file = session.configFile();
        if (!file.entries().containsKey(key)) {
            Catalogue.require(key, "command line");
            session.remark(key + " is not in " + file.path() + "; nothing to do");
        } else {
            change(file, new ConfigEdit(file).unset(key));
        }
        Optional<Setting<?>> setting = Catalogue.find(key);
        return setting.isPresent() ? changed(setting.get(), null, "unset", file) : answerUnset(key, file);
    }

    @Command(name = "list", header = "Shows all settings: value, origin, default.")
    int list(
            @Option(names = "--describe", description = "With what they mean, take, and how they are set elsewhere.")
                    boolean describe) {
        Settings settings = session.unchecked();
        mentionProblems(settings);
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("file", session.home().configFile().toString());
            json.put(
                    "settings",
                    Catalogue.all().stream()
                            .map(s -> toJson(s, settings.value(s)))
                            .toList());
            session.json(json);
        } else if (describe) {
            Catalogue.all().forEach(s -> describe(s, settings.value(s)));
        } else {
            Table table = new Table("SETTING", "VALUE", "ORIGIN", "DEFAULT");
            Catalogue.all().forEach(s -> table.row(s.key(), shown(s, settings), origin(s, settings), fallback(s)));
            int columns = session.console().outTerminal() ? session.console().columns() : 0;
            table.lines(columns).forEach(session::say);
        }
        return ExitCode.DONE.code();
    }

    @Command(name = "validate", header = "Checks the whole configuration and shows all problems at once.")
    int validate() {
        Settings settings = session.unchecked();
        List<Problem> problems = settings.problems();
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("valid", problems.isEmpty());
            json.put("file", session.home().configFile().toString());
            json.put("problems", problems.stream().map(Failure::toJson).toList());
            json.put(
                    "warnings",
                    settings.warnings().stream().map(Failure::toJson).toList());
            session.json(json);
        }
        settings.warnings().forEach(w -> session.warn(w.toString()));
        problems.forEach(p -> session.console().err().println(PlainText.of(p.toString())));
        if (problems.isEmpty()) {
            session.say("The configuration is valid (" + where() + ").");
        } else {
            session.remark(problems.size() == 1 ? "1 problem." : problems.size() + " problems.");
        }
        return (problems.isEmpty() ? ExitCode.DONE : ExitCode.USAGE).code();
    }

    @Command(name = "path", header = "Shows where config.yml is.")
    int path() {
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("home", session.home().root().toString());
            json.put("file", session.home().configFile().toString());
            json.put("exists", Files.exists(session.home().configFile()));
            session.json(json);
        } else {
            session.say(session.home().configFile().toString());
        }
        return ExitCode.DONE.code();
    }

    private String where() {
        return Files.exists(session.home().configFile())
                ? session.home().configFile().toString()
                : "there is no " + session.home().configFile();
    }

    private String readLine() {
        try {
            String line = new BufferedReader(
                            new InputStreamReader(session.console().in(), StandardCharsets.UTF_8))
                    .readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new UncheckedIOException("stdin cannot be read", e);
        }
    }

    private static void change(ConfigFile file, String text) {
        try {
            AtomicFile.write(file.path(), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(file.path() + " cannot be written; it is as it was", e);
        }
    }

    /** Says what was written and, because it is easily missed, when something else wins over it. */
    private int changed(Setting<?> setting, @Nullable String written, String verb, ConfigFile file) {
        Settings settings = session.unchecked();
        Optional<Settings.Value> now = settings.value(setting);
        if (session.json()) {
            Map<String, @Nullable Object> json = toJson(setting, now);
            json.put("file", file.path().toString());
            session.json(json);
        } else if (!session.quiet()) {
            session.say(verb + " " + setting.key() + (written == null ? "" : " = " + written) + " in " + file.path());
        }
        if (now.isPresent()
                && !(now.get().origin() instanceof Origin.File || now.get().origin() instanceof Origin.Default)) {
            session.warn(now.get().origin().describe() + " wins: " + setting.key() + " is "
                    + setting.shown(now.get().text()));
        }
        mentionProblems(settings);
        return ExitCode.DONE.code();
    }

    private int answerUnset(String key, ConfigFile file) {
        if (session.json()) {
            session.json(Map.of("key", key, "file", file.path().toString()));
        } else if (!session.quiet()) {
            session.say("unset " + key + " in " + file.path());
        }
        return ExitCode.DONE.code();
    }

    private void mentionProblems(Settings settings) {
        settings.warnings().forEach(w -> session.warn(w.toString()));
        settings.problems().forEach(p -> session.warn(p.toString()));
    }

    private void describe(Setting<?> setting, Optional<Settings.Value> value) {
        session.say(setting.key() + " = "
                + value.map(v -> PlainText.of(setting.shown(v.text()))).orElse("(not set)")
                + value.map(v -> "  (" + v.origin().describe() + ")").orElse(""));
        session.say("    " + setting.description() + ".");
        session.say("    Takes " + setting.type().expected() + "; default: " + fallback(setting) + ".");
        session.say("    " + setting.environmentVariable() + ", "
                + (setting.option() == null ? "" : setting.option() + ", ") + "--set " + setting.key() + "=...");
    }

    private static String shown(Setting<?> setting, Settings settings) {
        return settings.value(setting).map(v -> setting.shown(v.text())).orElse("-");
    }

    private static String origin(Setting<?> setting, Settings settings) {
        return settings.value(setting)
                .map(v -> v.origin() instanceof Origin.File f
                        ? f.file().getFileName() + " line " + f.line()
                        : v.origin() instanceof Origin.Environment e
                                ? e.variable()
                                : v.origin().describe())
                .orElse("-");
    }

    private static String fallback(Setting<?> setting) {
        return setting.fallback() == null ? "-" : setting.fallback();
    }

    private static Map<String, @Nullable Object> toJson(Setting<?> setting, Optional<Settings.Value> value) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("key", setting.key());
        json.put("value", value.map(v -> setting.shown(v.text())).orElse(null));
        json.put("origin", value.map(v -> v.origin().describe()).orElse(null));
        json.put("default", setting.fallback());
        json.put("type", setting.type().name());
        json.put("allowed", setting.type().allowed());
        json.put("secret", setting.secret());
        json.put("environment", setting.environmentVariable());
        json.put("option", setting.option() == null ? "--set" : setting.option());
        json.put("description", setting.description());
        return json;
    }
}
