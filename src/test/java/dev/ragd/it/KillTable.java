package dev.ragd.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was killed when, and what came of it: printed, and left as {@code target/kill-tests.md}. Thread-safe. */
final class KillTable {

    /** How far a migration had come, as its files say. */
    enum Stage {
        START,
        PLAN,
        COPY,
        VERIFY,
        REPORT
    }

    /** What happened over all rounds of a test. */
    static final class Outcome {
        final Map<Stage, Integer> kills = new EnumMap<>(Stage.class);
        int lost;
        int duplicated;
        int changed;
        int twice;

        void kill(Stage stage) {
            kills.merge(stage, 1, Integer::sum);
        }

        int kills() {
            return kills.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private static final String HEAD =
            "| Pair | What happened | Kills | in start-up, preflight / plan / copy / verify, publish / report | Records"
                    + " | Lost | Duplicated | Changed | Written twice |\n|---|---|---|---|---|---|---|---|---|\n";

    private final List<String> rows = new ArrayList<>();

    /** @param twice most records written twice in one round; -1 where nobody can count it */
    synchronized void add(List<String> pair, String how, Outcome outcome, int records, int twice) {
        List<String> stages = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            stages.add(String.valueOf(outcome.kills.getOrDefault(stage, 0)));
        }
        rows.add(String.format(
                "| %s | %s | %d | %s | %d | %d | %d | %d | %s |%n",
                String.join(" -> ", pair),
                how,
                outcome.kills(),
                String.join(" / ", stages),
                records,
                outcome.lost,
                outcome.duplicated,
                outcome.changed,
                twice < 0 ? "not counted" : String.valueOf(twice)));
        write();
    }

    private void write() {
        try {
            Files.writeString(Path.of("target", "kill-tests.md"), HEAD + String.join("", rows));
        } catch (IOException e) {
            System.err.println("the table is printed only: " + e);
        }
    }

    synchronized void print() {
        System.out.print(HEAD + String.join("", rows));
    }
}
