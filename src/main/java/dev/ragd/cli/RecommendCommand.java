package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.ops.advice.Advice;
import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.advice.Machine;
import dev.ragd.ops.advice.Situation;
import dev.ragd.store.CollectionSpec;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ragd backend recommend}: which store to use, and why. */
@Command(
        name = "recommend",
        header = "Advises which store to use for a collection on this machine, and says why.",
        description = {
            "",
            "From the size of the collection, the memory, disk and speed of the machine, which is measured for some seconds, and what"
                    + " is known of filters and updates. Writes nothing but a small file that it removes."
        },
        footer = {
            "",
            "Where 'ragd backend profile' measured stores with this collection, its numbers stand in place of estimates. The rules:"
                    + " docs/choosing.md.",
            "",
            "Examples:",
            "  ragd backend recommend",
            "  ragd backend recommend --filters --updates-per-day 5000",
            "  ragd backend recommend --records 2000000 --dimension 768 --json"
        })
final class RecommendCommand implements Callable<Integer> {

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Option(
            names = "--records",
            paramLabel = "N",
            description = "How many records there are to be; for a collection that does not exist yet, or is to grow.")
    @Nullable
    Long records;

    @Option(
            names = "--dimension",
            paramLabel = "D",
            description = "Components per vector (default: the collection's, or the configured model's).")
    @Nullable
    Integer dimension;

    @Option(names = "--filters", description = "Searches filter by metadata.")
    boolean filters;

    @Option(
            names = "--updates-per-day",
            paramLabel = "N",
            description = "Records written or deleted a day (default: from the index runs that the home remembers).")
    @Nullable
    Double updates;

    RecommendCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (records != null && records < 1) {
            throw wrong("--records", records, "at least 1");
        }
        if (dimension != null && (dimension < 1 || dimension > CollectionSpec.MAX_DIMENSION)) {
            throw wrong("--dimension", dimension, "1 to " + CollectionSpec.MAX_DIMENSION);
        }
        if (updates != null && !(updates >= 0 && updates < 1e12)) {
            throw wrong("--updates-per-day", updates, "0 or more");
        }
        Settings settings = session.settings();
        String collection = settings.get(Catalogue.COLLECTION);
        Findings found = session.services()
                .advise(
                        session.home(),
                        settings,
                        new AdviceRequest(collection, records, dimension, filters, updates),
                        session::remark);
        if (session.json()) {
            session.json(toJson(collection, settings.get(Catalogue.BACKEND), found));
        } else {
            show(collection, found);
        }
        return ExitCode.DONE.code();
    }

    private ParameterException wrong(String option, Object value, String expected) {
        return new ParameterException(spec.commandLine(), option + " is " + value + ", expected " + expected);
    }

    private void show(String collection, Findings found) {
        Advice.Choice best = found.advice().stores().get(0);
        session.say(
                best.possible()
                        ? "For '" + collection + "' on this machine: " + best.store()
                        : "For '" + collection + "' no store fits this machine");
        session.say("");
        found.facts().forEach(fact -> session.say("  " + PlainText.of(fact)));
        for (Advice.Choice choice : found.advice().stores()) {
            session.say("");
            session.say(choice.store() + (choice.possible() ? "  " + signed(choice.points()) : "  ruled out"));
            for (Advice.Reason reason : choice.reasons()) {
                session.say(
                        "  " + (choice.possible() ? String.format(Locale.ROOT, "%3s", signed(reason.points())) : "  -")
                                + "  " + PlainText.of(reason.text()));
            }
        }
        if (!found.advice().changes().isEmpty()) {
            session.say("");
            session.say("What would change the advice:");
            found.advice().changes().forEach(change -> session.say("  " + change));
        }
    }

    private static String signed(int points) {
        return points > 0 ? "+" + points : String.valueOf(points);
    }

    private static Map<String, @Nullable Object> toJson(String collection, String backend, Findings found) {
        Situation situation = found.situation();
        Machine machine = situation.machine();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        Advice.Choice best = found.advice().stores().get(0);
        json.put("collection", collection);
        json.put("configured", backend);
        json.put("recommended", best.possible() ? best.store() : null);
        json.put("records", situation.records());
        json.put("dimension", situation.dimension());
        json.put("text_bytes", situation.textBytes());
        json.put("filters", situation.filters());
        json.put("updates_per_day", situation.updatesPerDay());
        Map<String, @Nullable Object> measured = new LinkedHashMap<>();
        measured.put("cores", machine.cores());
        measured.put("memory_bytes", machine.memoryBytes());
        measured.put("disk_bytes", machine.diskBytes());
        measured.put("scan_bytes_per_second", machine.scanBytesPerSecond());
        measured.put("sync_ms", machine.syncMillis());
        measured.put("embed_ms", Double.isNaN(machine.embedMillis()) ? null : machine.embedMillis());
        json.put("machine", measured);
        json.put("facts", found.facts());
        json.put(
                "stores",
                found.advice().stores().stream().map(RecommendCommand::toJson).toList());
        json.put("changes", found.advice().changes());
        return json;
    }

    private static Map<String, @Nullable Object> toJson(Advice.Choice choice) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("store", choice.store());
        json.put("possible", choice.possible());
        json.put("points", choice.points());
        json.put("disk_bytes", choice.diskBytes());
        json.put("memory_bytes", choice.memoryBytes());
        json.put("latency_ms", Double.isNaN(choice.millis()) ? null : choice.millis());
        json.put("measured", choice.measured());
        json.put(
                "reasons",
                choice.reasons().stream()
                        .map(r -> Map.of("points", r.points(), "text", r.text()))
                        .toList());
        return json;
    }
}
