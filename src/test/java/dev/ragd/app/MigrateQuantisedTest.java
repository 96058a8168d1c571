package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
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
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordAssert;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.faiss.FaissStores;
import dev.ragd.store.faiss.IndexKind;
import dev.ragd.store.leann.LeannSettings;
import dev.ragd.store.leann.LeannStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of a model that is not at hand, moved from faiss into leann by {@code --keep-quantised}, kept up to date and moved out. */
class MigrateQuantisedTest {

    private static final int DIM = 48;
    private static final int RECORDS = 300;
    private static final StoreReference FAISS = StoreReference.named("faiss");
    private static final StoreReference LEANN = StoreReference.named("leann");
    private static final MigrateRequest PLAIN = MigrateRequest.of(FAISS, LEANN, "notes", "notes");

    @TempDir
    Path folder;

    private Home home;

    @BeforeEach
    void fill() {
        home = new Home(folder.resolve("home"));
        Metadata attributes =
                new CollectionEmbedder("elsewhere:large", "fingerprint-of-large", DIM).addTo(Metadata.EMPTY);
        try (VectorStore faiss = open(FAISS);
                VectorCollection c = faiss.create(new CollectionSpec("notes", DIM, Distance.COSINE, attributes))) {
            c.upsert(records(0, RECORDS));
        }
    }

    private static List<VectorRecord> records(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> {
                    Random random = new Random(i);
                    float[] vector = new float[DIM];
                    for (int d = 0; d < DIM; d++) {
                        vector[d] = (float) (random.nextGaussian() / Math.sqrt(1 + d));
                    }
                    String text = i % 4 == 0 ? null : "the text of record " + i;
                    return new VectorRecord("id-" + i, vector, text, Metadata.of(Map.of("n", (long) i)));
                })
                .toList();
    }

    @Test
    void whatIsForeignIsRefusedWithTheWayOut() {
        JobException refused = catchThrowableOfType(JobException.class, () -> run(PLAIN));
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused).hasMessageContainingAll("elsewhere:large", "--reembed", "--keep-quantised", "have no text");
    }

    @Test
    void vectorsAreKeptNearEnoughAndVerified() {
        MigrateReport report = run(PLAIN.with(Choice.KEEP_QUANTISED));
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.verification().tolerated()).isEqualTo(RECORDS);
        assertThat(report.verification().tolerance()).isEqualTo("0.20 of a vector's length");
        assertThat(report.verification().overlap()).isGreaterThan(0.85);
        requireCopy(LEANN, records(0, RECORDS));

        MigrateReport anew = run(MigrateRequest.compaction(LEANN, "notes"));
        assertThat(anew.status()).as("%s", anew.verification()).isEqualTo(Status.VERIFIED);
        requireCopy(LEANN, records(0, RECORDS));

        assertThat(run(MigrateRequest.of(LEANN, FAISS, "notes", "back")).status())
                .isEqualTo(Status.VERIFIED);
        try (VectorStore leann = open(LEANN);
                VectorStore faiss = open(FAISS);
                VectorCollection kept = leann.open(physical(LEANN, "notes"));
                VectorCollection back = faiss.open(physical(FAISS, "back"))) {
            assertThat(back.vectorError()).isZero();
            kept.get(ids(RECORDS), Field.ALL)
                    .forEach(r -> RecordAssert.assertSame(
                            back.get(List.of(r.id()), Field.ALL).get(0), r, back));
        }
    }

    @Test
    void aDeltaWritesWhatChanged() {
        run(PLAIN.with(Choice.KEEP_QUANTISED));
        try (VectorStore faiss = open(FAISS);
                VectorCollection c = faiss.open("notes")) {
            c.upsert(records(RECORDS, RECORDS + 7));
            c.delete(List.of("id-5"));
            VectorRecord other = records(7, 8).get(0);
            c.upsert(List.of(new VectorRecord("id-6", other.vector(), "another text", other.metadata())));
        }
        MigrateRequest delta = PLAIN.with(Choice.DELTA, Choice.KEEP_QUANTISED);
        MigrateReport report = run(delta);
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.copied()).isEqualTo(8);
        try (VectorStore faiss = open(FAISS);
                VectorCollection c = faiss.open("notes")) {
            requireCopy(LEANN, c.get(ids(RECORDS + 7), Field.ALL));
        }
    }

    @Test
    void whereItIsOfNoUseItIsRefused() {
        MigrateRequest within = MigrateRequest.of(FAISS, FAISS, "notes", "copy").with(Choice.KEEP_QUANTISED);
        assertThat(catchThrowableOfType(JobException.class, () -> run(within)))
                .hasMessageContaining("--keep-quantised: the target faiss keeps vectors as they are");
        MigrateRequest both = PLAIN.with(Choice.REEMBED, Choice.KEEP_QUANTISED);
        assertThat(catchThrowableOfType(JobException.class, () -> run(both)))
                .hasMessageContaining("leave one of them out");
    }

    private void requireCopy(StoreReference store, List<VectorRecord> expected) {
        try (VectorStore opened = open(store);
                VectorCollection c = opened.open(physical(store, "notes"))) {
            assertThat(c.count()).isEqualTo(expected.size());
            assertThat(c.vectorError()).isPositive();
            assertThat(c.info().attributes().text(CollectionEmbedder.MODEL)).isEqualTo("elsewhere:large");
            expected.forEach(r ->
                    RecordAssert.assertSame(c.get(List.of(r.id()), Field.ALL).get(0), r, c));
        }
    }

    private static List<String> ids(int end) {
        return IntStream.range(0, end).mapToObj(i -> "id-" + i).toList();
    }

    private String physical(StoreReference store, String collection) {
        return generations().current(store.toString(), collection).physical();
    }

    private Generations generations() {
        return new Generations(home.data().resolve("catalog.json"));
    }

    private VectorStore open(StoreReference store) {
        return store.equals(FAISS)
                ? new FaissStore(FaissStores.eager(folder.resolve("faiss"), IndexKind.FLAT))
                : new LeannStore(LeannSettings.in(
                        folder.resolve("leann"),
                        Path.of("target", "faiss-cache").toAbsolutePath(),
                        () -> new CountingEmbedder("small")));
    }

    private MigrateReport run(MigrateRequest request) {
        return new SpringMigrateService(
                        home,
                        new MigrateSettings(64, 2, 10, 0.8, 30, 100),
                        new JobContext(home, new StopSignal(), new History(10), Command.here()),
                        generations(),
                        (r, readOnly, progress) -> new TwoStores(r, this::open, new CountingEmbedder("small")))
                .run(request, Progress.NONE);
    }
}
