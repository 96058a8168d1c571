package dev.ragd.cli;

import dev.ragd.config.Settings;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ragd verify}: compares two collections record by record. */
@Command(
        name = "verify",
        header = "Compares two collections record by record; writes nothing.",
        description = {
            "",
            "Compares ids both ways, and of every record the text, the typed metadata and the vector: bit by bit, or"
                    + " within the tolerance that a store declares. Exit code 4 when they differ."
        },
        footer = {
            "",
            "Examples:",
            "  ragd verify --from chromadb --to faiss",
            "  ragd verify --from chromadb --to chromadb --to-collection archive --json"
        })
final class VerifyCommand implements Callable<Integer>, Unattended {

    private final Session session;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    MigrateOptions ends;

    VerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Settings settings = session.settings();
        MigrateRequest request = ends.request(session, settings);
        MigrateService service = session.services().migrate(session.home(), settings);
        MigrateReport report = session.follow(progress -> service.verify(request, progress));
        return new MigrateRendering(report).show(session, true);
    }

    @Override
    public void check(Session later) {
        ends.request(later, later.settings());
    }
}
