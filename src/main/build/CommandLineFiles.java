import dev.ragd.app.Application;
import dev.ragd.app.SpringJobs;
import dev.ragd.app.Termination;
import dev.ragd.cli.Console;
import dev.ragd.cli.RagdCli;
import dev.ragd.config.Catalogue;
import dev.ragd.config.Setting;
import dev.ragd.jobs.runs.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Run by the build with the program on the class path: writes what a system keeps about a program's command line, from the
 * very model that parses it.
 *
 * <pre>
 * CommandLineFiles FOLDER VERSION DATE
 *     FOLDER/man/man1/*.1                         a page for the program and for each command
 *     FOLDER/bash-completion/completions/ragd     loaded by bash-completion at the first use
 *     FOLDER/zsh/site-functions/_ragd             found by zsh's compinit
 * </pre>
 */
final class CommandLineFiles {

    private static final String PROGRAM = "ragd";

    private CommandLineFiles() {}

    public static void main(String[] args) throws IOException {
        Application application = new Application(new SpringJobs(new Termination(), Command.here()));
        CommandLine line = new RagdCli(Console.system(), Map.of(), application).model();
        Path folder = Path.of(args[0]);
        Values values = new Values(
                application.storeKinds().stream()
                        .map(kind -> kind.located() ? kind.name() + ":" : kind.name())
                        .collect(Collectors.toList()));
        Manual manual = new Manual(args[1], args[2].substring(0, 10));
        write(folder.resolve("man/man1/" + PROGRAM + ".1"), manual.page(line.getCommandSpec()));
        for (CommandLine command : line.getSubcommands().values()) {
            write(
                    folder.resolve("man/man1/" + PROGRAM + "-" + command.getCommandName() + ".1"),
                    manual.page(command.getCommandSpec()));
        }
        write(folder.resolve("bash-completion/completions/" + PROGRAM), new Bash(values).script(line.getCommandSpec()));
        write(folder.resolve("zsh/site-functions/_" + PROGRAM), new Zsh(values).script(line.getCommandSpec()));
        System.exit(0); // the program's own threads have nothing to do here
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static List<OptionSpec> shown(CommandSpec command) {
        return command.options().stream().filter(o -> !o.hidden()).collect(Collectors.toList());
    }

    private static Collection<CommandLine> subcommands(CommandSpec command) {
        return command.subcommands().values();
    }

    private static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    private static String header(CommandSpec command) {
        return String.join(" ", command.usageMessage().header());
    }

    private static String description(ArgSpec argument) {
        return String.join(" ", argument.description()).replace("%n", " ").replace("%%", "%");
    }

    /** What may stand for an argument. */
    private static final class Values {

        /** Completed by the shell. */
        static final List<String> FILES = List.of("<files>");

        static final List<String> FOLDERS = List.of("<folders>");

        private final List<String> ends;

        Values(List<String> ends) {
            this.ends = ends;
        }

        /** The words, or one of the constants, or nothing where anything may stand. */
        List<String> of(ArgSpec argument) {
            Class<?> type = argument.typeInfo().isMultiValue()
                    ? argument.auxiliaryTypes()[0]
                    : argument.type();
            String label = argument.paramLabel();
            if (type.isEnum()) {
                return Arrays.stream(type.getEnumConstants())
                        .map(c -> c.toString().toLowerCase())
                        .collect(Collectors.toList());
            }
            if (type == Path.class) {
                return label.equals("DIR") ? FOLDERS : FILES;
            }
            switch (label) {
                case "STORE":
                    return argument.isOption() ? ends : Catalogue.BACKEND.type().allowed();
                case "COMMAND":
                    List<String> commands = new ArrayList<>();
                    argument.completionCandidates().forEach(commands::add);
                    return commands;
                case "KEY":
                    return keys("");
                case "KEY=VALUE":
                    return keys("=");
                default:
                    return argument instanceof OptionSpec && ((OptionSpec) argument).longestName().equals("--backend")
                            ? Catalogue.BACKEND.type().allowed()
                            : List.of();
            }
        }

        private static List<String> keys(String end) {
            return Catalogue.all().stream().map(Setting::key).map(k -> k + end).collect(Collectors.toList());
        }
    }

    // --- manual ---

    /** Pages in roff, with the macros of man(7). */
    private static final class Manual {

        private static final int WIDTH = 78;

        private final String version;
        private final String date;
        private final StringBuilder page = new StringBuilder();

        Manual(String version, String date) {
            this.version = version;
            this.date = date;
        }

        String page(CommandSpec command) {
            page.setLength(0);
            boolean program = command.parent() == null;
            String name = command.qualifiedName("-");
            page.append(".\\\" Made by the build from the command line itself.\n.TH ")
                    .append(name.toUpperCase().replace("-", "\\-"))
                    .append(" 1 \"" + date + "\" \"ragd " + version + "\" \"ragd\"\n");
            section("NAME");
            line(roff(name) + " \\- " + roff(decapitalized(header(command))));
            section("SYNOPSIS");
            synopsis(command);
            section("DESCRIPTION");
            line(roff(header(command)));
            for (String line : command.usageMessage().description()) {
                if (!line.isBlank()) {
                    page.append(".PP\n");
                    line(roff(line));
                }
            }
            if (!program) {
                page.append(".PP\nThe options that all commands have are described in\n.BR ragd (1).\n");
            }
            arguments(command, program);
            commands(command, program);
            if (program) {
                places();
            }
            footer(command.usageMessage().footer());
            seeAlso(command, program);
            return page.toString();
        }

        private void synopsis(CommandSpec command) {
            page.append(".B ").append(roff(command.qualifiedName())).append('\n');
            line("[\\fIOPTION\\fR]...");
            if (!command.subcommands().isEmpty()) {
                line("\\fICOMMAND\\fR");
            }
            for (PositionalParamSpec parameter : command.positionalParameters()) {
                line(label(parameter));
            }
        }

        private static String label(PositionalParamSpec parameter) {
            String label = "\\fI" + roff(parameter.paramLabel()) + "\\fR" + (parameter.arity().isVariable() ? "..." : "");
            return parameter.arity().min() == 0 ? "[" + label + "]" : label;
        }

        private void arguments(CommandSpec command, boolean program) {
            List<OptionSpec> options = shown(command).stream()
                    .filter(o -> program || !o.inherited() && !isStandard(o))
                    .collect(Collectors.toList());
            if (options.isEmpty() && command.positionalParameters().isEmpty()) {
                return;
            }
            section("OPTIONS");
            details(options, command.positionalParameters());
        }

        private static boolean isStandard(OptionSpec option) {
            return option.usageHelp() || option.versionHelp();
        }

        private void details(List<OptionSpec> options, List<PositionalParamSpec> parameters) {
            for (PositionalParamSpec parameter : parameters) {
                item(label(parameter), description(parameter));
            }
            for (OptionSpec option : options) {
                String value = takesValue(option) ? "=\\fI" + roff(option.paramLabel()) + "\\fR" : "";
                item(
                        Stream.of(option.names())
                                .map(n -> "\\fB" + roff(n) + "\\fR")
                                .collect(Collectors.joining(", "))
                                + value,
                        description(option));
            }
        }

        private void commands(CommandSpec command, boolean program) {
            if (command.subcommands().isEmpty()) {
                return;
            }
            section("COMMANDS");
            for (CommandLine sub : subcommands(command)) {
                CommandSpec spec = sub.getCommandSpec();
                if (program) {
                    item("\\fBragd\\-" + roff(spec.name()) + "\\fR(1)", header(spec));
                    continue;
                }
                page.append(".SS ").append(roff(spec.qualifiedName())).append('\n');
                line(roff(header(spec)));
                details(
                        shown(spec).stream()
                                .filter(o -> !o.inherited() && !isStandard(o))
                                .collect(Collectors.toList()),
                        spec.positionalParameters());
            }
        }

        private void places() {
            section("ENVIRONMENT");
            item("\\fBRAGD_HOME\\fR", "The home, unless --home names another one.");
            item("\\fBRAGD_\\fISETTING\\fR", "A setting, for example RAGD_STORAGE_BACKEND for storage.backend.");
            item("\\fBJAVA_HOME\\fR", "The Java to run with, 17 or newer; otherwise the first one on the path.");
            item("\\fBRAGD_JAVA_OPTS\\fR", "More options for Java; they win over ragd's own.");
            item("\\fBXDG_CACHE_HOME\\fR", "Where an installed ragd keeps the class archives that speed up its start.");
            section("FILES");
            item("\\fI~/.ragd/config.yml\\fR", "Settings; 'ragd config list' shows what there is.");
            item("\\fI~/.ragd/data\\fR", "Collections of local stores.");
            item("\\fI~/.ragd/jobs\\fR", "The job repository, and what was indexed.");
            item("\\fI~/.cache/ragd\\fR", "Class archives; may be deleted at any time.");
        }

        /** A line that ends with a colon begins a section; what follows is shown as it is. */
        private void footer(String[] lines) {
            boolean open = false;
            for (String line : lines) {
                if (line.matches("[A-Z].*:")) {
                    page.append(open ? ".fi\n" : "");
                    String title = line.substring(0, line.length() - 1).toUpperCase();
                    section(title.equals("EXIT CODES") ? "EXIT STATUS" : title);
                    page.append(".nf\n");
                    open = true;
                } else if (open && !line.isEmpty()) {
                    raw(roff(line));
                }
            }
            page.append(open ? ".fi\n" : "");
        }

        private void seeAlso(CommandSpec command, boolean program) {
            section("SEE ALSO");
            List<String> names = new ArrayList<>();
            if (!program) {
                names.add(".BR ragd (1)");
            }
            CommandSpec root = command.root();
            subcommands(root).stream()
                    .filter(sub -> sub.getCommandSpec() != command)
                    .forEach(sub -> names.add(".BR ragd\\-" + roff(sub.getCommandName()) + " (1)"));
            page.append(String.join(",\n", names)).append('\n');
        }

        private void section(String title) {
            page.append(".SH ").append(roff(title)).append('\n');
        }

        private void item(String term, String text) {
            page.append(".TP\n").append(term).append('\n');
            line(roff(text));
        }

        /** Text, in lines of less than 80 characters; one that begins like a request is kept from being one. */
        private void line(String text) {
            String left = text;
            while (left.length() > WIDTH) {
                int end = left.lastIndexOf(' ', WIDTH);
                if (end <= 0 || left.substring(0, end).isBlank()) {
                    break;
                }
                raw(left.substring(0, end));
                left = left.substring(end + 1);
            }
            raw(left);
        }

        private void raw(String line) {
            page.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "").append(line).append('\n');
        }

        private static String roff(String text) {
            return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("~", "\\(ti");
        }

        private static String decapitalized(String text) {
            String trimmed = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
            return trimmed.substring(0, 1).toLowerCase() + trimmed.substring(1);
        }
    }

    // --- bash ---

    /** One function over three tables: what an option's value may be, and what options and words a command has. */
    private static final class Bash {

        private final Values values;
        private final Map<String, List<String>> ofOption = new TreeMap<>();
        /** Of options that mean something else in one command: its path and the option. */
        private final Map<String, List<String>> special = new LinkedHashMap<>();
        private final Map<String, Collection<String>> words = new LinkedHashMap<>();
        private final Map<String, Collection<String>> options = new LinkedHashMap<>();
        /** A command, and a command of the program that is an argument of it: its own options follow. */
        private final Set<String> nested = new LinkedHashSet<>();
        private final Set<String> common = new LinkedHashSet<>();

        Bash(Values values) {
            this.values = values;
        }

        String script(CommandSpec program) {
            shown(program).forEach(o -> common.addAll(List.of(o.names())));
            collect(program);
            options.values().forEach(names -> names.removeAll(common));
            return String.join(
                    "\n",
                    "# Completion of ragd in bash. Made by the build from the command line itself.",
                    "_ragd() {",
                    "  local cur=${COMP_WORDS[COMP_CWORD]} path=ragd option= expected= word i",
                    "  for ((i = 1; i < COMP_CWORD; i++)); do",
                    "    word=${COMP_WORDS[i]}",
                    "    if [[ $word == '=' ]]; then continue; fi",
                    "    if [[ -n $expected ]]; then expected=; continue; fi",
                    "    case $word in",
                    "      " + String.join(" | ", ofOption.keySet()) + ") expected=$word ;;",
                    "      -*) ;;",
                    "      *) case \"$path $word\" in",
                    "           " + quoted(words.keySet().stream().skip(1)) + ") path=\"$path $word\" ;;",
                    "           " + quoted(nested.stream()) + ") path=\"ragd $word\" ;;",
                    "         esac ;;",
                    "    esac",
                    "  done",
                    "  option=$expected",
                    "  if [[ $cur == '=' ]]; then cur=; fi",
                    "  COMPREPLY=()",
                    "  local IFS=$' \\t\\n' choices=",
                    "  local common='" + String.join(" ", common) + "'",
                    "  if [[ -n $option ]]; then",
                    "    case \"$path $option\" in",
                    table(special, ""),
                    table(ofOption, "* "),
                    "    esac",
                    "  elif [[ $cur == -* ]]; then",
                    "    case $path in",
                    table(options, ""),
                    "    esac",
                    "    choices=\"$choices $common\"",
                    "  else",
                    "    case $path in",
                    table(words, ""),
                    "    esac",
                    "  fi",
                    "  case $choices in",
                    "    '" + Values.FOLDERS.get(0) + "') compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;",
                    "    '" + Values.FILES.get(0) + "') ;; # as bash does by itself",
                    "    *) COMPREPLY=($(compgen -W \"$choices\" -- \"$cur\")) ;;",
                    "  esac",
                    "  if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:=] ]]; then compopt -o nospace 2>/dev/null; fi",
                    "}",
                    "complete -o bashdefault -o default -F _ragd ragd",
                    "");
        }

        private void collect(CommandSpec command) {
            String path = command.qualifiedName();
            Set<String> after = new LinkedHashSet<>(command.subcommands().keySet());
            command.positionalParameters().stream().limit(1).forEach(p -> {
                after.addAll(values.of(p));
                if (p.paramLabel().equals("COMMAND")) {
                    values.of(p).forEach(other -> nested.add(path + " " + other));
                }
            });
            words.put(path, after);
            Set<String> names = new LinkedHashSet<>();
            for (OptionSpec option : shown(command)) {
                names.addAll(List.of(option.names()));
                if (takesValue(option)) {
                    for (String name : option.names()) {
                        List<String> before = ofOption.putIfAbsent(name, values.of(option));
                        if (before != null && !before.equals(values.of(option))) {
                            special.put(path + " " + name, values.of(option));
                        }
                    }
                }
            }
            options.put(path, names);
            subcommands(command).forEach(sub -> collect(sub.getCommandSpec()));
        }

        /** @param before what the pattern begins with, such as {@code "* "} for any command */
        private static String table(Map<String, ? extends Collection<String>> entries, String before) {
            String any = before.replace(" ", "' '");
            return entries.entrySet().stream()
                    .filter(e -> !e.getValue().isEmpty() || before.isEmpty())
                    .map(e -> "      " + any + "'" + e.getKey() + "') choices='" + String.join(" ", e.getValue()) + "' ;;")
                    .collect(Collectors.joining("\n"));
        }

        private static String quoted(Stream<String> paths) {
            return paths.map(p -> "'" + p + "'").collect(Collectors.joining(" | "));
        }
    }

    // --- zsh ---

    /** A function for each command, which calls those of its own commands. */
    private static final class Zsh {

        private final Values values;
        private final StringBuilder script = new StringBuilder();

        Zsh(Values values) {
            this.values = values;
        }

        String script(CommandSpec program) {
            script.append("#compdef ragd\n# Completion of ragd in zsh. Made by the build from the command line itself.\n");
            function(program);
            return script.append("_ragd \"$@\"\n").toString();
        }

        private void function(CommandSpec command) {
            subcommands(command).forEach(sub -> function(sub.getCommandSpec()));
            boolean parent = !command.subcommands().isEmpty();
            script.append('\n').append(name(command)).append("() {\n");
            script.append("  local curcontext=$curcontext state line\n");
            script.append("  _arguments -s -S").append(parent ? " -C" : "");
            shown(command).forEach(this::option);
            if (parent) {
                script.append(" \\\n    '1:command:->command' '*::argument:->argument'\n");
                dispatch(command);
            } else {
                for (PositionalParamSpec parameter : command.positionalParameters()) {
                    if (parameter.paramLabel().equals("COMMAND")) {
                        script.append(" \\\n    '1:COMMAND").append(action(parameter)).append("' '*:argument:_default'");
                        continue;
                    }
                    script.append(" \\\n    '")
                            .append(parameter.arity().isVariable() ? "*" : parameter.index().min() + 1)
                            .append(':')
                            .append(escaped(parameter.paramLabel()))
                            .append(action(parameter))
                            .append('\'');
                }
                script.append('\n');
            }
            script.append("}\n");
        }

        private void dispatch(CommandSpec command) {
            script.append("  case $state in\n    command)\n      local -a commands=(\n");
            for (CommandLine sub : subcommands(command)) {
                script.append("        '" + sub.getCommandName() + ":" + quoted(header(sub.getCommandSpec())) + "'\n");
            }
            script.append("      )\n      _describe command commands ;;\n    argument)\n      case $line[1] in\n");
            for (CommandLine sub : subcommands(command)) {
                script.append("        " + sub.getCommandName() + ") " + name(sub.getCommandSpec()) + " ;;\n");
            }
            script.append("      esac ;;\n  esac\n");
        }

        private void option(OptionSpec option) {
            String all = String.join(" ", option.names());
            String many = option.typeInfo().isMultiValue() ? "*" : "(" + all + ")";
            for (String name : option.names()) {
                String value = takesValue(option)
                        ? ":" + escaped(option.paramLabel()) + action(option)
                        : "";
                String sign = !takesValue(option) ? "" : name.startsWith("--") ? "=" : "+";
                script.append(" \\\n    '" + many + name + sign + "[" + escaped(description(option)) + "]" + value + "'");
            }
        }

        private String action(ArgSpec argument) {
            List<String> words = values.of(argument);
            if (words == Values.FILES) {
                return ":_files";
            }
            if (words == Values.FOLDERS) {
                return ":_files -/";
            }
            return words.isEmpty() ? ": " : ":(" + words.stream().map(Zsh::escaped).collect(Collectors.joining(" ")) + ")";
        }

        private static String name(CommandSpec command) {
            return "_" + command.qualifiedName("_");
        }

        private static String escaped(String text) {
            return quoted(text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:"));
        }

        private static String quoted(String text) {
            return text.replace("'", "'\\''");
        }
    }
}
