package dev.ragd.store.documents;

import java.util.UUID;

/**
 * What is durable: the state a reader of another process, or the next start, finds.
 *
 * @param uuid names this commit; no other commit of any collection has it
 * @param generation grows with each commit of a collection
 * @param nextOrdinal every record of this commit has a smaller ordinal, every later record this one or a greater one
 */
public record CommitPoint(String uuid, long generation, int nextOrdinal) {

    CommitPoint next(int later) {
        return new CommitPoint(UUID.randomUUID().toString(), generation + 1, later);
    }
}
