package dev.ragd.jobs.metrics;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every meter of ours. All but the store's size have the tags {@code job_name}, {@code store} and {@code collection}; one more
 * may follow.
 * ({@code job} is Prometheus's own word, for what it scrapes.)
 */
public enum RunMeter {
    DOCUMENTS("ragd_documents", Kind.COUNTER, "Documents that were processed", "outcome"),
    CHUNKS("ragd_chunks", Kind.COUNTER, "Chunks that were written, kept or deleted", "outcome"),
    RECORDS("ragd_records", Kind.COUNTER, "Records that a migration handled", "outcome"),
    EMBEDDINGS("ragd_embeddings", Kind.COUNTER, "Texts that a model embedded"),
    RECOMPUTATIONS("ragd_recomputations", Kind.COUNTER, "Vectors that the leann store made anew"),
    WRITTEN_BYTES(
            "ragd_written_bytes", Kind.COUNTER, "Bytes of texts, metadata and vectors that were given to the store"),
    RETRIES("ragd_retries", Kind.COUNTER, "Requests that were sent again", "server"),
    RUNS("ragd_runs", Kind.COUNTER, "Runs that ended", "exit_code"),

    LAST_RUN_DOCUMENTS("ragd_last_run_documents", Kind.GAUGE, "Documents of the last run that was done", "outcome"),
    QUARANTINED("ragd_quarantined_documents", Kind.GAUGE, "Documents that cannot be indexed as things are"),
    COLLECTION_CHUNKS(
            "ragd_collection_chunks", Kind.GAUGE, "Records in the collection after the last run that was done"),
    STORE_BYTES("ragd_store_size_bytes", Kind.GAUGE, "Bytes in the folder of the store; none for a remote one"),
    VERIFICATION_PASSED(
            "ragd_verification_passed", Kind.GAUGE, "1 when the last verification found no difference, else 0"),
    VERIFICATION_RECORDS("ragd_verification_records", Kind.GAUGE, "Records of the last verification", "result"),
    VERIFICATION_OVERLAP(
            "ragd_verification_neighbour_overlap_ratio", Kind.GAUGE, "Share of nearest neighbours that agreed, 0 to 1"),
    LAST_START("ragd_last_run_start_timestamp_seconds", Kind.GAUGE, "When the last run began"),
    LAST_END("ragd_last_run_end_timestamp_seconds", Kind.GAUGE, "When the last run that ended did"),
    LAST_SUCCESS(
            "ragd_last_run_success_timestamp_seconds",
            Kind.GAUGE,
            "When the last run that did its work ended (exit 0 or 3)"),
    LAST_DURATION("ragd_last_run_duration_seconds", Kind.GAUGE, "How long the last run that ended took"),
    LAST_EXIT_CODE("ragd_last_run_exit_code", Kind.GAUGE, "What the last run that ended ended with"),

    RUN_ID(
            "ragd_run_id",
            Kind.NOW,
            "1; the tag is the number of the run that wrote these metrics, as in 'ragd jobs'",
            "run"),
    ACTIVE("ragd_run_active", Kind.NOW, "1 while a run works, then 0; a run that was killed leaves 1"),
    HEARTBEAT("ragd_run_heartbeat_timestamp_seconds", Kind.NOW, "When the run last wrote its metrics"),
    PHASE_DONE("ragd_run_phase_done", Kind.NOW, "Units of a phase of the run that are done", "phase"),
    PHASE_TOTAL("ragd_run_phase_total_units", Kind.NOW, "Units of a phase of the run; 0 when unknown", "phase");

    /** How a meter lives on. */
    enum Kind {
        /** Grows from run to run. */
        COUNTER,
        /** Holds until another run says otherwise. */
        GAUGE,
        /** Of the run that writes alone. */
        NOW
    }

    static final String JOB = "job_name";
    static final String STORE = "store";
    static final String COLLECTION = "collection";

    private final String label;
    private final Kind kind;
    private final String description;
    private final List<String> more;

    RunMeter(String label, Kind kind, String description, String... more) {
        this.label = label;
        this.kind = kind;
        this.description = description;
        this.more = List.of(more);
    }

    /** Its name where it is made. */
    String label() {
        return label;
    }

    /** Its name where Prometheus reads it. */
    public String exposed() {
        return kind == Kind.COUNTER ? label + "_total" : label;
    }

    Kind kind() {
        return kind;
    }

    String description() {
        return description;
    }

    /** The keys of its tags. */
    public List<String> tags() {
        return this == STORE_BYTES
                ? List.of(STORE)
                : Stream.concat(Stream.of(JOB, STORE, COLLECTION), more.stream())
                        .toList();
    }
}
