package dev.ragd.cli;

import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateRequest.Choice;
import dev.ragd.jobs.migrate.MigrateService;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ragd migrate}: runs the migrate job and shows its report. */
@Command(
        name = "migrate",
        header = "Moves a collection to another store, or to another name; every record is verified.",
        description = {
            "",
            "The ids of the source are frozen when it starts. A run that was stopped or killed at any point goes on where"
                    + " it was when the same command is given again. The target becomes a new generation of its"
                    + " collection, put into use in one step after it was verified record by record; the source stays as"
                    + " it is. Vectors are copied, not made anew.",
        },
        footer = {
            "",
            "When the verification fails, nothing is put into use and the exit code is 4. A record that the target refuses"
                    + " is listed with its reason, and counts as missing unless --allow-partial is given (exit code 3).",
            "",
            "Examples:",
            "  ragd migrate --from chromadb --to faiss --dry-run",
            "  ragd migrate --from chromadb --to faiss --activate",
            "  ragd migrate --from chromadb --to chromadb --to-collection archive",
            "  ragd migrate --from chromadb --to faiss --delta",
            "  ragd migrate --from chromadb --to chromadb --reembed",
            "  ragd migrate --from chroma-folder:/var/lib/chroma --to faiss --collection notes",
            "  ragd migrate --from faiss-file:vectors.index --to snapshot:/backup/vectors",
            "  ragd collections rollback documents"
        })
final class MigrateCommand implements Callable<Integer>, Unattended {

    private final Session session;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    MigrateOptions ends;

    @Option(names = "--dry-run", description = "Check everything and say what would be done; write nothing at all.")
    boolean dryRun;

    @Option(
            names = "--delta",
            description =
                    "Bring the target of the last migration of this pair up to date: only what changed is written.")
    boolean delta;

    @Option(names = "--reembed", description = "Make new vectors from the texts, with the configured model.")
    boolean reembed;

    @Option(
            names = "--keep-quantised",
            description =
                    "Into leann: keep vectors of another model as codes of four bits a component. They cannot be made"
                            + " again; a tenth of their length is lost.")
    boolean keepQuantised;

    @Option(
            names = "--activate",
            description = "Make the target the configured store and collection after it was verified.")
    boolean activate;

    @Option(
            names = "--allow-partial",
            description =
                    "Put the target into use although records were rejected; read an unfinished migration's target.")
    boolean allowPartial;

    @Option(names = "--allow-empty", description = "Migrate a source without records.")
    boolean allowEmpty;

    @Option(names = "--allow-mass-delete", description = "Let --delta delete an unusual share of the target.")
    boolean allowMassDelete;

    MigrateCommand(Session session) {
        this.session = session;
    }

    @Override
    public void check(Session later) {
        List<String> contradictions = request(later.settings()).contradictions();
        if (!contradictions.isEmpty()) {
            throw new JobException(ExitCode.USAGE, String.join("\n", contradictions), null);
        }
    }

    @Override
    public Integer call() {
        Settings settings = session.settings();
        MigrateRequest request = request(settings);
        MigrateService service = session.services().migrate(session.home(), settings);
        MigrateReport report =
                session.follow(progress -> dryRun ? service.dryRun(request, progress) : service.run(request, progress));
        return new MigrateRendering(report).show(session, false);
    }

    private MigrateRequest request(Settings settings) {
        return ends.request(session, settings).with(choices());
    }

    private Set<Choice> choices() {
        Map<Choice, Boolean> given = Map.of(
                Choice.DELTA, delta,
                Choice.REEMBED, reembed,
                Choice.KEEP_QUANTISED, keepQuantised,
                Choice.ACTIVATE, activate,
                Choice.ALLOW_PARTIAL, allowPartial,
                Choice.ALLOW_EMPTY, allowEmpty,
                Choice.ALLOW_MASS_DELETE, allowMassDelete);
        return given.keySet().stream().filter(given::get).collect(Collectors.toSet());
    }
}
