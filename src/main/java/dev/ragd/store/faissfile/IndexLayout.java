package dev.ragd.store.faissfile;

import dev.ragd.store.Distance;
import java.util.List;

/**
 * Where the rows of an index file are. FAISS writes (faiss/impl/index_write.cpp, as of FAISS 1.11) four letters for the type,
 * then the fields of the class, its parents' first; numbers little-endian, vectors of numbers behind their length as int64:
 *
 * <pre>
 * index    = "IxF2" | "IxFI", header, vector of float32                       IndexFlatL2, IndexFlatIP: count * d
 *          | "IHNf", header, graph, index                                     IndexHNSWFlat; the index is flat
 *          | "IwFl", header, int64 nlist, int64 nprobe, index, direct, lists  IndexIVFFlat; the index is the quantizer
 *          | "IxMp" | "IxM2", header, index, vector of int64                  IndexIDMap, IndexIDMap2: an id per number
 * header   = int32 d, int64 count, int64, int64, int8 trained, int32 metric (0 inner product, 1 L2)
 * graph    = vector of float64, of int32, of int32, of int64, of int32, then five int32
 * direct   = int8 type, vector of int64, and for type 2 a vector of pairs of int64
 * lists    = "ilar", int64 nlist, int64 bytes per row,
 *            "full" and a vector of nlist sizes | "sprs" and a vector of pairs (list, size),
 *            then per list that has rows: its rows, its numbers as int64
 * </pre>
 *
 * A row has a number: its place, or what an IVF list says; its id is that number, or what an IndexIDMap has at it. Immutable.
 *
 * @param type as users know it, for example {@code IndexIDMap of IndexHNSWFlat}
 * @param dimension floats per row
 * @param count rows, at most 2^31
 * @param parts the rows in order; their counts add up to {@code count}
 * @param ids where the int64 ids of the numbers from 0 are; -1 when a number is the id
 */
record IndexLayout(String type, int dimension, Distance distance, long count, List<Part> parts, long ids) {

    IndexLayout {
        parts = List.copyOf(parts);
    }

    /**
     * Neighbouring rows.
     *
     * @param first place of the first row among all
     * @param count how many
     * @param rows where their floats start
     * @param numbers where their numbers start, int64 each; -1 when they are their places
     */
    record Part(long first, long count, long rows, long numbers) {}
}
