package dev.ragd.cli;

import dev.ragd.jobs.Measure;
import dev.ragd.jobs.runs.Outcome;
import dev.ragd.jobs.runs.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs of jobs, for people and as JSON. */
final class RunRendering {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private RunRendering() {}

    static Table table(List<Run> runs) {
        Table table = new Table("ID", "JOB", "STATE", "STARTED", "TOOK", "COLLECTION", "COMMAND").alignRight(0);
        runs.forEach(r -> table.row(
                String.valueOf(r.id()),
                r.job(),
                state(r),
                TIME.format(r.started()),
                Elapsed.of(seconds(r)),
                PlainText.of(collection(r)),
                command(r)));
        return table;
    }

    static List<String> lines(Run run) {
        List<String> lines = new ArrayList<>();
        lines.add("run " + run.id() + ": " + run.job() + ", " + state(run));
        lines.add("  command  " + command(run));
        if (!collection(run).isEmpty()) {
            lines.add("  into     " + PlainText.of(collection(run)));
        }
        lines.add("  folder   " + PlainText.of(run.command().folder()));
        lines.add("  started  " + TIME.format(run.started()) + ", "
                + (run.state() == Run.State.RUNNING
                        ? "for " + Elapsed.of(seconds(run)) + " now, process "
                                + run.process().pid()
                        : "took " + Elapsed.of(seconds(run))));
        if (run.message() != null) {
            lines.add("  because  " + PlainText.of(run.message()));
        }
        if (run.state() == Run.State.CUT_OFF) {
            lines.add("  because  its process " + run.process().pid()
                    + " is gone without a word: it was killed, or the machine went down");
        }
        boolean resumable =
                run.state() == Run.State.CUT_OFF || run.state() == Run.State.STOPPED || run.state() == Run.State.FAILED;
        if (resumable) {
            lines.add("  go on    ragd jobs resume " + run.id());
        }
        if (!run.outcome().counts().isEmpty()) {
            lines.add("  counted  " + counts(run.outcome()));
        }
        if (!run.steps().isEmpty()) {
            lines.add("");
            lines.addAll(steps(run).lines(0));
        }
        if (!run.outcome().remarks().isEmpty()) {
            lines.add("");
            run.outcome().remarks().forEach(remark -> lines.add("  " + PlainText.of(remark)));
        }
        return lines;
    }

    /** For example {@code documents indexed 36, chunks written 1,204}. */
    private static String counts(Outcome outcome) {
        return Arrays.stream(Measure.values())
                .map(Measure::key)
                .filter(outcome.counts()::containsKey)
                .map(name -> name.replace('_', ' ')
                        + String.format(Locale.ROOT, " %,d", outcome.counts().get(name)))
                .collect(Collectors.joining(", "));
    }

    private static Table steps(Run run) {
        Table table = new Table("STEP", "STATE", "TOOK", "DONE");
        for (Run.Step step : run.steps()) {
            String state =
                    run.state() == Run.State.CUT_OFF && step.state().equals("running") ? "cut off" : step.state();
            List<Run.Phase> phases = step.phases();
            table.row(step.name(), state, Elapsed.of(step.seconds()), phases.isEmpty() ? "" : count(phases.get(0)));
            phases.stream().skip(1).forEach(p -> table.row("", "", "", count(p)));
        }
        return table;
    }

    /** For example {@code parsing and embedding: 120 of 400 files, 3.1/s}. */
    private static String count(Run.Phase phase) {
        StringBuilder text = new StringBuilder(phase.name()).append(String.format(Locale.ROOT, ": %,d", phase.done()));
        if (phase.total() > 0 && phase.total() != phase.done()) {
            text.append(String.format(Locale.ROOT, " of %,d", phase.total()));
        }
        text.append(' ').append(phase.unit());
        if (phase.first() > 0) {
            text.append(String.format(Locale.ROOT, " (%,d by an earlier run)", phase.first()));
        }
        if (phase.rate() > 0) {
            text.append(String.format(Locale.ROOT, phase.rate() < 100 ? ", %.1f/s" : ", %,.0f/s", phase.rate()));
        }
        return text.toString();
    }

    static Map<String, @Nullable Object> toJson(Run run) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", run.id());
        json.put("job", run.job());
        json.put("store", orNull(run.subject().store()));
        json.put("collection", orNull(run.subject().collection()));
        json.put("state", run.state().label());
        json.put("exit_code", run.exitCode() < 0 ? null : run.exitCode());
        json.put("message", run.message());
        json.put("started", run.started().toString());
        json.put("updated", run.updated().toString());
        json.put("seconds", seconds(run));
        json.put("command", run.command().words());
        json.put("folder", run.command().folder());
        json.put("pid", run.process().pid());
        json.put("execution", run.execution() < 0 ? null : run.execution());
        json.put("steps", run.steps().stream().map(RunRendering::toJson).toList());
        json.put("counts", new TreeMap<>(run.outcome().counts()));
        json.put("remarks", run.outcome().remarks());
        return json;
    }

    private static Map<String, Object> toJson(Run.Step step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", step.name());
        json.put("state", step.state());
        json.put("seconds", step.seconds());
        json.put("commits", step.commits());
        json.put("phases", step.phases().stream().map(RunRendering::toJson).toList());
        return json;
    }

    private static Map<String, Object> toJson(Run.Phase phase) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", phase.name());
        json.put("unit", phase.unit());
        json.put("done", phase.done());
        json.put("total", phase.total());
        json.put("by_earlier_runs", phase.first());
        json.put("per_second", phase.rate());
        return json;
    }

    /** For example {@code chromadb/documents}; empty when nobody noted it. */
    private static String collection(Run run) {
        return run.subject().collection().isEmpty()
                ? ""
                : run.subject().store() + "/" + run.subject().collection();
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** The command as it could be typed. */
    static String command(Run run) {
        return "ragd "
                + run.command().words().stream().map(RunRendering::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        String plain = PlainText.of(word);
        return plain.matches("[a-zA-Z0-9_@%+=:,./~-]+") ? plain : "'" + plain.replace("'", "'\\''") + "'";
    }

    private static String state(Run run) {
        return run.state() == Run.State.DONE && run.exitCode() > 0
                ? "done, exit code " + run.exitCode()
                : run.state() == Run.State.FAILED
                        ? "failed, exit code " + run.exitCode()
                        : run.state().label();
    }

    private static double seconds(Run run) {
        Instant end = run.state() == Run.State.RUNNING ? Instant.now() : run.updated();
        return Math.max(0, Duration.between(run.started(), end).toMillis() / 1e3);
    }
}
