package dev.ragd.jobs.migrate;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** The report as a file for programs. Fields are only ever added. */
final class ReportJson {

    private ReportJson() {}

    static byte[] of(Plan plan, MigrateReport report, List<StepTime> steps, Rates rates, long run) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectWriteContext pretty = new ObjectWriteContext.Base() {
            @Override
            public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter(Separators.createDefaultInstance());
            }
        };
        try (JsonGenerator json = new JsonFactory().createGenerator(pretty, bytes)) {
            json.writeStartObject();
            json.writeStringProperty("magic", "ragd-migration-report");
            json.writeNumberProperty("version", 1);
            json.writeStringProperty("id", plan.report());
            json.writeStringProperty("plan", plan.id().toString());
            json.writeStringProperty(
                    "started", Instant.ofEpochMilli(plan.started()).toString());
            json.writeNumberProperty("seconds", report.seconds());
            json.writeNumberProperty("run", run);
            end(json, "source", report.source());
            end(json, "target", report.target());
            json.writeNumberProperty("planned", plan.records());
            json.writeNumberProperty("partitions", plan.batches());
            json.writeNumberProperty("copied", report.copied());
            json.writeNumberProperty("unchanged", report.unchanged());
            json.writeNumberProperty("deleted", report.deleted());
            json.writeNumberProperty("restarts", report.restarts());
            json.writeNumberProperty("records_per_second", rates.perSecond());
            json.writeBooleanProperty("published", report.published());
            verification(json, report);
            json.writeArrayPropertyStart("steps");
            for (StepTime step : steps) {
                json.writeStartObject();
                json.writeStringProperty("step", step.name());
                json.writeStringProperty("started", step.started().toString());
                json.writeNumberProperty("seconds", step.seconds());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("rate");
            for (Rates.Point point : rates.points()) {
                json.writeStartObject();
                json.writeNumberProperty("seconds", point.seconds());
                json.writeNumberProperty("records", point.records());
                json.writeBooleanProperty("resumed", point.resumed());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void end(JsonGenerator json, String name, MigrateReport.End end) {
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("store", end.store());
        json.writeStringProperty("collection", end.collection());
        json.writeStringProperty("physical", end.physical());
        json.writeNumberProperty("count", end.count());
        json.writeEndObject();
    }

    private static void verification(JsonGenerator json, MigrateReport report) {
        MigrateReport.Verification v = report.verification();
        if (v == null) {
            return;
        }
        json.writeObjectPropertyStart("verification");
        json.writeStringProperty("status", v.status().name());
        json.writeNumberProperty("checked", v.checked());
        json.writeNumberProperty("equal", v.equal());
        json.writeNumberProperty("tolerated", v.tolerated());
        json.writeStringProperty("tolerance", v.tolerance());
        v.counts().forEach(json::writeNumberProperty);
        if (v.overlap() != null) {
            json.writeNumberProperty("topk_overlap", v.overlap());
        }
        json.writeNumberProperty("samples", v.samples());
        json.writeEndObject();
    }
}
