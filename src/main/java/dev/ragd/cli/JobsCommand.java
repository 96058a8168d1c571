package dev.ragd.cli;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.runs.Run;
import dev.ragd.jobs.runs.RunFiles;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ragd jobs ...}: what runs did and do, from the files that they leave; opens neither job repository nor store. */
@Command(
        name = "jobs",
        header = "Shows what jobs ran and run; stops one, or takes it up again.",
        footer = {
            "",
            "Examples:",
            "  ragd jobs list",
            "  ragd jobs show            (the newest)",
            "  ragd jobs show 12 --json",
            "  ragd jobs stop            (the one that runs; it can be taken up)",
            "  ragd jobs resume          (the newest that did not end)"
        })
final class JobsCommand extends ParentCommand {

    private static final int SHOWN = 20;

    private final Session session;

    JobsCommand(Session session) {
        this.session = session;
    }

    @Command(name = "list", header = "Shows the runs that are remembered (jobs.keep), the newest first.")
    int list(@Option(names = "--all", description = "All of them, not only the newest " + SHOWN + ".") boolean all) {
        List<Run> runs = files().list();
        List<Run> shown = all || session.json() ? runs : runs.subList(0, Math.min(SHOWN, runs.size()));
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("runs", runs.stream().map(RunRendering::toJson).toList());
            session.json(json);
        } else if (runs.isEmpty()) {
            session.remark("no job has run in " + session.home().root()
                    + " yet: index something first, for example: ragd index ~/Documents");
        } else {
            RunRendering.table(shown)
                    .lines(session.console().outTerminal() ? session.console().columns() : 0)
                    .forEach(session::say);
            if (shown.size() < runs.size()) {
                session.remark(runs.size() - shown.size() + " older ones: ragd jobs list --all");
            }
        }
        return ExitCode.DONE.code();
    }

    @Command(name = "show", header = "Shows one run: its steps, what they counted, how fast, and why it failed.")
    int show(
            @Parameters(arity = "0..1", paramLabel = "ID", description = "Its number; the newest when left out.")
                    @Nullable
                    Long id) {
        Run run = findOrNewest(id);
        if (session.json()) {
            session.json(RunRendering.toJson(run));
        } else {
            RunRendering.lines(run).forEach(session::say);
        }
        return ExitCode.DONE.code();
    }

    @Command(
            name = "stop",
            header = "Asks the run that owns this home to stop at its next commit, and waits until it has.",
            description = {"", "What is done is saved; 'ragd jobs resume' or the same command goes on."})
    int stop(
            @Parameters(arity = "0..1", paramLabel = "ID", description = "Only when it is this run.") @Nullable Long id,
            @Option(
                            names = "--wait",
                            paramLabel = "SECONDS",
                            defaultValue = "120",
                            description = "How long to wait (default: ${DEFAULT-VALUE}).")
                    int seconds) {
        Optional<Run> running = files().running();
        if (id != null && running.filter(r -> r.id() == id).isEmpty()) {
            throw usage(
                    "run " + id + " is not under way: it is " + find(id).state().label());
        }
        ProcessHandle process = running.map(r -> r.process().alive()).orElse(null);
        if (running.isEmpty() || process == null) {
            say(
                    Map.of("stopped", false),
                    "no job is under way in " + session.home().root()
                            + OwnerLock.holder(session.home().jobs())
                                    .map(owner -> ", but another command owns it: " + owner)
                                    .orElse(""));
            return ExitCode.DONE.code();
        }
        long number = running.get().id();
        if (!process.destroy()) {
            throw new JobException(
                    ExitCode.FAILED,
                    "process " + process.pid() + " of run " + number + " cannot be asked to stop; it belongs to "
                            + process.info().user().orElse("somebody else"),
                    null);
        }
        if (!ended(process, Duration.ofSeconds(seconds))) {
            throw new JobException(
                    ExitCode.FAILED,
                    "run " + number + " (process " + process.pid() + ") was asked to stop, but has not within "
                            + seconds + " s; it does at its next commit",
                    null);
        }
        say(
                Map.of("stopped", true, "id", number),
                "run " + number + " is " + find(number).state().label() + "; 'ragd jobs resume " + number
                        + "' goes on with it");
        return ExitCode.DONE.code();
    }

    @Command(
            name = "resume",
            header = "Gives the command of a run that was stopped, cut off or failed again: it goes on where it was.",
            description = {"", "Runs in the folder where it was given. The exit code is that of the command."})
    int resume(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "ID",
                            description = "Its number; the newest run when left out, if it did not end.")
                    @Nullable
                    Long id) {
        Run run = findOrNewest(id);
        switch (run.state()) {
            case RUNNING ->
                throw usage("run " + run.id() + " is under way (process "
                        + run.process().pid() + "); 'ragd jobs stop' stops it");
            case DONE ->
                throw usage("run " + run.id() + " is done: there is nothing to go on with; for another one: "
                        + RunRendering.command(run));
            default -> session.remark("going on with run " + run.id() + ": " + RunRendering.command(run));
        }
        return session.services().again(session.home(), run.command().answering(session.json()));
    }

    private RunFiles files() {
        return new RunFiles(session.knownHome().jobs());
    }

    private Run findOrNewest(@Nullable Long id) {
        return id == null
                ? files().list().stream()
                        .findFirst()
                        .orElseThrow(() ->
                                usage("no job has run in " + session.home().root() + " yet"))
                : find(id);
    }

    private Run find(long id) {
        return files().find(id)
                .orElseThrow(() -> usage("there is no run " + id + " in "
                        + session.home().root() + "; 'ragd jobs list' shows those that are remembered"));
    }

    private static JobException usage(String message) {
        return new JobException(ExitCode.USAGE, message, null);
    }

    private void say(Map<String, Object> json, String line) {
        if (session.json()) {
            session.json(json);
        } else if (!session.quiet()) {
            session.say(line);
        }
    }

    private static boolean ended(ProcessHandle process, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (process.isAlive() && System.nanoTime() < end) {
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !process.isAlive();
    }
}
