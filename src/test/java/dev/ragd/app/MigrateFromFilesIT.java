package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.catalog.Generations;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.faiss.FaissFixture;
import dev.ragd.faiss.Metric;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateRequest.Choice;
import dev.ragd.jobs.migrate.MigrateSettings;
import dev.ragd.jobs.runs.Command;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import dev.ragd.store.chromafolder.ChromaModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The migrate job from files that other programs left: the data folder of a Chroma that was killed, an index of FAISS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrateFromFilesIT {

    private static final int RECORDS = 130;

    @TempDir
    Path folder;

    private TestServer server;
    private ChromaModel model;
    private StoreReference chroma;
    private Home home;
    private Settings settings;
    private int homes;

    @BeforeAll
    void write() {
        server = ChromaServers.fresh(Generation.V1_5);
        model = new ChromaModel(server.url(), "things", Distance.L2, true, 50);
        for (int i = 0; i < RECORDS; i += 26) {
            model.write("add", IntStream.range(i, i + 26).mapToObj(n -> "t" + n).toList());
        }
        model.write("upsert", List.of("t3", "t4"));
        model.delete(List.of("t5", "t129"));
        server.kill();
        chroma = new StoreReference("chroma-folder", server.data());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void settle() {
        home = new Home(folder.resolve("home" + homes++));
        settings = Settings.resolve(ConfigFile.read(home.configFile()), Map.of(), Map.of());
    }

    @Test
    void aFolderMovesToAnyStoreWithItsServerOff() {
        for (StoreReference to : List.of(StoreReference.named("faiss"), snapshot())) {
            MigrateRequest request = MigrateRequest.of(chroma, to, "things", "things");
            assertThat(service().dryRun(request, Progress.NONE).plan().records())
                    .isEqualTo(RECORDS - 2);
            MigrateReport report = service().run(request, Progress.NONE);
            assertThat(report.status()).isEqualTo(Status.VERIFIED);
            assertThat(report.verification().tolerance()).contains("none");
            assertThat(report.notes()).anyMatch(note -> note.contains("0 lost"));
            try (VectorStore store = ReferencedStores.openToRead(to, new ConfiguredModels(home, settings), note -> {});
                    VectorCollection c = store.open(report.target().physical())) {
                assertThat(model.compare(c)).isEmpty();
            }
            assertThat(service().verify(request, Progress.NONE).status()).isEqualTo(Status.VERIFIED);
        }
    }

    @Test
    void lostVectorsAreSaidAndLeftOutOrMadeAnew() throws IOException {
        Path broken = folder.resolve("broken");
        try (Stream<Path> all = Files.walk(server.data())) {
            for (Path path :
                    all.filter(p -> !p.toString().endsWith("data_level0.bin")).toList()) {
                Files.copy(path, broken.resolve(server.data().relativize(path)));
            }
        }
        MigrateRequest plain =
                MigrateRequest.of(new StoreReference("chroma-folder", broken), snapshot(), "things", "things");
        String refusal =
                refused(plain, ExitCode.REFUSED, "are lost", "--reembed", "--allow-partial", "data_level0.bin");
        assertThat(refusal).contains("lost are the vectors of t");

        for (StoreReference to : List.of(plain.to(), StoreReference.named("faiss"), StoreReference.named("lucene"))) {
            MigrateRequest request = MigrateRequest.of(plain.from(), to, "things", "things");
            refused(request, ExitCode.REFUSED, "are lost", "--allow-partial");
            MigrateReport partial = service().run(request.with(Choice.ALLOW_PARTIAL), Progress.NONE);
            assertThat(partial.status()).isEqualTo(Status.PARTIAL);
            long lost = partial.verification().counts().get("rejected");
            assertThat(lost).isBetween(1L, RECORDS - 3L);
            assertThat(partial.verification().listed().get("rejected").get(0).detail())
                    .contains("its vector is lost");
            assertThat(partial.notes()).anyMatch(note -> note.contains(lost + " lost"));
            try (VectorStore store = ReferencedStores.openToRead(to, new ConfiguredModels(home, settings), note -> {});
                    VectorCollection c = store.open(partial.target().physical())) {
                assertThat(c.count()).isEqualTo(RECORDS - 2 - lost);
            }
        }

        MigrateRequest again = MigrateRequest.of(plain.from(), snapshot(), "things", "made-anew");
        MigrateReport made = service().run(again.with(Choice.REEMBED, Choice.ALLOW_PARTIAL), Progress.NONE);
        try (VectorStore store =
                        ReferencedStores.openToRead(again.to(), new ConfiguredModels(home, settings), note -> {});
                VectorCollection c = store.open("made-anew")) {
            assertThat(c.info().dimension()).hasValue(384);
            long texts =
                    model.items.values().stream().filter(i -> i.text != null).count();
            assertThat(c.count()).isEqualTo(texts);
            assertThat(made.verification().counts().get("rejected")).isEqualTo(RECORDS - 2 - texts);
        }
    }

    @Test
    void whatIsOnlyReadIsNoTargetAndWhatIsNotThereIsNamed() throws IOException {
        MigrateRequest back = MigrateRequest.of(chroma, chroma, "things", "copy");
        refused(back, ExitCode.USAGE, "is only read from");
        StoreReference file = new StoreReference("faiss-file", folder.resolve("none.index"));
        refused(MigrateRequest.of(chroma, file, "things", "copy"), ExitCode.USAGE, "is only read from");
        assertThat(folder.resolve("none.index")).doesNotExist();
        refused(
                MigrateRequest.of(chroma, snapshot(), "nothing", "x12"),
                ExitCode.USAGE,
                "it has things",
                "--collection");
        refused(MigrateRequest.of(file, snapshot(), "x12", "x12"), ExitCode.USAGE, "there is no file");
        assertThat(home.data()).doesNotExist();
    }

    @Test
    void anIndexFileMovesAsVectorsWithoutText() {
        Path file = folder.resolve("vectors.index");
        float[] rows = FaissFixture.gaussian(500 * 8, new Random(2));
        try (VectorIndex index = VectorIndex.hnsw(FaissFixture.library(), 8, Metric.INNER_PRODUCT, 8, 40)) {
            index.add(rows, 500, 1);
            FaissFixture.writePlain(index, file);
        }
        StoreReference from = new StoreReference("faiss-file", file);
        for (StoreReference to : List.of(StoreReference.named("lucene"), snapshot())) {
            MigrateRequest request = MigrateRequest.of(from, to, "vectors", "vectors");
            MigrateReport report = service().run(request, Progress.NONE);
            assertThat(report.status()).isEqualTo(Status.VERIFIED);
            try (VectorStore store = ReferencedStores.openToRead(to, new ConfiguredModels(home, settings), note -> {});
                    VectorCollection c = store.open(report.target().physical())) {
                assertThat(c.info().distance()).isEqualTo(Distance.IP);
                assertThat(c.count()).isEqualTo(500);
                VectorRecord last = c.get(List.of("499"), Field.ALL).get(0);
                assertThat(last.vector()).isEqualTo(Arrays.copyOfRange(rows, 499 * 8, 500 * 8));
                assertThat(last.text()).isNull();
            }
            assertThat(service().verify(request, Progress.NONE).status()).isEqualTo(Status.VERIFIED);
        }
        refused(MigrateRequest.of(from, snapshot(), "x12", "x12").with(Choice.REEMBED), ExitCode.USAGE, "no texts");
    }

    private StoreReference snapshot() {
        return new StoreReference("snapshot", folder.resolve("snapshot-" + System.nanoTime()));
    }

    /** By the dry run and by the run. */
    private String refused(MigrateRequest request, ExitCode code, String... words) {
        JobException dry =
                catchThrowableOfType(JobException.class, () -> service().dryRun(request, Progress.NONE));
        assertThat(dry.exitCode()).isEqualTo(code);
        JobException e =
                catchThrowableOfType(JobException.class, () -> service().run(request, Progress.NONE));
        assertThat(e.exitCode()).isEqualTo(code);
        assertThat(e.getMessage()).contains(words).isEqualTo(dry.getMessage());
        return e.getMessage();
    }

    private SpringMigrateService service() {
        return new SpringMigrateService(
                home,
                MigrateSettings.DEFAULTS,
                new JobContext(home, new StopSignal(), new History(10), Command.here()),
                new Generations(home.data().resolve("catalog.json")),
                (request, readOnly, progress) -> new ConfiguredEnds(home, settings, request, readOnly, progress));
    }
}
