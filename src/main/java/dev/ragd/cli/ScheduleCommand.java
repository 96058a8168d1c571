package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.ops.schedule.CronExpression;
import dev.ragd.ops.schedule.CrontabLine;
import dev.ragd.ops.schedule.Installation;
import dev.ragd.ops.schedule.ScheduledCommand;
import dev.ragd.ops.schedule.SystemdAnalyze;
import dev.ragd.ops.schedule.SystemdUnits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ragd schedule}: says how a command is run by cron or systemd, after checking both the times and the command. */
@Command(
        name = "schedule",
        header = "Prints what makes cron, or systemd, run a command by itself; installs nothing.",
        description = {
            "",
            "The command is checked as if it were given now, and so are the times. What is printed names this home, this"
                    + " folder, this Java, and nothing that only a terminal has. It runs through jobs/run.sh, which keeps a"
                    + " log and says only what went wrong.",
            "Options of schedule come before the command."
        },
        footer = {
            "",
            "A line for cron goes to stdout, the rest to stderr: (crontab -l; ragd schedule index ~/Documents) | crontab -",
            "",
            "Examples:",
            "  ragd schedule index ~/Documents                        (at 04:30 every night)",
            "  ragd schedule --at '*/15 8-18 * * mon-fri' index notes --exclude drafts",
            "  ragd schedule --at @weekly audit",
            "  ragd schedule --systemd --output . migrate --from chromadb --to snapshot:/backup/ragd --delta"
        })
final class ScheduleCommand implements Callable<Integer> {

    private static final List<String> COMMANDS =
            List.of("index", "migrate", "verify", "audit", "repair", "backend", "collections");

    private static final int NEXT_TIMES = 3;

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Option(
            names = "--at",
            paramLabel = "CRON",
            defaultValue = "30 4 * * *",
            description =
                    "When: minute, hour, day of month, month and day of week as cron writes them, or @hourly, @daily,"
                            + " @weekly, @monthly (default: ${DEFAULT-VALUE}).")
    String at = "";

    @Option(names = "--systemd", description = "A service and a timer instead of a crontab line.")
    boolean systemd;

    @Option(names = "--name", paramLabel = "NAME", description = "Of the units (default: ragd-COMMAND).")
    @Nullable
    String name;

    @Option(names = "--user", paramLabel = "USER", description = "Who the service runs as (default: you).")
    String user = System.getProperty("user.name");

    @Option(
            names = "--writable",
            paramLabel = "DIR",
            description =
                    "Where the service may write besides the home; a snapshot's folder is known; may be repeated.")
    List<Path> writable = new ArrayList<>();

    @Option(names = "--output", paramLabel = "DIR", description = "Write the units there instead of printing them.")
    @Nullable
    Path output;

    /** For completion in shells. */
    static final class Commands implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return COMMANDS.iterator();
        }
    }

    @Parameters(
            arity = "1..*",
            paramLabel = "COMMAND",
            completionCandidates = Commands.class,
            description = "A command of ragd with its options.")
    List<String> words = new ArrayList<>();

    ScheduleCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.knownHome();
        CronExpression when = checked(() -> CronExpression.parse(at));
        if (!systemd) {
            requireNoUnitOptions();
        }
        List<String> line = line();
        Session scheduled = RagdCli.unattended(session, line);
        Settings settings = scheduled.settings();
        Path wrapper = Installation.wrapper()
                .orElseThrow(
                        () -> wrong("jobs/run.sh is not where this program is (" + System.getProperty("java.class.path")
                                + "); use a checkout of ragd, or its unpacked archive"));
        ScheduledCommand command = checked(() -> new ScheduledCommand(
                wrapper,
                line,
                Path.of("").toAbsolutePath(),
                scheduled.home().root(),
                Installation.variables(session.environment().get("PATH"), startsServer(line, settings))));
        tellWhatIsLost();
        if (!Files.isDirectory(scheduled.home().root())) {
            session.warn(scheduled.home().root() + " does not exist yet: run the command once by hand first");
        }
        return systemd ? units(when, command) : crontab(when, command);
    }

    private void requireNoUnitOptions() {
        boolean own = spec.commandLine().getParseResult().hasMatchedOption("--user");
        if (name != null || output != null || own || !writable.isEmpty()) {
            throw wrong("--name, --user, --writable and --output are about units; with them give --systemd as well");
        }
    }

    /** The command with what was said before it. */
    private List<String> line() {
        if (!COMMANDS.contains(words.get(0))) {
            throw wrong("'" + words.get(0) + "' is not run by itself; expected one of " + String.join(", ", COMMANDS));
        }
        List<String> line = new ArrayList<>(List.of(words.get(0)));
        session.optionsGiven().forEach((key, value) -> line.add("--set=" + key + "=" + value));
        line.addAll(words.subList(1, words.size()));
        return line;
    }

    private static boolean startsServer(List<String> line, Settings settings) {
        boolean chroma = settings.get(Catalogue.BACKEND).equals("chromadb") || line.contains("chromadb");
        return chroma && settings.find(Catalogue.CHROMA_URL).isEmpty();
    }

    private void tellWhatIsLost() {
        Catalogue.all().stream()
                .filter(setting -> session.environment().containsKey(setting.environmentVariable()))
                .forEach(setting -> session.warn(setting.environmentVariable()
                        + " is set in this shell and will not be there; to keep it: ragd config set " + setting.key()
                        + " ..."));
    }

    private int crontab(CronExpression when, ScheduledCommand command) {
        String line = checked(() -> CrontabLine.of(when, command));
        if (session.json()) {
            Map<String, Object> json = common(when, command);
            json.put("crontab", line);
            session.json(json);
        } else {
            session.say(line);
            tellTimes(when);
            session.remark("to install it: crontab -e");
        }
        return ExitCode.DONE.code();
    }

    private int units(CronExpression when, ScheduledCommand command) {
        List<Path> places = Stream.concat(writable.stream(), snapshots())
                .map(p -> p.toAbsolutePath().normalize())
                .distinct()
                .toList();
        String title = name == null ? "ragd-" + words.get(0) : name;
        SystemdUnits units = checked(() -> new SystemdUnits(title, user, when, command, places));
        places.stream()
                .filter(p -> !Files.isDirectory(p))
                .forEach(p -> session.warn(p + " does not exist yet: systemd starts nothing that may write there"));
        tellOfUser();
        List<String> complaints = verify(units);
        if (session.json()) {
            Map<String, Object> json = common(when, command);
            json.put("units", units.files());
            json.put("complaints", complaints);
            session.json(json);
        } else if (output == null) {
            units.files().forEach((file, text) -> {
                session.say("# ---- /etc/systemd/system/" + file);
                text.lines().forEach(session::say);
            });
        }
        Path folder = output;
        if (folder != null) {
            units.files().forEach((file, text) -> write(folder.resolve(file), text));
        }
        tellTimes(when);
        session.remark(
                "to install it: copy both to /etc/systemd/system, then: systemctl enable --now " + title + ".timer");
        return complaints.isEmpty() ? ExitCode.DONE.code() : ExitCode.FAILED.code();
    }

    private void tellOfUser() {
        try {
            FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
        } catch (UserPrincipalNotFoundException e) {
            session.warn("there is no user '" + user + "' on this machine: systemd will not start the service");
        } catch (IOException | UnsupportedOperationException e) {
            // Not known here: systemd says so later.
        }
    }

    private List<String> verify(SystemdUnits units) {
        try {
            List<String> complaints = SystemdAnalyze.verify(units.files()).orElse(null);
            if (complaints == null) {
                session.remark("there is no systemd-analyze here to check the units");
                return List.of();
            }
            complaints.forEach(session::warn);
            session.remark(complaints.isEmpty() ? "systemd-analyze verify finds nothing wrong" : "see above");
            return complaints;
        } catch (IOException e) {
            throw new UncheckedIOException("the units cannot be checked", e);
        }
    }

    /** Where a migration writes a snapshot. */
    private Stream<Path> snapshots() {
        return words.stream()
                .map(word -> word.startsWith("--to=") ? word.substring("--to=".length()) : word)
                .filter(word -> word.startsWith("snapshot:"))
                .map(word -> Path.of(word.substring("snapshot:".length())));
    }

    private void write(Path file, String text) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
        session.remark("written: " + file);
    }

    private Map<String, Object> common(CronExpression when, ScheduledCommand command) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", when.text());
        json.put("next", times(when).stream().map(LocalDateTime::toString).toList());
        json.put("command", command.words());
        json.put("home", command.home().toString());
        return json;
    }

    private void tellTimes(CronExpression when) {
        DateTimeFormatter format = DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ROOT);
        session.remark("next: "
                + String.join(", ", times(when).stream().map(format::format).toList()));
        when.skipped(ZonedDateTime.now())
                .ifPresent(time -> session.warn("there is no " + format.format(time)
                        + ": the clock is set forward over it, and "
                        + (systemd ? "the timer leaves out that day" : "cron starts what it missed when that is done")
                        + "; choose another hour to be sure"));
    }

    private static List<LocalDateTime> times(CronExpression when) {
        return Stream.iterate(when.next(LocalDateTime.now()), when::next)
                .limit(NEXT_TIMES)
                .toList();
    }

    /** What cannot be is the fault of the command line. */
    private <T> T checked(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private ParameterException wrong(@Nullable String message) {
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
