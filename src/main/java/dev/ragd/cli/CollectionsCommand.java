package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.ops.CollectionSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code ragd collections ...}: shows what collections a store has. */
@Command(
        name = "collections",
        header = "Shows the collections of the store.",
        footer = {"", "Examples:", "  ragd collections list", "  ragd collections list --json"})
final class CollectionsCommand extends ParentCommand {

    private final Session session;

    CollectionsCommand(Session session) {
        this.session = session;
    }

    @Command(name = "list", header = "Shows name, records, dimension, distance and model of every collection.")
    int list() {
        Settings settings = session.settings();
        List<CollectionSummary> all;
        try (Services.Reading store = session.services().open(session.home(), settings, session::remark)) {
            all = store.collections().list();
        }
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("backend", settings.get(Catalogue.BACKEND));
            json.put("collections", all.stream().map(CollectionsCommand::toJson).toList());
            session.json(json);
        } else if (all.isEmpty()) {
            session.remark(settings.get(Catalogue.BACKEND)
                    + " has no collection yet: index something first, for example: ragd index ~/Documents");
        } else {
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
