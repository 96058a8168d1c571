package dev.ragd.jobs.runs;

/**
 * What a run is about.
 *
 * @param job the job's name, for example {@code index}
 * @param store the one it writes to, as users name it, without its place; empty for a run that an older ragd noted
 * @param collection likewise
 */
public record Subject(String job, String store, String collection) {}
