package dev.ragd.cli;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.index.IndexService;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ragd index PATH...}: runs the index job and shows its report. */
@Command(
        name = "index",
        header = "Indexes files and folders; run it again after changes, or after it was stopped.",
        description = {
            "",
            "Only what is new or changed is parsed and embedded; what is gone is taken out of the collection.",
            "A run that was stopped or killed at any point goes on where it was when the same command is given again.",
            "A file that cannot be indexed is put aside with its reason (exit code 3) and tried again by the next run."
        },
        footer = {
            "",
            "Examples:",
            "  ragd index ~/Documents",
            "  ragd index ~/Documents --include '*.pdf' --exclude drafts",
            "  ragd index notes --collection notes --dry-run"
        })
final class IndexCommand implements Callable<Integer>, Unattended {

    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files or folders.")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--include", paramLabel = "GLOB", description = "Only files that match; may be repeated.")
    List<String> includes = new ArrayList<>();

    @Option(names = "--exclude", paramLabel = "GLOB", description = "No files or folders that match; may be repeated.")
    List<String> excludes = new ArrayList<>();

    @Option(names = "--dry-run", description = "Say what would be done; write nothing at all.")
    boolean dryRun;

    @Option(names = "--full", description = "Index everything again, changed or not.")
    boolean full;

    @Option(
            names = "--allow-mass-delete",
            description = "Delete even when an unusual share of the files is gone (index.max_delete_percent).")
    boolean allowMassDelete;

    IndexCommand(Session session) {
        this.session = session;
    }

    @Override
    public void check(Session later) {
        for (Path path : paths) {
            if (Files.notExists(path)) {
                later.warn(path.toAbsolutePath() + " is not there: the run ends with exit code 2 until it is");
            }
        }
    }

    @Override
    public Integer call() {
        Settings settings = session.settings();
        IndexRequest request = new IndexRequest(
                settings.get(Catalogue.BACKEND),
                settings.get(Catalogue.COLLECTION),
                paths,
                includes,
                excludes,
                full,
                allowMassDelete);
        warnOfLocale();
        IndexService service = session.services().index(session.home(), settings);
        IndexReport report =
                session.follow(progress -> dryRun ? service.dryRun(request, progress) : service.run(request, progress));
        IndexRendering rendering = new IndexRendering(request, report);
        if (session.json()) {
            session.json(rendering.toJson());
        } else if (!session.quiet()) {
            rendering.summary().forEach(session::say);
        }
        if (session.json() || session.quiet()) {
            rendering.quarantine().forEach(session.console().err()::println);
        }
        return report.exitCode().code();
    }

    /** Java decodes file names by the locale alone; without one, as under cron, it loses every name beyond ASCII. */
    private void warnOfLocale() {
        String names = System.getProperty("sun.jnu.encoding", "UTF-8");
        if (Charset.isSupported(names) && !Charset.forName(names).equals(StandardCharsets.UTF_8)) {
            session.warn("file names are read as " + names + " here, so names with other letters cannot be opened;"
                    + " set LC_ALL=C.UTF-8");
        }
    }
}
