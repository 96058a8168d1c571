package dev.ragd.cli;

import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ForwardingProgress;
import dev.ragd.jobs.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a command works with while it runs: its console, the global options, the merged settings. One thread. */
final class Session {

    private final Console console;
    private final Map<String, String> environment;
    private final GlobalOptions options;
    private final Services services;
    private long run;

    Session(Console console, Map<String, String> environment, GlobalOptions options, Services services) {
        this.console = console;
        this.environment = environment;
        this.options = options;
        this.services = services;
    }

    Console console() {
        return console;
    }

    Services services() {
        return services;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Settings that options of this command line give: key to value. */
    Map<String, String> optionsGiven() {
        Map<String, String> given = new LinkedHashMap<>();
        options.settingOptions().forEach((key, option) -> given.put(key, option.getValue()));
        return given;
    }

    /** The same with other options, on the same home unless they name one, and without settings in the environment. */
    Session unattended(GlobalOptions others) {
        if (others.home == null) {
            others.home = home().root();
        }
        return new Session(console, Map.of(), others, services);
    }

    boolean json() {
        return options.json;
    }

    boolean quiet() {
        return options.quiet;
    }

    Home home() {
        return Home.find(options.home, environment, Path.of(System.getProperty("user.home")));
    }

    /**
     * The home, for a command that asks no service which would look at its format.
     *
     * @throws dev.ragd.jobs.JobException when a newer ragd made it
     */
    Home knownHome() {
        Home home = home();
        services.refuseNewer(home);
        return home;
    }

    ConfigFile configFile() {
        return ConfigFile.read(home().configFile());
    }

    /** The settings as they are, with their problems. */
    Settings unchecked() {
        return Settings.resolve(configFile(), environment, options.settingOptions());
    }

    /**
     * The settings to work with; warns of variables that are mistyped.
     *
     * @throws dev.ragd.config.ConfigException when anything is wrong
     */
    Settings settings() {
        return settings(Map.of());
    }

    /**
     * The same with options that only one command has.
     *
     * @param more by key: the option's name and its value
     */
    Settings settings(Map<String, Map.Entry<String, String>> more) {
        Map<String, Map.Entry<String, String>> all = new LinkedHashMap<>(options.settingOptions());
        all.putAll(more);
        Settings settings = Settings.resolve(configFile(), environment, all).orThrow();
        settings.warnings().forEach(warning -> warn(warning.toString()));
        return settings;
    }

    /** Prints a line of the result for people; with {@code --json} nothing. */
    void say(String line) {
        if (!json()) {
            console.out().println(line);
        }
    }

    /** Prints a line that is worth knowing but no result; with {@code --quiet} nothing. */
    void remark(String line) {
        if (!quiet()) {
            console.err().println(PlainText.of(line));
        }
    }

    /** Prints a warning. */
    void warn(String line) {
        console.err().println("ragd: warning: " + PlainText.of(line));
    }

    /** Prints the result for programs, with the number of the run that gave it. */
    void json(Map<String, ? extends @Nullable Object> object) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(object);
        if (run > 0) {
            all.put("run", run);
        }
        Json.write(console.out(), all);
    }

    /** Hears the run's number. */
    private final class Followed extends ForwardingProgress {
        Followed(Progress shown) {
            super(shown);
        }

        @Override
        public void started(long number) {
            run = number;
            super.started(number);
        }
    }

    /** How a long run shows that it is alive. */
    private Progress progress() {
        if (quiet()) {
            return Progress.NONE;
        }
        return console.errTerminal()
                ? new BarProgress(console.err(), console.columns())
                : new LineProgress(console.err(), System::nanoTime);
    }

    /** Runs something long and shows how far it is. */
    <T> T follow(Function<Progress, T> work) {
        Progress progress = progress();
        try {
            return work.apply(new Followed(progress));
        } finally {
            if (progress instanceof BarProgress bar) {
                bar.close();
            }
        }
    }
}
