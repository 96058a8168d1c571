package dev.ragd.jobs.index;

import java.util.List;

/**
 * What one chunk of the step writes: parts of one or more files, in the plan's order.
 *
 * @param parts in order
 * @param next where to go on after it
 */
public record IndexBatch(List<FilePart> parts, Position next) {

    /**
     * A place in the plan.
     *
     * @param seq the line
     * @param chunk the first chunk of its file that was not handed out
     * @param sha256 the content these chunks were counted in; empty for chunk 0
     */
    record Position(long seq, int chunk, String sha256) {
        static final Position START = new Position(0, 0, "");
    }
}
