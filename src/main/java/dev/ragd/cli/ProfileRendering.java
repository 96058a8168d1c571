package dev.ragd.cli;

import dev.ragd.ops.profile.Profile;
import dev.ragd.ops.profile.Profile.Latency;
import dev.ragd.ops.profile.Profile.StoreProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A profile for people and for programs. */
final class ProfileRendering {

    private final Profile profile;

    ProfileRendering(Profile profile) {
        this.profile = profile;
    }

    /** @param columns width of the terminal; 0 for as wide as it takes */
    List<String> lines(int columns) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d of the %,d records of '%s' (%s), %d components, distance %s",
                profile.records(),
                profile.total(),
                profile.collection(),
                profile.source(),
                profile.dimension(),
                profile.distance()));
        lines.add(String.format(
                Locale.ROOT,
                "asked for: the %d nearest of %d vectors of the collection that were held out of the stores",
                profile.k(),
                profile.queries()));
        lines.add(
                profile.filter() == null
                        ? "filtered: not asked, for no condition on the metadata is met by about a tenth of the records"
                        : String.format(
                                Locale.ROOT,
                                "filtered: %s, which %.1f %% of the records meet",
                                PlainText.of(profile.filter()),
                                100 * profile.selectivity()));
        lines.add("");
        lines.addAll(writing().lines(columns));
        lines.add("");
        lines.addAll(searching().lines(columns));
        lines.add("");
        lines.add(
                "Milliseconds at p50 / p95 / p99. Cold: each question for the first time in a new process, with the files in"
                        + " the system's cache. Memory: what the process holds more than before it opened the store, and what a server holds that it started.");
        for (StoreProfile store : profile.stores()) {
            if (store.problem() != null) {
                lines.add(store.store() + " was not measured: " + PlainText.of(store.problem()));
            }
        }
        return lines;
    }

    private Table writing() {
        Table table = new Table("STORE", "BUILD", "CPU", "RECORDS/S", "ON DISK", "PEAK MEMORY");
        for (StoreProfile store : profile.stores()) {
            Profile.Build build = store.build();
            if (build != null) {
                table.row(
                        store.store(),
                        Elapsed.of(build.seconds()),
                        Elapsed.of(build.cpuSeconds()),
                        String.format(Locale.ROOT, "%,.0f", profile.records() / build.seconds()),
                        Bytes.of(build.diskBytes()),
                        Bytes.of(build.peakBytes()));
            }
        }
        return table;
    }

    private Table searching() {
        Table table = new Table("STORE", "RECALL", "WARM", "COLD", "OPEN", "FILTERED", "RECALL", "MEMORY");
        for (StoreProfile store : profile.stores()) {
            Profile.Search search = store.search();
            if (search != null) {
                Latency filtered = search.filtered();
                Double recall = search.filteredRecall();
                table.row(
                        store.store(),
                        share(search.recall()),
                        times(search.warm()),
                        times(search.cold()) + fewer(search.cold()),
                        milliseconds(search.open()),
                        filtered == null ? "-" : times(filtered),
                        recall == null ? "-" : share(recall),
                        Bytes.of(search.storeBytes()));
            }
        }
        return table;
    }

    private String fewer(Latency latency) {
        return latency.answers() < profile.queries() ? " (" + latency.answers() + " asked)" : "";
    }

    private static String share(double recall) {
        return String.format(Locale.ROOT, "%.3f", recall);
    }

    private static String times(Latency latency) {
        return milliseconds(latency.p50()) + " / " + milliseconds(latency.p95()) + " / " + milliseconds(latency.p99());
    }

    private static String milliseconds(double time) {
        return String.format(Locale.ROOT, time < 10 ? "%.2f" : time < 100 ? "%.1f" : "%,.0f", time);
    }

    /** @param html where the page is; null when none was written */
    Map<String, @Nullable Object> toJson(@Nullable Path html) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("collection", profile.collection());
        json.put("source", profile.source());
        json.put("made", profile.made());
        json.put("machine", profile.machine());
        json.put("total", profile.total());
        json.put("records", profile.records());
        json.put("queries", profile.queries());
        json.put("query_kind", "held-out vectors of the collection");
        json.put("k", profile.k());
        json.put("dimension", profile.dimension());
        json.put("distance", profile.distance());
        json.put("filter", profile.filter());
        json.put("selectivity", profile.selectivity());
        json.put(
                "stores",
                profile.stores().stream().map(ProfileRendering::toJson).toList());
        json.put("seconds", profile.seconds());
        json.put("report", html == null ? null : html.toString());
        return json;
    }

    private static Map<String, @Nullable Object> toJson(StoreProfile store) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("store", store.store());
        json.put("problem", store.problem());
        Profile.Build build = store.build();
        Profile.Search search = store.search();
        if (build != null && search != null) {
            json.put("build_seconds", build.seconds());
            json.put("build_cpu_seconds", build.cpuSeconds());
            json.put("build_peak_bytes", build.peakBytes());
            json.put("disk_bytes", build.diskBytes());
            json.put("store_memory_bytes", search.storeBytes());
            json.put("memory_bytes", search.memoryBytes());
            json.put("mapped_bytes", search.mappedBytes());
            json.put("open_ms", search.open());
            json.put("cold_ms", toJson(search.cold()));
            json.put("warm_ms", toJson(search.warm()));
            json.put("recall", search.recall());
            json.put("filtered_ms", toJson(search.filtered()));
            json.put("filtered_recall", search.filteredRecall());
        }
        return json;
    }

    private static @Nullable Map<String, Object> toJson(@Nullable Latency latency) {
        if (latency == null) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("answers", latency.answers());
        json.put("p50", latency.p50());
        json.put("p95", latency.p95());
        json.put("p99", latency.p99());
        return json;
    }
}
