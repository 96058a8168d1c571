package dev.ragd.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program itself and the options that stand before or after any command. */
@Command(
        name = "ragd",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        header = "Indexes documents into a vector store, on this machine, and finds them again.",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nParameters:%n",
        commandListHeading = "%nCommands:%n",
        usageHelpAutoWidth = true,
        sortOptions = false)
final class GlobalOptions implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Where configuration and data are (RAGD_HOME; default: ~/.ragd).",
            scope = ScopeType.INHERIT)
    @Nullable
    Path home;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "The store (storage.backend, RAGD_STORAGE_BACKEND).",
            scope = ScopeType.INHERIT)
    @Nullable
    String backend;

    @Option(
            names = "--collection",
            paramLabel = "NAME",
            description = "The collection (index.collection, RAGD_INDEX_COLLECTION).",
            scope = ScopeType.INHERIT)
    @Nullable
    String collection;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting, for this command only; 'ragd config list' shows them all.",
            scope = ScopeType.INHERIT)
    Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--json",
            description = "One JSON object on stdout, everything else on stderr.",
            scope = ScopeType.INHERIT)
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only results, warnings and errors.",
            scope = ScopeType.INHERIT)
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Errors with their stack trace.",
            scope = ScopeType.INHERIT)
    boolean verbose;

    /** The settings given as options: key to the option's name and value. */
    Map<String, Map.Entry<String, String>> settingOptions() {
        Map<String, Map.Entry<String, String>> options = new LinkedHashMap<>();
        settings.forEach((key, value) -> options.put(key, Map.entry("--set", value)));
        if (backend != null) {
            options.put("storage.backend", Map.entry("--backend", backend));
        }
        if (collection != null) {
            options.put("index.collection", Map.entry("--collection", collection));
        }
        return options;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
