package dev.ragd.jobs.repair;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Counts findings and keeps the first of each kind. One thread. */
final class AuditTally implements Consumer<AuditFinding> {

    private static final int LISTED = 20;

    private final Map<AuditKind, Long> counts = new EnumMap<>(AuditKind.class);
    private final Map<AuditKind, List<AuditFinding>> listed = new EnumMap<>(AuditKind.class);

    AuditTally() {
        for (AuditKind kind : AuditKind.values()) {
            counts.put(kind, 0L);
            listed.put(kind, new ArrayList<>());
        }
    }

    @Override
    public void accept(AuditFinding finding) {
        List<AuditFinding> first = listed.computeIfAbsent(finding.kind(), k -> new ArrayList<>());
        if (first.size() < LISTED) {
            first.add(finding);
        }
        counts.merge(finding.kind(), 1L, Long::sum);
    }

    Map<AuditKind, Long> counts() {
        return counts;
    }

    Map<AuditKind, List<AuditFinding>> listed() {
        return listed;
    }

    long count(AuditKind.Cure cure) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().cure() == cure)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
