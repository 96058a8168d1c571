package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Setting;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ragd backend ...}: shows the stores and how they are, and chooses one. */
@Command(
        name = "backend",
        header = "Shows the vector stores and how they are, and chooses one.",
        footer = {
            "",
            "Examples:",
            "  ragd backend list",
            "  ragd backend set chromadb",
            "  ragd backend health --json",
            "  ragd backend profile chromadb faiss lucene",
            "  ragd backend recommend"
        })
final class BackendCommand extends ParentCommand {

    private final Session session;

    BackendCommand(Session session) {
        this.session = session;
    }

    @Command(name = "list", header = "Shows the stores there are; a star marks the configured one.")
    int list() {
        String configured = session.settings().get(Catalogue.BACKEND);
        List<String> names = Catalogue.BACKEND.type().allowed();
        if (session.json()) {
            session.json(Map.of(
                    "backends",
                    names.stream()
                            .map(n -> Map.of("name", n, "configured", n.equals(configured)))
                            .toList()));
        } else {
            names.forEach(n -> session.say((n.equals(configured) ? "* " : "  ") + n));
        }
        return ExitCode.DONE.code();
    }

    @Command(name = "show", header = "Shows the configured store and its settings.")
    int show() {
        Settings settings = session.settings();
        Settings.Value backend = settings.value(Catalogue.BACKEND).orElseThrow();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Setting<?> s : Catalogue.all()) {
            if (s.key().startsWith("storage." + backend.text() + ".")) {
                values.put(
                        s.key(), settings.value(s).map(v -> s.shown(v.text())).orElse(null));
            }
        }
        if (session.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("backend", backend.text());
            json.put("origin", backend.origin().describe());
            json.put("settings", values);
            session.json(json);
        } else {
            session.say(backend.text() + " (" + backend.origin().describe() + ")");
            values.forEach((key, value) ->
                    session.say("  " + key + " = " + (value == null ? "(not set)" : PlainText.of(value.toString()))));
        }
        return ExitCode.DONE.code();
    }

    @Command(name = "set", header = "Chooses the store that commands work on; nothing is moved.")
    int set(@Parameters(paramLabel = "STORE", description = "One that 'ragd backend list' shows.") String store) {
        String before = session.unchecked()
                .value(Catalogue.BACKEND)
                .map(Settings.Value::text)
                .orElse("");
        int exit = new ConfigCommand(session).set(Catalogue.BACKEND.key(), store);
        if (!store.equals(before)) {
            session.remark("Collections stay where they are; 'ragd migrate --from " + before + " --to " + store
                    + "' copies one.");
        }
        return exit;
    }

    @Command(name = "health", header = "Asks the store how it is; exit code 1 when it is unhealthy.")
    int health(@Option(names = "--all", description = "All stores, not only the configured one.") boolean all) {
        Settings settings = session.settings();
        List<String> names = all ? Catalogue.BACKEND.type().allowed() : List.of(settings.get(Catalogue.BACKEND));
        Map<String, Health> found = new LinkedHashMap<>();
        for (String name : names) {
            Settings of = session.settings(Map.of(Catalogue.BACKEND.key(), Map.entry("--all", name)));
            boolean used = name.equals(settings.get(Catalogue.BACKEND));
            found.put(name, session.services().health(session.home(), of, used, session::remark));
        }
        if (session.json() && all) {
            List<Map<String, Object>> each = new ArrayList<>();
            found.forEach((name, health) -> each.add(toJson(name, health)));
            session.json(Map.of("backends", each));
        } else if (session.json()) {
            found.forEach((name, health) -> session.json(toJson(name, health)));
        } else {
            found.forEach(this::show);
        }
        boolean down = found.values().stream().anyMatch(h -> h.status() == Status.UNHEALTHY);
        return (down ? ExitCode.FAILED : ExitCode.DONE).code();
    }

    private void show(String name, Health health) {
        if (session.quiet() && !needsSomebody(health.status())) {
            return;
        }
        session.say(name + "  " + coloured(health.status()));
        int width =
                health.checks().stream().mapToInt(c -> c.name().length()).max().orElse(0);
        for (Check check : health.checks()) {
            if (session.quiet() && !needsSomebody(check.status())) {
                continue;
            }
            String label = check.name() + " ".repeat(width - check.name().length());
            session.say("  " + label + "  " + coloured(check.status())
                    + " ".repeat(11 - check.status().name().length()) + PlainText.of(check.detail()));
            if (check.advice() != null) {
                session.say("  " + " ".repeat(width + 13) + PlainText.of(check.advice()));
            }
        }
    }

    private static boolean needsSomebody(Status status) {
        return status == Status.DEGRADED || status == Status.UNHEALTHY;
    }

    private String coloured(Status status) {
        if (!session.console().outTerminal()) {
            return status.name();
        }
        int colour = switch (status) {
            case HEALTHY -> 32;
            case UNKNOWN, DEGRADED -> 33;
            case UNHEALTHY -> 31;
        };
        return "\033[" + colour + "m" + status.name() + "\033[0m";
    }

    private static Map<String, Object> toJson(String name, Health health) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("backend", name);
        json.put("status", health.status().name());
        json.put("checks", health.checks().stream().map(BackendCommand::toJson).toList());
        return json;
    }

    private static Map<String, @Nullable Object> toJson(Check check) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", check.name());
        json.put("status", check.status().name());
        json.put("detail", check.detail());
        json.put("advice", check.advice());
        return json;
    }
}
