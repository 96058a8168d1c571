package dev.ragd.cli;

import dev.ragd.jobs.ExitCode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Start reading here, then at the command of interest.
 *
 * <p>A command class loads only when the arguments name it: describing all commands to picocli costs more than most
 * commands do.
 */
public final class RagdCli {

    private static final String BACKEND = "backend";
    private static final String SCHEDULE = "schedule";

    private static final Map<String, Function<Session, Object>> COMMANDS = commands();

    private static final String[] FOOTER = {
        "",
        "Exit codes:",
        "    0  done                         5  refused, to protect data",
        "    1  failed                      75  another run owns this home",
        "    2  usage or configuration     130  stopped by Ctrl-C; the same command resumes",
        "    3  done, but something was    143  stopped by SIGTERM; the same command resumes",
        "       quarantined or rejected",
        "    4  verification failed",
        "",
        "Examples:",
        "  ragd index ~/Documents",
        "  ragd search how do I restart a stopped run",
        "  ragd migrate --from chromadb --to chromadb --to-collection archive",
        "  ragd audit",
        "  ragd schedule index ~/Documents",
        "  ragd config list"
    };

    private final Console console;
    private final Map<String, String> environment;
    private final Services services;

    /** @param environment the process's environment variables */
    public RagdCli(Console console, Map<String, String> environment, Services services) {
        this.console = console;
        this.environment = environment;
        this.services = services;
    }

    private static Map<String, Function<Session, Object>> commands() {
        Map<String, Function<Session, Object>> commands = new LinkedHashMap<>();
        commands.put("index", IndexCommand::new);
        commands.put("search", SearchCommand::new);
        commands.put("migrate", MigrateCommand::new);
        commands.put("verify", VerifyCommand::new);
        commands.put("audit", AuditCommand::new);
        commands.put("repair", RepairCommand::new);
        commands.put("collections", CollectionsCommand::new);
        commands.put("jobs", JobsCommand::new);
        commands.put(BACKEND, BackendCommand::new);
        commands.put("config", ConfigCommand::new);
        commands.put(SCHEDULE, ScheduleCommand::new);
        return Collections.unmodifiableMap(commands);
    }

    /** The whole command line with every command, for what is made from it: the manual, and completion in shells. */
    public CommandLine model() {
        GlobalOptions options = new GlobalOptions();
        Session session = new Session(console, environment, options, services);
        CommandLine line = parser(session, options, List.copyOf(COMMANDS.keySet()));
        line.getCommandSpec().usageMessage().footer(FOOTER);
        return line;
    }

    /**
     * Runs one command.
     *
     * @return the exit code, see {@link ExitCode}
     */
    public int run(String... args) {
        Answer answer = Answer.wantedBy(Arrays.asList(args));
        try {
            return execute(answer, args);
        } catch (Error e) {
            return report(e, answer);
        }
    }

    /** How a failure is told. Taken from the bare arguments, for those that cannot be parsed are answered so too. */
    private record Answer(boolean json, boolean trace) {
        static Answer wantedBy(List<String> args) {
            return new Answer(args.contains("--json"), args.contains("--verbose") || args.contains("-v"));
        }
    }

    private int execute(Answer answer, String... args) {
        GlobalOptions options = new GlobalOptions();
        CommandLine line = parser(new Session(console, environment, options, services), options, named(args));
        line.getCommandSpec().usageMessage().footer(FOOTER);
        line.setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setColorScheme(Help.defaultColorScheme(console.outTerminal() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setParameterExceptionHandler((e, a) -> reportUsage(e, answer))
                .setExecutionExceptionHandler((e, command, parsed) -> report(e, answer));
        return line.execute(args);
    }

    private static CommandLine parser(Session session, GlobalOptions options, List<String> names) {
        CommandLine line = new CommandLine(options);
        COMMANDS.forEach((name, command) -> {
            if (names.contains(name)) {
                line.addSubcommand(name, command.apply(session));
            }
        });
        line.setOverwrittenOptionsAllowed(true)
                .setAllowSubcommandsAsOptionParameters(true)
                .setCaseInsensitiveEnumValuesAllowed(true);
        CommandLine backend = line.getSubcommands().get(BACKEND);
        if (backend != null) {
            backend.addSubcommand(new ProfileCommand(session));
            backend.addSubcommand(new RecommendCommand(session));
        }
        CommandLine schedule = line.getSubcommands().get(SCHEDULE);
        if (schedule != null) { // what follows its command belongs to that
            schedule.setStopAtPositional(true);
        }
        return line;
    }

    /**
     * Reads a command without running it.
     *
     * @param session of the command that asks
     * @param words the command, its name first
     * @return what it would work with where the environment holds no settings, on the home of {@code session} unless it names
     *     another
     * @throws ParameterException when it could not be run
     */
    static Session unattended(Session session, List<String> words) {
        GlobalOptions options = new GlobalOptions();
        CommandLine line = parser(session, options, words.subList(0, 1));
        ParseResult read = line.parseArgs(words.toArray(String[]::new));
        while (read.hasSubcommand()) {
            read = read.subcommand();
        }
        if (read.isUsageHelpRequested() || read.isVersionHelpRequested()) {
            throw new ParameterException(
                    read.commandSpec().commandLine(), "'ragd " + String.join(" ", words) + "' only shows something");
        }
        if (read.commandSpec().userObject() instanceof ParentCommand parent) {
            parent.run(); // says what is missing
        }
        Session unattended = session.unattended(options);
        if (read.commandSpec().userObject() instanceof Unattended command) {
            command.check(unattended);
        }
        return unattended;
    }

    /** The commands whose names occur among the arguments; all of them when none does or when help is wanted. */
    private static List<String> named(String... args) {
        List<String> given = Arrays.asList(args);
        List<String> names = new ArrayList<>(COMMANDS.keySet());
        if (!given.contains("--help") && !given.contains("-h") && given.stream().anyMatch(COMMANDS::containsKey)) {
            names.retainAll(given);
        }
        return names;
    }

    private int reportUsage(ParameterException e, Answer answer) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        int code = report(e, answer);
        List<String> guesses =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        if (!guesses.isEmpty()) {
            console.err().println("Did you mean: " + String.join(" or ", guesses) + "?");
        }
        console.err().println("'" + name + " --help' shows what there is.");
        return code;
    }

    private int report(Throwable thrown, Answer answer) {
        Failure failure = Failure.of(thrown);
        failure.message().lines().forEach(line -> console.err().println("ragd: " + PlainText.line(line)));
        if (answer.trace) {
            thrown.printStackTrace(console.err());
        }
        if (answer.json) {
            Json.write(console.out(), failure.toJson());
        }
        return failure.code().code();
    }
}
