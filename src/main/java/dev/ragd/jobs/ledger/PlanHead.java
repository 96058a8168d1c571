package dev.ragd.jobs.ledger;

/**
 * The frozen facts of a plan.
 *
 * @param targetId the ledger's key of the collection written to
 * @param collection the physical collection written to
 * @param switches true when this collection becomes a new generation in the publish step
 * @param seen files the scan found
 * @param unchanged files that need no work
 * @param renamed vanished files whose content is under a new name
 * @param staleChunks chunks of unchanged files that another parser or chunker made
 */
public record PlanHead(
        long targetId,
        String collection,
        boolean switches,
        long seen,
        long unchanged,
        long renamed,
        long staleChunks) {}
