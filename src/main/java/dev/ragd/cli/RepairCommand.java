package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.repair.RepairReport;
import dev.ragd.jobs.repair.RepairRequest;
import dev.ragd.jobs.repair.RepairService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ragd repair}: runs the repair job and shows its report. */
@Command(
        name = "repair",
        header = "Mends what an audit finds, and nothing else.",
        description = {
            "",
            "Files of which the store lost or changed chunks are indexed again, with the vectors that are still good; chunks"
                    + " of older versions of files and of no known file are deleted. Then everything is compared again: exit"
                    + " code 4 when something still differs.",
            "A run that was stopped or killed at any point goes on where it was when the same command is given again.",
            "Records that another program put into the collection are never touched."
        },
        footer = {
            "",
            "What another home indexed into the same collection is of no file that this home knows, and would be deleted:"
                    + " have a look at --dry-run first where homes share a server.",
            "",
            "Examples:",
            "  ragd repair --dry-run",
            "  ragd repair",
            "  ragd repair --collection notes --backend faiss --json"
        })
final class RepairCommand implements Callable<Integer> {

    private final Session session;

    @Option(names = "--dry-run", description = "Say what would be done; write nothing at all.")
    boolean dryRun;

    @Option(
            names = "--allow-mass-delete",
            description = "Delete even an unusual share of the collection (index.max_delete_percent).")
    boolean allowMassDelete;

    RepairCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Settings settings = session.settings();
        RepairRequest request =
                new RepairRequest(settings.get(Catalogue.BACKEND), settings.get(Catalogue.COLLECTION), allowMassDelete);
        RepairService service = session.services().repair(session.home(), settings);
        RepairReport report =
                session.follow(progress -> dryRun ? service.dryRun(request, progress) : service.run(request, progress));
        return new RepairRendering(report).show(session);
    }
}
