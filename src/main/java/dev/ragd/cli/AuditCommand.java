package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.repair.AuditReport;
import dev.ragd.jobs.repair.RepairRequest;
import dev.ragd.jobs.repair.RepairService;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ragd audit}: compares the store with the ledger. */
@Command(
        name = "audit",
        header = "Compares the store with what was indexed into it; writes nothing.",
        description = {
            "",
            "Looks for chunks that the store lost, that hold something else than what was written, or that have no vector;"
                    + " for chunks of older versions of files, of no known file, and of unfinished runs; and for a model that"
                    + " is not the one that made the vectors. Exit code 4 when something differs.",
            "Records that another program put into the collection are counted and listed, but are no difference."
        },
        footer = {
            "",
            "No job can run on this home meanwhile (exit code 75); searches go on.",
            "",
            "Examples:",
            "  ragd audit",
            "  ragd audit --collection notes --backend lucene --json",
            "  ragd audit --output findings.tsv"
        })
final class AuditCommand implements Callable<Integer> {

    private final Session session;

    @Option(names = "--output", paramLabel = "FILE", description = "List every finding there, not only the first 20.")
    @Nullable
    Path output;

    AuditCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Settings settings = session.settings();
        RepairRequest request =
                new RepairRequest(settings.get(Catalogue.BACKEND), settings.get(Catalogue.COLLECTION), false);
        RepairService service = session.services().repair(session.home(), settings);
        AuditReport report = session.follow(progress -> service.audit(request, output, progress));
        return new AuditRendering(report, output == null ? null : output.toString()).show(session);
    }
}
