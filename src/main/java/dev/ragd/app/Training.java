package dev.ragd.app;

import dev.ragd.cli.Console;
import dev.ragd.cli.RagdCli;
import dev.ragd.config.Catalogue;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.files.FileTree;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.History;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.runs.Command;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.lucene.LuceneStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Does a little of everything on a throw-away home, so that the archive of loaded classes that the launcher makes from it
 * speeds up all commands. Talks to {@link CannedServer} and to a loopback port where nobody listens, and to nobody else.
 */
public final class Training {

    /** The system property that asks for it; its value says for which archive. */
    public static final String PROPERTY = "ragd.train";

    /** The value for the class path of the commands that are no job, which lacks what jobs need. */
    public static final String COMMANDS = "commands";

    private static final int LOCAL_DIMENSION = 384;

    /** So many get a graph. */
    private static final int RECORDS = 600;

    private static final URI NOBODY = URI.create("http://127.0.0.1:9");

    private Training() {}

    /**
     * Trains; what fails on the way is not worth telling, for an archive of less is still an archive.
     *
     * @param commandsOnly without any job
     */
    public static void run(boolean commandsOnly) throws IOException {
        Path folder = Files.createTempDirectory("ragd-train");
        try {
            Home home = new Home(folder.resolve("home"));
            if (!commandsOnly) {
                Path docs = Files.createDirectory(folder.resolve("docs"));
                Files.writeString(docs.resolve("note.txt"), "A note.");
                index(home, docs);
                command("index", "--dry-run", "--home", home.root().toString(), docs.toString());
            }
            command("config", "list", "--home", home.root().toString());
            command("search", "--home", home.root().toString(), "note");
            searchByModelServer(home);
            searchByLocalModel(home);
            searchInLocalStore(home, LuceneStore.NAME);
            searchInLocalStore(home, FaissStore.NAME);
            if (!commandsOnly) {
                String snapshot = "snapshot:" + folder.resolve("snapshot");
                migrate(home, FaissStore.NAME, snapshot, "documents");
                migrate(home, snapshot, FaissStore.NAME, "back");
            }
            command("--help");
        } finally {
            FileTree.delete(folder);
        }
    }

    private static void index(Home home, Path docs) {
        Settings settings = Settings.resolve(ConfigFile.read(home.configFile()), Map.of(), Map.of());
        SpringIndexService service = new SpringIndexService(
                home,
                SpringJobs.indexSettings(settings),
                new JobContext(
                        home, new StopSignal(), new History(10), Command.here("index"), Monitoring.of(home, settings)),
                Application.generations(home),
                progress -> new Unreachable(home, settings, progress));
        try {
            service.run(
                    new IndexRequest(ChromaStore.NAME, "documents", List.of(docs), List.of(), List.of(), false, false),
                    Progress.NONE);
        } catch (StoreException e) {
            // As meant: by now the job framework and the store's client are loaded.
        }
    }

    /**
     * A search that finds something.
     *
     * @return the command's exit code
     */
    static int searchByModelServer(Home home) throws IOException {
        try (CannedServer server = new CannedServer(CannedServer.DIMENSION)) {
            return search(
                    home,
                    server,
                    "--set",
                    "embed.provider=openai",
                    "--set",
                    "embed.url=" + server.url(),
                    "--assume-model");
        }
    }

    /**
     * The same by the model in process. Unpacks and loads it, a second of the first start after a build.
     *
     * @return the command's exit code
     */
    static int searchByLocalModel(Home home) throws IOException {
        try (CannedServer server = new CannedServer(LOCAL_DIMENSION)) {
            return search(home, server, "--assume-model");
        }
    }

    /**
     * A search in a local store that has an index to walk.
     *
     * @return the command's exit code; that of a failure, too, where the store's library does not work
     */
    static int searchInLocalStore(Home home, String backend) throws IOException {
        try (CannedServer server = new CannedServer(CannedServer.DIMENSION)) {
            try (VectorStore store = localStore(home, backend);
                    VectorCollection collection = store.create(
                            new CollectionSpec("documents", CannedServer.DIMENSION, Distance.COSINE, Metadata.EMPTY))) {
                collection.upsert(
                        IntStream.range(0, RECORDS).mapToObj(Training::note).toList());
                collection.checkpoint();
            } catch (StoreException e) {
                return ExitCode.FAILED.code();
            }
            return search(
                    home,
                    server,
                    "--set",
                    "storage.backend=" + backend,
                    "--set",
                    "embed.provider=openai",
                    "--set",
                    "embed.url=" + server.url(),
                    "--assume-model");
        }
    }

    /**
     * A migration of what {@link #searchInLocalStore} searched.
     *
     * @return the command's exit code
     */
    static int migrate(Home home, String from, String to, String name) {
        String root = home.root().toString();
        return command("migrate", "--home", root, "--from", from, "--to", to, "--to-collection", name);
    }

    private static VectorStore localStore(Home home, String backend) {
        Settings settings = Settings.resolve(
                ConfigFile.read(home.configFile()),
                Map.of(),
                Map.of(
                        Catalogue.BACKEND.key(), Map.entry("--set", backend),
                        Catalogue.FAISS_INDEX.key(), Map.entry("--set", "hnsw")));
        return Stores.open(new ConfiguredModels(home, settings), note -> {});
    }

    private static VectorRecord note(int i) {
        float[] vector = {(float) Math.cos(i), (float) Math.sin(i)};
        return new VectorRecord(
                "note-" + i,
                vector,
                "Note number " + i + ".",
                Metadata.of(Map.of("source", "/docs/note.txt", "chunk", (long) i)));
    }

    private static int search(Home home, CannedServer server, String... options) {
        List<String> args = new ArrayList<>(
                List.of("search", "--home", home.root().toString(), "--set", "storage.chromadb.url=" + server.url()));
        args.addAll(List.of(options));
        args.add("note");
        return command(args.toArray(String[]::new));
    }

    private static int command(String... args) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Console console = new Console(nowhere, nowhere, InputStream.nullInputStream(), false, false, 80);
        Termination termination = new Termination();
        int code = new RagdCli(console, Map.of(), new Application(new SpringJobs(termination, Command.here(args))))
                .run(PlainForm.matches(args) ? PlainForm.toCommand(args) : args); // as the main class does
        termination.finished();
        return code;
    }

    /** Everything as configured but the store, which nobody answers for. */
    private static final class Unreachable extends ConfiguredResources {
        Unreachable(Home home, Settings settings, Progress progress) {
            super(home, settings, progress);
        }

        @Override
        VectorStore openStore() {
            ChromaSettings d = ChromaSettings.defaults();
            return ChromaStore.external(new ChromaSettings(
                    NOBODY,
                    d.tenant(),
                    d.database(),
                    d.headers(),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    d.maxBatchRecords(),
                    d.maxBatchBytes(),
                    0,
                    d.retryDelay(),
                    d.hnsw()));
        }
    }
}
