package dev.ragd.jobs.repair;

import dev.ragd.jobs.index.CompactSet;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.Work;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Turns findings into lines of a plan: a file of which something was found that indexing it again heals is indexed again; of
 * a file that was never complete, what an unfinished run wrote is taken out. Findings of one file come one after the other.
 */
final class RepairPlan implements Consumer<AuditFinding> {

    private static final int LINES_PER_INSERT = 500;

    private final Ledger ledger;
    private final long target;
    private final Lines lines;
    private final CompactSet done = new CompactSet();
    private final Set<String> damaged = new LinkedHashSet<>();
    private String path = "";
    private long seq;
    private long files;
    private final List<Work> buffer = new ArrayList<>();

    /** Takes lines of the plan. */
    interface Lines {
        void add(List<Work> work);

        /** A file is to be indexed again; the chunks named are not to be trusted. */
        void restore(FileEntry file, Set<String> damaged);
    }

    RepairPlan(Ledger ledger, long target, Lines lines) {
        this.ledger = ledger;
        this.target = target;
        this.lines = lines;
    }

    @Override
    public void accept(AuditFinding finding) {
        if (finding.kind().cure() != AuditKind.Cure.RESTORE || finding.path() == null) {
            return;
        }
        if (!finding.path().equals(path)) {
            finishFile();
            path = finding.path();
        }
        if (finding.kind() == AuditKind.DIFFERENT || finding.kind() == AuditKind.NO_VECTOR) {
            damaged.add(finding.id());
        }
    }

    /** Ends it; says how many files are concerned. */
    long finish() {
        finishFile();
        lines.add(buffer);
        buffer.clear();
        return files;
    }

    private void finishFile() {
        if (path.isEmpty() || done.contains(path)) {
            damaged.clear();
            return;
        }
        done.add(path);
        files++;
        FileEntry file = ledger.file(target, path);
        if (file == null) {
            buffer.add(new Work(seq++, Work.Kind.CLEAN, path, path, 0, 0, null, null));
        } else {
            lines.restore(file, Set.copyOf(damaged));
            buffer.add(new Work(seq++, Work.Kind.CHANGE, path, file.root(), file.bytes(), file.modified(), null, null));
        }
        damaged.clear();
        if (buffer.size() == LINES_PER_INSERT) {
            lines.add(buffer);
            buffer.clear();
        }
    }
}
