package dev.ragd.store.snapshot;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.snapshot.parquet.Part;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a collection consists of. Replacing it is the one step that makes a checkpoint.
 *
 * @param records how many there are
 * @param nextSequence the sequence of the next record to be written
 * @param nextFile the number of the next file to be written; none is used twice
 * @param parts files of records, in order of their sequences, which do not overlap
 * @param deletions files of sequences: rows of the parts that are no longer there
 */
record Manifest(
        String name,
        String id,
        int dimension,
        Distance distance,
        Metadata attributes,
        long records,
        long nextSequence,
        long nextFile,
        List<Part> parts,
        List<Part> deletions) {

    Manifest {
        parts = List.copyOf(parts);
        deletions = List.copyOf(deletions);
    }

    CollectionInfo info() {
        return new CollectionInfo(id, name, OptionalInt.of(dimension), distance, attributes, null);
    }

    Manifest with(Metadata newAttributes) {
        return new Manifest(
                name, id, dimension, distance, newAttributes, records, nextSequence, nextFile, parts, deletions);
    }

    Manifest with(long newRecords, long sequence, long file, List<Part> newParts, List<Part> newDeletions) {
        return new Manifest(
                name, id, dimension, distance, attributes, newRecords, sequence, file, newParts, newDeletions);
    }
}
