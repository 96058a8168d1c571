package dev.ragd.store.leann;

import dev.ragd.store.documents.OrdinalSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;

/**
 * One search of a graph in two levels: "LEANN: A Low-Storage Vector Index" (arXiv 2506.08276), algorithm 2. The walk is that of
 * HNSW's lowest layer, best first, with as many of the best kept as {@code ef} says. But what it sees enters an approximate
 * queue first, ordered by what the codes say; only the most promising share of that queue is embedded again, and enters the
 * exact queue, which the walk goes on from. With a share of 1 all that is seen is embedded.
 *
 * <p>Where the paper says nothing: records that are gone have no text to embed, so the walk goes through them as if their
 * links were those of who led there; records that the filter leaves out lead the walk on, but do not count among the best;
 * and a walk that comes to its end with fewer than {@code ef} goes on with the most promising rest. For one thread.
 */
final class GraphSearch {

    private final ProximityGraph graph;
    private final OrdinalSet live;
    private final Approximation approximation;
    private final Exact exact;
    private final GraphSettings settings;
    private final int batch;

    private final BitSet seen;
    private final BitSet embedded;
    /** The approximate queue: its most promising share, and the rest. */
    private final TreeSet<Node> promising = new TreeSet<>(Node.BEST_FIRST);

    private final TreeSet<Node> rest = new TreeSet<>(Node.BEST_FIRST);
    /** The exact queue: what the walk may go on from. */
    private final PriorityQueue<Node> open = new PriorityQueue<>(Node.BEST_FIRST);

    private final PriorityQueue<Node> best = new PriorityQueue<>(Node.BEST_FIRST.reversed());

    /** Says how near a record probably is. */
    @FunctionalInterface
    interface Approximation {
        /** Greater is nearer. */
        float estimate(int ordinal);
    }

    /** Says how near records are; what that costs is what the search spares. */
    @FunctionalInterface
    interface Exact {
        /** Greater is nearer. */
        double[] scores(int[] ordinals);
    }

    private record Node(double nearness, int number) {
        static final Comparator<Node> BEST_FIRST =
                Comparator.comparingDouble(Node::nearness).reversed().thenComparing(Node::number);
    }

    /**
     * @param live what can be embedded
     * @param batch how many are embedded at once, if the walk has so many in view; 1 is the algorithm without batches
     */
    GraphSearch(
            ProximityGraph graph,
            OrdinalSet live,
            Approximation approximation,
            Exact exact,
            GraphSettings settings,
            int batch) {
        this.graph = graph;
        this.live = live;
        this.approximation = approximation;
        this.exact = exact;
        this.settings = settings;
        this.batch = batch;
        this.seen = new BitSet(graph.size());
        this.embedded = new BitSet(graph.size());
    }

    /**
     * True when embedding all that is wanted costs no more than the walk, which meets a wanted record once in so many.
     *
     * @param wanted records of the graph that count
     * @param alive records of the graph that live
     */
    static boolean isNarrow(int wanted, int alive, int ef) {
        return wanted <= ef || (double) wanted * wanted <= (double) ef * alive;
    }

    /**
     * Walks. What was found is with {@link Exact}, which saw all of it.
     *
     * @param wanted records of the graph that count among the best
     */
    void run(int k, OrdinalSet wanted) {
        int ef = Math.max(k, settings.ef());
        see(graph.entry());
        embed(next(Math.max(1, batch)), wanted, ef);
        while (true) {
            List<Node> chosen = List.of();
            while (chosen.size() < batch && expand(ef)) {
                chosen = pending();
            }
            if (chosen.isEmpty() && best.size() < ef) {
                chosen = next(batch);
            }
            if (chosen.isEmpty()) {
                return;
            }
            embed(chosen, wanted, ef);
        }
    }

    /** Looks at the neighbours of the best open node; false when none of them could be better than what was found. */
    private boolean expand(int ef) {
        Node next = open.peek();
        Node worst = best.peek();
        if (next == null || (best.size() >= ef && worst != null && next.nearness < worst.nearness)) {
            return false;
        }
        open.poll();
        for (int i = graph.offsets()[next.number]; i < graph.offsets()[next.number + 1]; i++) {
            see(graph.links()[i]);
        }
        return true;
    }

    /** Takes a node into the approximate queue; instead of one that is gone, what lies behind it. */
    private void see(int first) {
        if (seen.get(first)) {
            return;
        }
        List<Integer> through = new ArrayList<>(List.of(first));
        seen.set(first);
        while (!through.isEmpty()) {
            int node = through.remove(through.size() - 1);
            int ordinal = graph.ordinals()[node];
            if (live.contains(ordinal)) {
                enqueue(new Node(approximation.estimate(ordinal), node));
                continue;
            }
            for (int i = graph.offsets()[node]; i < graph.offsets()[node + 1]; i++) {
                int behind = graph.links()[i];
                if (!seen.get(behind)) {
                    seen.set(behind);
                    through.add(behind);
                }
            }
        }
    }

    private void enqueue(Node node) {
        boolean promises = !promising.isEmpty() && Node.BEST_FIRST.compare(node, promising.last()) < 0;
        (promises ? promising : rest).add(node);
    }

    /** Those of the promising share of all that was seen that are not embedded yet. */
    private List<Node> pending() {
        int wanted = (int) Math.ceil(settings.share() * (promising.size() + rest.size()));
        while (promising.size() > wanted) {
            rest.add(promising.pollLast());
        }
        while (promising.size() < wanted) {
            promising.add(rest.pollFirst());
        }
        return promising.stream().filter(n -> !embedded.get(n.number)).toList();
    }

    /** The most promising of all that are not embedded yet. */
    private List<Node> next(int count) {
        List<Node> next = new ArrayList<>();
        pending();
        for (TreeSet<Node> queue : List.of(promising, rest)) {
            for (Iterator<Node> i = queue.iterator(); i.hasNext() && next.size() < count; ) {
                Node node = i.next();
                if (!embedded.get(node.number)) {
                    next.add(node);
                }
            }
        }
        return next;
    }

    private void embed(List<Node> nodes, OrdinalSet wanted, int ef) {
        int[] ordinals =
                nodes.stream().mapToInt(n -> graph.ordinals()[n.number]).toArray();
        double[] scores = exact.scores(ordinals);
        for (int i = 0; i < ordinals.length; i++) {
            Node node = new Node(scores[i], nodes.get(i).number);
            embedded.set(node.number);
            open.add(node);
            if (wanted.contains(ordinals[i])) {
                best.add(node);
                if (best.size() > ef) {
                    best.poll();
                }
            }
        }
    }
}
