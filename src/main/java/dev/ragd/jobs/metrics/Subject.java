package dev.ragd.jobs.metrics;

/**
 * What a run is about.
 *
 * @param job the job's name, for example {@code index}
 * @param store as users name it, without its place
 * @param collection likewise
 */
public record Subject(String job, String store, String collection) {}
