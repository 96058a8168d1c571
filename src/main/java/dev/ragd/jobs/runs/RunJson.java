package dev.ragd.jobs.runs;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A run as JSON. Fields are only ever added, and unknown ones are passed over. */
final class RunJson {

    private static final String MAGIC = "ragd-run";

    private RunJson() {}

    /** The bytes are no run. */
    static final class NotReadable extends Exception {
        private static final long serialVersionUID = 1;

        NotReadable(String message) {
            super(message);
        }
    }

    static byte[] write(Run run) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("magic", MAGIC);
            json.writeNumberProperty("version", 1);
            json.writeNumberProperty("id", run.id());
            json.writeStringProperty("job", run.job());
            json.writeStringProperty("store", run.subject().store());
            json.writeStringProperty("collection", run.subject().collection());
            json.writeArrayPropertyStart("command");
            run.command().words().forEach(json::writeString);
            json.writeEndArray();
            json.writeStringProperty("folder", run.command().folder());
            json.writeNumberProperty("pid", run.process().pid());
            json.writeNumberProperty("process_started", run.process().started());
            json.writeStringProperty("started", run.started().toString());
            json.writeStringProperty("updated", run.updated().toString());
            json.writeStringProperty("state", run.state().name());
            json.writeNumberProperty("exit_code", run.exitCode());
            if (run.message() != null) {
                json.writeStringProperty("message", run.message());
            }
            json.writeNumberProperty("execution", run.execution());
            json.writeArrayPropertyStart("steps");
            run.steps().forEach(step -> write(json, step));
            json.writeEndArray();
            json.writeObjectPropertyStart("counts");
            new TreeMap<>(run.outcome().counts()).forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeArrayPropertyStart("remarks");
            run.outcome().remarks().forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, Run.Step step) {
        json.writeStartObject();
        json.writeStringProperty("name", step.name());
        json.writeStringProperty("state", step.state());
        json.writeNumberProperty("seconds", step.seconds());
        json.writeNumberProperty("commits", step.commits());
        json.writeArrayPropertyStart("phases");
        for (Run.Phase phase : step.phases()) {
            json.writeStartObject();
            json.writeStringProperty("name", phase.name());
            json.writeStringProperty("unit", phase.unit());
            json.writeNumberProperty("first", phase.first());
            json.writeNumberProperty("done", phase.done());
            json.writeNumberProperty("total", phase.total());
            json.writeNumberProperty("seconds", phase.seconds());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static Run read(byte[] bytes) throws NotReadable {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new NotReadable("no JSON object");
            }
            return new Fields(json).run();
        } catch (JacksonException | DateTimeParseException | IllegalArgumentException e) {
            throw new NotReadable(String.valueOf(e.getMessage()));
        }
    }

    /** The fields of the object that a parser is in. */
    private static final class Fields {
        private final JsonParser json;

        Fields(JsonParser json) {
            this.json = json;
        }

        Run run() throws NotReadable {
            String magic = "";
            long id = 0;
            String job = "";
            String store = "";
            String collection = "";
            List<String> command = List.of();
            String folder = "";
            long pid = 0;
            long processStarted = 0;
            String started = "";
            String updated = "";
            String state = "";
            long exitCode = -1;
            String message = null;
            long execution = -1;
            List<Run.Step> steps = List.of();
            Map<String, Long> counts = Map.of();
            List<String> remarks = List.of();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                switch (name) {
                    case "magic" -> magic = json.getString();
                    case "id" -> id = json.getLongValue();
                    case "job" -> job = json.getString();
                    case "store" -> store = json.getString();
                    case "collection" -> collection = json.getString();
                    case "command" -> command = list(json::getString);
                    case "folder" -> folder = json.getString();
                    case "pid" -> pid = json.getLongValue();
                    case "process_started" -> processStarted = json.getLongValue();
                    case "started" -> started = json.getString();
                    case "updated" -> updated = json.getString();
                    case "state" -> state = json.getString();
                    case "exit_code" -> exitCode = json.getLongValue();
                    case "message" -> message = json.getString();
                    case "execution" -> execution = json.getLongValue();
                    case "steps" -> steps = list(this::step);
                    case "counts" -> counts = counts();
                    case "remarks" -> remarks = list(json::getString);
                    default -> json.skipChildren();
                }
            }
            if (!magic.equals(MAGIC) || id < 1) {
                throw new NotReadable("not a run of ragd");
            }
            return new Run(
                    id,
                    new Subject(job, store, collection),
                    new Command(command, folder),
                    new Run.Owner(pid, processStarted),
                    Instant.parse(started),
                    Instant.parse(updated),
                    Run.State.valueOf(state.toUpperCase(Locale.ROOT)),
                    (int) exitCode,
                    message,
                    execution,
                    steps,
                    new Outcome(counts, remarks));
        }

        private Map<String, Long> counts() {
            Map<String, Long> counts = new HashMap<>();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                counts.put(name, json.getLongValue());
            }
            return counts;
        }

        private Run.Step step() {
            String called = "";
            String state = "";
            double seconds = 0;
            long commits = 0;
            List<Run.Phase> phases = List.of();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                switch (name) {
                    case "name" -> called = json.getString();
                    case "state" -> state = json.getString();
                    case "seconds" -> seconds = json.getDoubleValue();
                    case "commits" -> commits = json.getLongValue();
                    case "phases" -> phases = list(this::phase);
                    default -> json.skipChildren();
                }
            }
            return new Run.Step(called, state, seconds, commits, phases);
        }

        private Run.Phase phase() {
            String called = "";
            String unit = "";
            long first = 0;
            long done = 0;
            long total = 0;
            double seconds = 0;
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                switch (name) {
                    case "name" -> called = json.getString();
                    case "unit" -> unit = json.getString();
                    case "first" -> first = json.getLongValue();
                    case "done" -> done = json.getLongValue();
                    case "total" -> total = json.getLongValue();
                    case "seconds" -> seconds = json.getDoubleValue();
                    default -> json.skipChildren();
                }
            }
            return new Run.Phase(called, unit, first, done, total, seconds);
        }

        /** The elements of the array that the parser is at. */
        private <T> List<T> list(Supplier<T> element) {
            List<T> elements = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                elements.add(element.get());
            }
            return elements;
        }
    }
}
