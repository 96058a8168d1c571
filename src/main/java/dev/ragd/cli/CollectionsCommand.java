package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.ops.CollectionSummary;
import dev.ragd.ops.CollectionsService;
import dev.ragd.store.StoreReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ragd collections ...}: shows what collections a store has, and keeps house among their generations. */
@Command(
        name = "collections",
        header =
                "Shows the collections of the store, goes back to an older generation, writes one anew, deletes old ones.",
        footer = {
            "",
            "Examples:",
            "  ragd collections list",
            "  ragd collections rollback documents",
            "  ragd collections compact documents",
            "  ragd collections prune            (lists what would go)",
            "  ragd collections prune --yes"
        })
final class CollectionsCommand extends ParentCommand {

    private final Session session;

    CollectionsCommand(Session session) {
        this.session = session;
    }

    @Command(name = "list", header = "Shows name, records, dimension, distance and model of every collection.")
    int list() {
        Settings settings = session.settings();
        CollectionsService.Listing found;
        try (Services.Reading store = session.services().open(session.home(), settings, session::remark)) {
            found = store.collections().list();
        }
        List<CollectionSummary> all = found.collections();
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("backend", settings.get(Catalogue.BACKEND));
            json.put("collections", all.stream().map(CollectionsCommand::toJson).toList());
            json.put(
                    "damaged",
                    found.damaged().stream()
                            .map(d -> Map.of(
                                    "place",
                                    d.place(),
                                    "problem",
                                    String.valueOf(d.failure().getMessage())))
                            .toList());
            session.json(json);
        } else if (all.isEmpty() && found.damaged().isEmpty()) {
            session.remark(settings.get(Catalogue.BACKEND)
                    + " has no collection yet: index something first, for example: ragd index ~/Documents");
        } else if (!all.isEmpty()) {
            Table table =
                    new Table("COLLECTION", "RECORDS", "DIMENSION", "DISTANCE", "MODEL", "GENERATION").alignRight(1);
            all.forEach(c -> table.row(
                    c.name(),
                    String.format(Locale.ROOT, "%,d", c.count()),
                    c.dimension().isPresent() ? String.valueOf(c.dimension().getAsInt()) : "-",
                    c.distance(),
                    c.embedder() == null ? "unknown" : c.embedder(),
                    generation(c)));
            table.lines(session.console().outTerminal() ? session.console().columns() : 0)
                    .forEach(session::say);
        }
        found.damaged().forEach(d -> session.remark("damaged: " + d.failure().getMessage()));
        return (found.damaged().isEmpty() ? ExitCode.DONE : ExitCode.FAILED).code();
    }

    @Command(
            name = "rollback",
            header = "Puts the generation before back into use.",
            description = {"", "The one that was in use is kept: a second rollback goes forward again."})
    int rollback(@Parameters(paramLabel = "NAME", description = "The collection.") String name) {
        Settings settings = session.settings();
        String backend = settings.get(Catalogue.BACKEND);
        try (Services.Reading store = session.services().openToChange(session.home(), settings, session::remark)) {
            CollectionsService.Switch now = store.collections()
                    .rollback(name)
                    .orElseThrow(() -> new JobException(
                            ExitCode.USAGE,
                            backend + " keeps no earlier generation of '" + name
                                    + "'; 'ragd collections list' shows what there is",
                            null));
            if (session.json()) {
                Map<String, @Nullable Object> json = new LinkedHashMap<>();
                json.put("backend", backend);
                json.put("collection", name);
                json.put("physical", now.physical());
                json.put("generation", now.number());
                json.put("previous", now.kept());
                session.json(json);
            } else if (!session.quiet()) {
                session.say(name + " is generation " + now.number() + " (" + now.physical() + ") again; " + now.kept()
                        + " is kept");
            }
        }
        return ExitCode.DONE.code();
    }

    @Command(
            name = "compact",
            header = "Writes a collection anew, so that its index carries no deleted records along.",
            description = {
                "",
                "Copies the collection into a new generation, verifies every record, puts it into use in one step and"
                        + " deletes the old one. A run that was cut off goes on when the same command is given again;"
                        + " whatever changed meanwhile is copied too, or the old one stays in use (exit code 4).",
                "",
                "For Chroma, whose index never takes deleted records out; the other stores do so themselves. Where ragd runs"
                        + " the server, 'ragd index' does this by itself (setting index.compact), and 'ragd backend"
                        + " health' says how many there are. In the store the collection gets a new name, which other"
                        + " programs that read it must be told."
            })
    int compact(@Parameters(paramLabel = "NAME", description = "The collection.") String name) {
        Settings settings = session.settings();
        String backend = settings.get(Catalogue.BACKEND);
        MigrateService service = session.services().migrate(session.home(), settings);
        MigrateRequest request = MigrateRequest.compaction(StoreReference.named(backend), name);
        MigrateReport report = session.follow(progress -> service.run(request, progress));
        boolean verified = report.exitCode() == ExitCode.DONE;
        if (session.json() || !verified) {
            return new MigrateRendering(report).show(session, false);
        }
        if (!session.quiet()) {
            session.say(String.format(
                    Locale.ROOT,
                    "Wrote %s '%s' anew in %s: %,d records, verified. In the store it is %s; %s is deleted.",
                    backend,
                    name,
                    Elapsed.of(report.seconds()),
                    report.target().count(),
                    report.target().physical(),
                    report.source().physical()));
        }
        return ExitCode.DONE.code();
    }

    @Command(
            name = "prune",
            header = "Deletes generations that are not in use; without --yes it only lists them.",
            description = {
                "",
                "The generation that a rollback would go back to is kept unless --all is given. What another program made"
                        + " is never deleted."
            })
    int prune(
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only of this collection.") @Nullable
                    String name,
            @Option(names = "--yes", description = "Delete.") boolean yes,
            @Option(names = "--all", description = "Also the generation kept for a rollback.") boolean all) {
        Settings settings = session.settings();
        List<CollectionSummary> unused;
        try (Services.Reading store = yes
                ? session.services().openToChange(session.home(), settings, session::remark)
                : session.services().open(session.home(), settings, session::remark)) {
            unused = store.collections().unused(name, all);
            if (yes) {
                store.collections().delete(unused);
            }
        }
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("backend", settings.get(Catalogue.BACKEND));
            json.put("deleted", yes);
            json.put(
                    "collections",
                    unused.stream().map(CollectionsCommand::toJson).toList());
            session.json(json);
        } else if (!session.quiet()) {
            String verb = yes ? "deleted " : "would delete ";
            unused.forEach(c -> session.say(
                    verb + c.physical() + String.format(Locale.ROOT, " (%,d records, of %s)", c.count(), c.name())));
            if (unused.isEmpty() || !yes) {
                session.say(unused.isEmpty() ? "nothing to delete" : "add --yes to delete");
            }
        }
        return ExitCode.DONE.code();
    }

    private static String generation(CollectionSummary c) {
        if (c.generation() == 0) {
            return "not in use (" + c.physical() + ")";
        }
        return c.physical().equals(c.name())
                ? String.valueOf(c.generation())
                : c.generation() + " (" + c.physical() + ")";
    }

    private static Map<String, @Nullable Object> toJson(CollectionSummary c) {
        OptionalInt dimension = c.dimension();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", c.name());
        json.put("count", c.count());
        json.put("dimension", dimension.isPresent() ? dimension.getAsInt() : null);
        json.put("distance", c.distance());
        json.put("embedder", c.embedder());
        json.put("physical", c.physical());
        json.put("generation", c.generation());
        json.put("in_use", c.generation() > 0);
        return json;
    }
}
