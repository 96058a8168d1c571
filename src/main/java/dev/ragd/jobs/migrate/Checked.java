package dev.ragd.jobs.migrate;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.store.CollectionInfo;
import java.util.List;

/**
 * What a preflight found out when nothing stood in the way.
 *
 * @param source the collection read from
 * @param target the collection written to
 * @param embedder the model of the target's vectors, without name for a collection that does not say; always with its
 *     dimension
 * @param records in the source
 * @param recordBytes measured on the first records, about
 * @param recordsPerSecond how fast these were read
 * @param notes what a person should know, no obstacle
 */
record Checked(
        CollectionInfo source,
        Target target,
        CollectionEmbedder embedder,
        long records,
        long recordBytes,
        double recordsPerSecond,
        List<String> notes) {

    Checked {
        notes = List.copyOf(notes);
    }
}
