package dev.ragd.store.leann;

import dev.ragd.store.documents.OrdinalSet;
import java.util.Arrays;

/**
 * A graph of near neighbours over records, as rows of links one after the other (CSR). Nodes are numbered in order of their
 * records' ordinals. Every node is reached from the entry. Immutable, safe for use by several threads.
 *
 * @param ordinals of the records, ascending: {@code int[nodes]}
 * @param offsets {@code int[nodes + 1]}: the links of node v lie from {@code offsets[v]} on
 * @param links nodes
 * @param entry the node that walks start from
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record ProximityGraph(int[] ordinals, int[] offsets, int[] links, int entry) {

    /**
     * The part of a graph that is reached from its entry.
     *
     * @param ordinals ascending
     * @param links of each node
     */
    static ProximityGraph reached(int[] ordinals, int[][] links, int entry) {
        int n = ordinals.length;
        int[] queue = new int[n];
        boolean[] seen = new boolean[n];
        int reached = 0;
        queue[reached++] = entry;
        seen[entry] = true;
        int total = 0;
        for (int i = 0; i < reached; i++) {
            total += links[queue[i]].length;
            for (int next : links[queue[i]]) {
                if (!seen[next]) {
                    seen[next] = true;
                    queue[reached++] = next;
                }
            }
        }
        int[] number = new int[n];
        int[] kept = new int[reached];
        int count = 0;
        for (int v = 0; v < n; v++) {
            if (seen[v]) {
                number[v] = count;
                kept[count++] = v;
            }
        }
        int[] offsets = new int[reached + 1];
        int[] flat = new int[total];
        int at = 0;
        for (int v = 0; v < reached; v++) {
            for (int next : links[kept[v]]) {
                flat[at++] = number[next];
            }
            offsets[v + 1] = at;
        }
        return new ProximityGraph(Arrays.stream(kept).map(v -> ordinals[v]).toArray(), offsets, flat, number[entry]);
    }

    /** How many nodes there are. */
    int size() {
        return ordinals.length;
    }

    /** The node of a record, or a negative number. */
    int node(int ordinal) {
        return Arrays.binarySearch(ordinals, ordinal);
    }

    /** Splits a set: what is in the graph, and what is not. */
    OrdinalSet[] split(OrdinalSet wanted) {
        long[] inside = new long[wanted.words().length];
        int count = 0;
        for (int ordinal : ordinals) {
            if (wanted.contains(ordinal)) {
                inside[ordinal >> 6] |= 1L << ordinal;
                count++;
            }
        }
        long[] outside = wanted.words().clone();
        for (int i = 0; i < outside.length; i++) {
            outside[i] &= ~inside[i];
        }
        return new OrdinalSet[] {new OrdinalSet(inside, count), new OrdinalSet(outside, wanted.size() - count)};
    }
}
