package dev.ragd.ops.advice;

import dev.ragd.ops.advice.Advice.Choice;
import dev.ragd.ops.advice.Advice.Reason;
import dev.ragd.ops.advice.Situation.Measured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a store is advised; {@code docs/choosing.md} explains each. Every rule gives a reason in words and points for
 * it; the sum orders the stores. Estimates are of the right order, not more; a profile's numbers take their place.
 */
public final class StoreRules {

    /** All stores that collections can be searched in, in the order of preference where nothing else speaks. */
    static final List<String> STORES = List.of("lucene", "faiss", "chromadb", "leann");

    /** Up to here faiss compares with every vector. */
    static final long EXACT = 20_000;

    /** Candidates that a walk through a graph compares with, about, and how much slower than in a row. */
    private static final double WALKED = 4_000;

    private static final double SCATTERED = 3;

    /** What a question to a server costs beyond the search, milliseconds. */
    private static final double SERVER_MILLIS = 3;

    /** Chunks that leann embeds again for a question. */
    private static final int RECOMPUTED = 30;

    private static final double CODE_BYTES = 52;

    /** A share of what is free that is no burden. */
    private static final double EASY = 0.25;

    /** A share of what is free beyond which it is refused. */
    private static final double MOST = 0.6;

    private static final String NONE = ": no store would fit this machine";

    private static final double MUCH_UPDATED = 0.2;

    private final Situation situation;

    public StoreRules(Situation situation) {
        this.situation = situation;
    }

    /** The advice. */
    public Advice advice() {
        return new Advice(ranking(situation), changes());
    }

    private static List<Choice> ranking(Situation situation) {
        return STORES.stream()
                .map(store -> new StoreRules(situation).choice(store))
                .sorted(Comparator.comparing(Choice::possible)
                        .thenComparingInt(Choice::points)
                        .reversed())
                .toList();
    }

    private Choice choice(String store) {
        Measured measured = situation.measured().get(store);
        double disk = measured == null
                ? disk(store)
                : measured.diskBytes() * (situation.records() / (double) Math.max(1, measured.records()));
        double memory = memory(store);
        double millis = measured == null ? millis(store) : measured.millis();
        List<Reason> reasons = new ArrayList<>();
        boolean possible = obstacles(store, disk, memory, reasons);
        if (possible) {
            latency(millis, measured, reasons);
            room(store, disk, memory, reasons);
            nature(store, reasons);
            if (measured != null) {
                recall(measured, reasons);
            }
        }
        reasons.sort(Comparator.comparingInt((Reason r) -> Math.abs(r.points())).reversed());
        int points = reasons.stream().mapToInt(Reason::points).sum();
        return new Choice(store, possible, points, (long) disk, (long) memory, millis, measured != null, reasons);
    }

    /** What rules a store out. */
    private boolean obstacles(String store, double disk, double memory, List<Reason> reasons) {
        int before = reasons.size();
        Machine machine = situation.machine();
        if (store.equals("faiss") && !machine.faiss()) {
            reasons.add(new Reason(-100, "FAISS is built for Linux on x86-64 only"));
        }
        if (store.equals("leann") && !situation.texts()) {
            reasons.add(new Reason(-100, "it makes vectors anew from texts, and there are records without one"));
        }
        if (store.equals("leann") && !situation.ownModel()) {
            reasons.add(
                    new Reason(-100, "it makes vectors anew, and the configured model is not the one that made these"));
        }
        if (store.equals("leann") && Double.isNaN(machine.embedMillis())) {
            reasons.add(new Reason(-100, "it makes vectors anew, and the configured model does not answer"));
        }
        if (disk > MOST * machine.diskBytes()) {
            reasons.add(new Reason(
                    -100, "its files would take " + size(disk) + ", and " + size(machine.diskBytes()) + " are free"));
        }
        if (memory > MOST * machine.memoryBytes()) {
            reasons.add(new Reason(
                    -100,
                    "searching would hold " + size(memory) + " in memory, and " + size(machine.memoryBytes())
                            + " are there"));
        }
        return reasons.size() == before;
    }

    private static void latency(double millis, @Nullable Measured measured, List<Reason> reasons) {
        int points = millis < 5 ? 3 : millis < 30 ? 2 : millis < 200 ? 0 : millis < 1000 ? -3 : -6;
        reasons.add(new Reason(
                points,
                measured == null
                        ? "an answer takes about " + time(millis)
                        : "an answer takes " + time(millis) + ", as measured with " + number(measured.records())
                                + " records"));
    }

    private static void recall(Measured measured, List<Reason> reasons) {
        int points = measured.recall() >= 0.99 ? 1 : measured.recall() >= 0.95 ? 0 : measured.recall() >= 0.9 ? -2 : -5;
        reasons.add(new Reason(
                points,
                String.format(Locale.ROOT, "it finds %.1f %% of the nearest, as measured", 100 * measured.recall())));
    }

    private void room(String store, double disk, double memory, List<Reason> reasons) {
        Machine machine = situation.machine();
        boolean smallest = store.equals("leann");
        double plain = disk("lucene");
        if (smallest && plain > EASY * machine.diskBytes()) {
            reasons.add(new Reason(
                    plain > MOST * machine.diskBytes() ? 10 : 4,
                    "disk is short: it takes " + size(disk) + " where lucene takes " + size(plain)));
        } else if (disk > EASY * machine.diskBytes()) {
            reasons.add(new Reason(
                    -4,
                    "its files take about " + size(disk) + " of the " + size(machine.diskBytes()) + " that are free"));
        } else {
            reasons.add(new Reason(0, "its files take about " + size(disk)));
        }
        if (store.equals("lucene") && vectors() > machine.memoryBytes()) {
            reasons.add(new Reason(
                    -5, "its vectors, " + size(vectors()) + ", do not fit into memory, so searches wait for the disk"));
        }
        if (memory > EASY * machine.memoryBytes()) {
            reasons.add(new Reason(
                    -3,
                    "searching holds about " + size(memory) + " of the " + size(machine.memoryBytes())
                            + " of memory that are there"));
        }
    }

    private void nature(String store, List<Reason> reasons) {
        boolean updated = situation.updatesPerDay() > MUCH_UPDATED * situation.records();
        switch (store) {
            case "lucene" -> {
                reasons.add(new Reason(2, "needs neither a server nor native code, and searches by words, too"));
                if (updated) {
                    reasons.add(new Reason(1, "what is written joins its index as it comes"));
                }
            }
            case "faiss" -> {
                reasons.add(new Reason(1, "needs no server, and searches by words, too"));
                boolean exact = situation.records() <= EXACT;
                reasons.add(
                        exact
                                ? new Reason(1, "exact at this size: up to 20,000 vectors it compares with every one")
                                : new Reason(1, "its graph is the fastest of all at this size"));
                if (!exact && updated) {
                    reasons.add(new Reason(-2, "its graph is rewritten as a whole when much has changed"));
                }
            }
            case "chromadb" -> {
                reasons.add(new Reason(1, "other programs can use the collection at the same time"));
                reasons.add(new Reason(
                        -2, "a server has to run: it is started for each command unless one is there already"));
                reasons.add(new Reason(-1, "searches by vectors only, not by words"));
            }
            default -> {
                reasons.add(new Reason(-2, "experimental"));
                reasons.add(new Reason(
                        -1,
                        "embeds about " + RECOMPUTED + " chunks again for each question, at "
                                + time(situation.machine().embedMillis()) + " each"));
                if (updated) {
                    reasons.add(
                            new Reason(-2, "what is written must be checked against its model, which embeds again"));
                }
            }
        }
        if (situation.filters()) {
            reasons.add(
                    switch (store) {
                        case "lucene", "faiss" -> new Reason(1, "filters are part of its search");
                        case "chromadb" -> new Reason(0, "filters are part of its search, and make it slower");
                        default -> new Reason(-1, "finds less of the nearest when a filter leaves few");
                    });
        }
    }

    private double vectors() {
        return 4.0 * situation.dimension() * situation.records();
    }

    private double disk(String store) {
        double texts = situation.textBytes() * situation.records();
        return switch (store) {
            case "lucene" -> vectors() * 1.3 + texts * 0.6;
            case "faiss" -> vectors() * (situation.records() > EXACT ? 2.4 : 2.2) + texts * 0.6;
            case "chromadb" -> 18e6 + vectors() * 2.2 + texts * 3.3;
            default -> CODE_BYTES * situation.records() + texts * 0.6 + 1e5;
        };
    }

    private double memory(String store) {
        return switch (store) {
            case "lucene" -> 20e6 + 0.05 * vectors();
            case "faiss" -> 20e6 + vectors() * (situation.records() > EXACT ? 1.2 : 1);
            case "chromadb" -> 60e6 + vectors() * 1.3;
            default -> 120e6 + CODE_BYTES * situation.records();
        };
    }

    private double millis(String store) {
        double rate = situation.machine().scanBytesPerSecond();
        double all = 1e3 * vectors() / rate;
        double walk = Math.min(all, 1e3 * SCATTERED * WALKED * 4 * situation.dimension() / rate);
        return switch (store) {
            case "lucene" -> 0.3 + walk;
            case "faiss" -> 0.2 + (situation.records() > EXACT ? walk / 2 : all);
            case "chromadb" -> SERVER_MILLIS + walk;
            default -> RECOMPUTED * situation.machine().embedMillis() + 1e3 * CODE_BYTES * situation.records() / rate;
        };
    }

    /** The same rules with one thing otherwise at a time. */
    private List<String> changes() {
        List<Choice> now = ranking(situation);
        String first = now.get(0).store();
        Machine m = situation.machine();
        Map<String, Situation> others = new LinkedHashMap<>();
        for (int factor : new int[] {10, 100, 1000}) {
            others.put(
                    "with " + number(situation.records() * factor) + " records",
                    situation.withRecords(situation.records() * factor));
        }
        others.put(
                situation.filters() ? "without filters" : "with filters in most searches",
                situation.withFilters(!situation.filters()));
        others.put(
                "with " + number((long) Math.max(1, situation.records() * 0.5)) + " records rewritten a day",
                situation.withUpdates(situation.records() * 0.5));
        double shortDisk = disk("lucene") * 1.5;
        others.put(
                "with only " + size(shortDisk) + " of free disk", situation.withMachine(m.withDisk((long) shortDisk)));
        others.put("with only " + size(512e6) + " of free memory", situation.withMachine(m.withMemory(512_000_000)));
        others.put("on a machine where FAISS does not run", situation.withMachine(m.withoutFaiss()));
        List<String> changes = new ArrayList<>();
        others.forEach((what, other) -> {
            Choice then = ranking(other).get(0);
            if (!then.possible()) {
                if (changes.stream().noneMatch(change -> change.endsWith(NONE))) {
                    changes.add(what + NONE);
                }
            } else if (!then.store().equals(first)) {
                changes.add(what + ": " + then.store());
            }
        });
        boolean server = now.stream().anyMatch(c -> c.store().equals("chromadb") && c.possible());
        if (server && !first.equals("chromadb")) {
            changes.add("when other programs are to use the collection at the same time: chromadb");
        }
        return changes;
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String time(double millis) {
        return millis < 10
                ? String.format(Locale.ROOT, "%.1f ms", millis)
                : millis < 1000
                        ? String.format(Locale.ROOT, "%.0f ms", millis)
                        : String.format(Locale.ROOT, "%.1f s", millis / 1000);
    }

    private static String size(double bytes) {
        return bytes < 10e6
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : bytes < 1e9
                        ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
                        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
