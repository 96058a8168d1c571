package dev.ragd.cli;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.embed.Embedder;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.repair.AuditReport;
import dev.ragd.jobs.repair.RepairReport;
import dev.ragd.jobs.repair.RepairRequest;
import dev.ragd.jobs.repair.RepairService;
import dev.ragd.jobs.runs.Command;
import dev.ragd.ops.CollectionsService;
import dev.ragd.ops.HealthService;
import dev.ragd.ops.Models;
import dev.ragd.ops.SearchService;
import dev.ragd.ops.WordEmbedder;
import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.profile.Profile;
import dev.ragd.ops.profile.ProfileRequest;
import dev.ragd.ops.profile.ProfileService;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.memory.InMemoryStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs commands in this process, over a store in memory and an index service that tells what it was asked. */
final class CliTester implements Services {

    final Map<String, String> environment = new HashMap<>();
    final InMemoryStore.Data data = new InMemoryStore.Data();
    final List<IndexRequest> indexed = new ArrayList<>();
    final List<IndexRequest> dryRuns = new ArrayList<>();
    final List<MigrateRequest> migrated = new ArrayList<>();
    final List<MigrateRequest> migrateDryRuns = new ArrayList<>();
    final List<MigrateRequest> verified = new ArrayList<>();
    final List<String> again = new ArrayList<>();
    final List<RepairRequest> audited = new ArrayList<>();
    final List<RepairRequest> repairDryRuns = new ArrayList<>();
    final List<RepairRequest> repaired = new ArrayList<>();
    final List<ProfileRequest> profiled = new ArrayList<>();
    final Path home;

    Supplier<AuditReport> auditReport = () -> {
        throw new AssertionError("no audit was expected");
    };
    Supplier<RepairReport> repairReport = () -> {
        throw new AssertionError("no repair was expected");
    };
    Supplier<MigrateReport> migrateReport = () -> {
        throw new AssertionError("the migrate service was not expected to be asked");
    };
    final List<AdviceRequest> advised = new ArrayList<>();
    Supplier<Findings> advice = () -> {
        throw new AssertionError("no advice was expected");
    };
    Supplier<Profile> profile = () -> {
        throw new AssertionError("no profile was expected");
    };
    Supplier<VectorStore> store = () -> new InMemoryStore(data);
    Supplier<IndexReport> report = () -> {
        throw new AssertionError("the index service was not expected to be asked");
    };
    int againCode;
    boolean terminal;
    boolean newer;
    int columns = 100;
    String in = "";
    String out = "";
    String err = "";

    CliTester(Path home) {
        this.home = home;
    }

    /** Runs one command with {@code --home} in front. */
    int run(String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "--home";
        all[1] = home.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        return runBare(all);
    }

    int runBare(String... args) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                terminal,
                terminal,
                columns);
        int code = new RagdCli(console, environment, this).run(args);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    /** What is on stdout, which must be exactly one JSON object in one line. */
    JsonNode json() {
        if (out.lines().count() != 1) {
            throw new AssertionError("expected one line of JSON, but stdout is:\n" + out);
        }
        return new JsonMapper().readTree(out);
    }

    /** Makes a collection of ours. */
    void collection(String name, List<VectorRecord> records) {
        Metadata attributes = CollectionEmbedder.of(model().id()).addTo(Metadata.EMPTY);
        try (VectorCollection c =
                new InMemoryStore(data).create(new CollectionSpec(name, 64, Distance.COSINE, attributes))) {
            c.upsert(records);
        }
    }

    static VectorRecord record(String id, String text, Map<String, ?> metadata) {
        return new VectorRecord(id, model().embedQuery(text), text, Metadata.of(metadata));
    }

    private static WordEmbedder model() {
        return new WordEmbedder("words", 64);
    }

    @Override
    public Reading open(Home where, Settings settings, Consumer<String> notes) {
        VectorStore opened = store.get();
        Generations generations = new Generations(where.data().resolve("catalog.json"));
        return new Reading() {
            @Override
            public SearchService search() {
                String named = settings.find(Catalogue.EMBED_MODEL).orElse("words");
                return new SearchService(opened, generations, new Models() {
                    @Override
                    public Embedder configured() {
                        return new WordEmbedder(named, 64);
                    }

                    @Override
                    public Embedder chromaDefault() {
                        return model();
                    }
                });
            }

            @Override
            public CollectionsService collections() {
                return new CollectionsService(opened, generations);
            }

            @Override
            public void close() {
                opened.close();
            }
        };
    }

    @Override
    public Reading openToChange(Home where, Settings settings, Consumer<String> notes) {
        return open(where, settings, notes);
    }

    @Override
    public Health health(Home where, Settings settings, boolean used, Consumer<String> notes) {
        return HealthService.check(store);
    }

    @Override
    public IndexService index(Home where, Settings settings) {
        return new IndexService() {
            @Override
            public IndexReport run(IndexRequest request, Progress progress) {
                indexed.add(request);
                progress.phase("embedding", 2, "files");
                progress.advance(1);
                progress.note("one file is broken");
                progress.advance(2);
                return report.get();
            }

            @Override
            public IndexReport dryRun(IndexRequest request, Progress progress) {
                dryRuns.add(request);
                return report.get();
            }
        };
    }

    @Override
    public MigrateService migrate(Home where, Settings settings) {
        return new MigrateService() {
            @Override
            public MigrateReport run(MigrateRequest request, Progress progress) {
                migrated.add(request);
                return migrateReport.get();
            }

            @Override
            public MigrateReport dryRun(MigrateRequest request, Progress progress) {
                migrateDryRuns.add(request);
                return migrateReport.get();
            }

            @Override
            public MigrateReport verify(MigrateRequest request, Progress progress) {
                verified.add(request);
                return migrateReport.get();
            }
        };
    }

    @Override
    public int again(Home home, Command command) {
        again.add(command.folder() + " " + String.join(" ", command.words()));
        return againCode;
    }

    @Override
    public RepairService repair(Home where, Settings settings) {
        return new RepairService() {
            @Override
            public AuditReport audit(RepairRequest request, @Nullable Path findings, Progress progress) {
                audited.add(request);
                return auditReport.get();
            }

            @Override
            public RepairReport dryRun(RepairRequest request, Progress progress) {
                repairDryRuns.add(request);
                return repairReport.get();
            }

            @Override
            public RepairReport run(RepairRequest request, Progress progress) {
                repaired.add(request);
                return repairReport.get();
            }
        };
    }

    @Override
    public ProfileService profile(Home where, Settings settings) {
        return (request, notes) -> {
            profiled.add(request);
            return profile.get();
        };
    }

    @Override
    public Findings advise(Home where, Settings settings, AdviceRequest request, Consumer<String> notes) {
        advised.add(request);
        return advice.get();
    }

    @Override
    public void refuseNewer(Home home) {
        if (newer) {
            throw new JobException(ExitCode.USAGE, "a newer ragd made it", null);
        }
    }

    @Override
    public List<StoreReference.Kind> storeKinds() {
        return List.of(new StoreReference.Kind("chromadb", false), new StoreReference.Kind("snapshot", true));
    }
}
