package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.ingest.ChunkSettings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that was cut off, and then the world changed before the next one. */
class IndexRecoveryTest {

    @TempDir
    Path folder;

    private IndexFixture job;

    /** The store that everything here runs on. */
    IndexFixture.Opener opener() {
        return IndexFixture.Opener.memory();
    }

    @BeforeEach
    void documents() throws IOException {
        job = new IndexFixture(folder, opener()).withDocuments();
    }

    @Test
    void theRenameOfALargeFileIsTakenUp() throws IOException {
        job.run();
        Files.move(job.docs.resolve("b.md"), job.docs.resolve("z.md"));
        cutOffAfter(3);

        assertThat(job.run().resumed()).isTrue();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "end of scan",
                "begin of parse-embed-write",
                "end of parse-embed-write",
                "begin of prune",
                "end of prune",
                "begin of publish",
                "end of publish",
                "end of the job"
            })
    void diedBetweenStepsItGoesOn(String instant) throws Exception {
        job.run();
        Files.delete(job.docs.resolve("b.md"));
        Files.writeString(job.docs.resolve("added.txt"), IndexFixture.prose("added", 12));
        try (DeadlyInstant dies = DeadlyInstant.at(job.home.resolve("jobs"), instant)) {
            assertThatThrownBy(() -> job.run()).isInstanceOf(Exception.class);
        }

        job.run();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void anotherModelDoesNotGoOnWhereTheFirstWasCutOff() {
        cutOffAfter(4);
        job.currentEmbedder = new CountingEmbedder("model-b");

        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.EmbedderMismatch.class);
    }

    @Test
    void otherChunkSettingsDoNotGoOnInTheMiddleOfAFile() throws IOException {
        cutOffAfter(7);
        job.chunking = new ChunkSettings(48, 4);

        job.run();
        job.run(job.request(true, false));

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aFailedVerificationHealsWithTheNextRun() throws IOException {
        job.run();
        job.write("d.txt", IndexFixture.prose("d", 2));
        job.beforeWrite = n -> loseChunks(3);
        JobException e = catchThrowableOfType(JobException.class, () -> job.run());
        assertThat(e.exitCode()).isEqualTo(ExitCode.VERIFICATION_FAILED);
        job.beforeWrite = n -> {};

        job.run();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aCollectionDroppedMeanwhileIsMadeAnew() throws IOException {
        cutOffAfter(4);
        try (VectorStore store = job.store()) {
            store.drop("documents");
        }

        job.run();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aFileThatIsAsItWasBeforeAHalfWrittenChangeIsWrittenAgain() throws IOException {
        job.write("d.md", parts("The first part says little."));
        job.run();
        job.write("d.md", parts("The first part says a bit more now."));
        cutOffAfter(3);
        job.write("d.md", parts("The first part says little."));

        job.run();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aFileThatFailedAfterItsFirstPartHeals() throws IOException {
        job.write("d.md", parts("The first part says little."));
        job.run();
        job.write("d.md", parts("The first part says a bit more now.") + "\n# Four\n\nPOISON here.\n");
        assertThat(job.run().quarantined()).hasSize(1);
        job.write("d.md", parts("The first part says little."));

        job.run();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aNewGenerationIsMadeOfAllRootsOrNotAtAll() throws IOException {
        Path other = thirtyFiles("other");
        job.run();
        job.run(over(other));
        int size = job.contents().size();
        job.currentEmbedder = new CountingEmbedder("model-b");

        JobException e = catchThrowableOfType(JobException.class, () -> job.run(job.request(true, false)));
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(e).hasMessageContaining(other.toString()).hasMessageContaining("--allow-mass-delete");
        JobException dry = catchThrowableOfType(JobException.class, () -> job.dryRun(job.request(true, false)));
        assertThat(dry).hasMessage(e.getMessage());

        IndexRequest both =
                new IndexRequest("memory", "documents", List.of(job.docs, other), List.of(), List.of(), true, false);
        Path aside = folder.resolve("aside");
        Files.move(other, aside);
        Files.createDirectory(other);
        JobException empty = catchThrowableOfType(JobException.class, () -> job.run(both));
        assertThat(empty.exitCode()).isEqualTo(ExitCode.REFUSED);

        Files.delete(other);
        Files.move(aside, other);
        assertThat(job.run(both).chunks().total()).isEqualTo(size);
    }

    @Test
    void aNewGenerationThatLacksMuchIsNotPutIntoUseUnasked() throws IOException {
        for (int i = 0; i < 40; i++) {
            job.write("many/" + i + ".txt", IndexFixture.prose("m" + i, 2));
        }
        job.run();
        job.currentEmbedder = new CountingEmbedder("model-b");
        IndexRequest few =
                new IndexRequest("memory", "documents", List.of(job.docs), List.of("*.md"), List.of(), true, false);

        JobException e = catchThrowableOfType(JobException.class, () -> job.run(few));
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.generations().current("memory", "documents").physical()).isEqualTo("documents");

        job.run(new IndexRequest("memory", "documents", List.of(job.docs), List.of("*.md"), List.of(), true, true));
        assertThat(job.generations().current("memory", "documents").physical()).isNotEqualTo("documents");
    }

    @Test
    void aNewGenerationOfFailuresIsNotPutIntoUse() throws IOException {
        job.run();
        job.currentEmbedder = new CountingEmbedder("model-b");
        for (String name : List.of("a.txt", "b.md", "sub/c.txt")) {
            job.write(name, "BROKEN" + Files.readString(job.docs.resolve(name)));
        }

        JobException e = catchThrowableOfType(JobException.class, () -> job.run(job.request(true, false)));

        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.generations().current("memory", "documents").physical()).isEqualTo("documents");
    }

    @Test
    void aNewGenerationDoesNotTakeTheNameOfSomebodyElsesCollection() {
        job.run();
        try (VectorStore store = job.store()) {
            store.create(new CollectionSpec("documents.g2", 8, Distance.L2, Metadata.EMPTY))
                    .close();
        }
        String id = idOf("documents.g2");
        job.currentEmbedder = new CountingEmbedder("model-b");

        job.run(job.request(true, false));

        assertThat(idOf("documents.g2")).isEqualTo(id);
        assertThat(job.generations().current("memory", "documents").physical()).isEqualTo("documents.g3");
    }

    @Test
    void aCopyElsewhereDoesNotRemoveWhatIsOnlyNotMounted() throws IOException {
        job.run();
        Set<String> before = job.contents().keySet();
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Files.copy(job.docs.resolve("a.txt"), copy.resolve("a.txt"));
        Files.move(job.docs, folder.resolve("aside"));
        Files.createDirectory(job.docs); // a mount point without its disk
        job.embedder.texts.set(0);

        job.run(over(copy));

        assertThat(job.contents().keySet()).containsAll(before);
        assertThat(job.embedder.texts.get())
                .as("vectors are taken over all the same")
                .isZero();
    }

    @Test
    void aFileThatIsBackIsNotPruned() throws IOException {
        job.run();
        Path aside = folder.resolve("aside");
        Files.move(job.docs.resolve("b.md"), aside);
        cutOffAfter(0);
        Files.move(aside, job.docs.resolve("b.md"));
        job.embedder.texts.set(0);

        job.run();

        assertThat(job.embedder.texts.get()).isZero();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void theGuardKnowsFilesOfWhichTheStoreLostChunks() throws IOException {
        for (int i = 0; i < 60; i++) {
            job.write("many/" + i + ".txt", IndexFixture.prose("many" + i, 2));
        }
        job.run();
        loseChunks(50);
        for (int i = 0; i < 60; i++) {
            Files.delete(job.docs.resolve("many/" + i + ".txt"));
        }
        int left = job.contents().size();

        JobException e = catchThrowableOfType(JobException.class, () -> job.run());

        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.contents()).hasSize(left);
    }

    @Test
    void chunksLostOfAnotherRootWaitForItsRun() throws IOException {
        Path other = thirtyFiles("other");
        job.run();
        job.run(over(other));
        Map<String, String> before = job.contents();
        try (VectorStore store = job.store();
                VectorCollection documents = store.open("documents")) {
            documents.delete(before.entrySet().stream()
                    .filter(e -> e.getValue().contains("other"))
                    .map(Map.Entry::getKey)
                    .limit(3)
                    .toList());
        }

        job.run();
        job.run();
        job.run(over(other));

        assertThat(job.contents()).isEqualTo(before);
    }

    @Test
    void manyRunsOfOneCollectionDoNotHideTheLastOfAnother() throws Exception {
        job.beforeWrite = n -> {
            if (n > 3) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run(named("rare"))).isInstanceOf(StoreException.class);
        job.beforeWrite = n -> {};
        for (int i = 0; i < 3; i++) {
            job.run();
        }
        leaveAsKilled();

        assertThat(job.run(named("rare")).resumed()).isTrue();
        assertThat(job.contents("rare")).hasSize(job.contents().size());
    }

    @Test
    void aLongComplaintIsCutAndStopsNobody() {
        job.embedder.complaint = " very much".repeat(5_000);
        job.write("bad.txt", IndexFixture.prose("bad", 2) + CountingEmbedder.POISON);

        IndexReport report = job.run();

        assertThat(report.quarantined()).hasSize(1);
        assertThat(report.files().indexed()).isEqualTo(3);
    }

    @Test
    void aRecordTheStoreRejectsFailsItsFileOnly() {
        job.settings = new dev.ragd.jobs.index.IndexSettings(null, 30, 20, 2, 200);
        job.beforeWrite = n -> {
            if (n == 1 || n == 3) { // the batch as a whole, then its second file
                throw new StoreException.StoreRejected("the document is too long", null);
            }
        };

        IndexReport report = job.run();

        assertThat(report.quarantined())
                .singleElement()
                .satisfies(q -> assertThat(q.reason()).contains("the document is too long"));
        assertThat(report.files().indexed()).isEqualTo(2);
    }

    @Test
    void propertiesMeantForAnotherSpringProgramAreNotOurs() {
        System.setProperty("spring.datasource.url", "jdbc:hsqldb:mem:somebodyelse");
        try {
            job.run();
        } finally {
            System.clearProperty("spring.datasource.url");
        }
        assertThat(job.home.resolve("jobs/jobrepo.script")).exists();
    }

    @Test
    void aHomeTheDatabaseCannotLiveInIsRefused() throws IOException {
        IndexFixture odd = job.another(Files.createDirectories(folder.resolve("x;y")));
        odd.write("a.txt", IndexFixture.prose("a", 12));

        JobException e = catchThrowableOfType(JobException.class, () -> odd.run());

        assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(e).hasMessageContaining("';'");
    }

    @Test
    void aHomeWithBlanksAndOtherLettersWorks() throws IOException {
        IndexFixture odd = job.another(Files.createDirectories(folder.resolve("y z#é%20")));
        odd.write("a.txt", IndexFixture.prose("a", 12));

        odd.run();

        assertThat(odd.home.resolve("jobs/jobrepo.script")).exists();
        assertThat(odd.run().files().unchanged()).isEqualTo(1);
    }

    private void cutOffAfter(int writes) {
        job.writes.set(0);
        job.beforeWrite = n -> {
            if (n > writes) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.StoreUnavailable.class);
        job.beforeWrite = n -> {};
    }

    private String idOf(String collection) {
        try (VectorStore store = job.store()) {
            return store.find(collection).orElseThrow().id();
        }
    }

    private void loseChunks(int number) {
        try (VectorStore store = job.store();
                VectorCollection documents = store.open("documents")) {
            documents.delete(job.contents().keySet().stream().limit(number).collect(Collectors.toList()));
        }
    }

    /** What a SIGKILL leaves in the repository. */
    private void leaveAsKilled() throws SQLException {
        try (Connection connection = DriverManager.getConnection(JobDatabase.url(job.home.resolve("jobs")), "SA", "");
                Statement statement = connection.createStatement()) {
            for (String table : List.of("BATCH_JOB_EXECUTION", "BATCH_STEP_EXECUTION")) {
                statement.execute("UPDATE " + table
                        + " SET STATUS = 'STARTED', EXIT_CODE = 'UNKNOWN', END_TIME = NULL WHERE STATUS = 'FAILED'");
            }
        }
    }

    private Path thirtyFiles(String name) throws IOException {
        Path other = Files.createDirectories(folder.resolve(name));
        for (int i = 0; i < 30; i++) {
            Files.writeString(other.resolve(i + ".txt"), IndexFixture.prose(name + i, 2));
        }
        return other;
    }

    private IndexRequest over(Path root) {
        return new IndexRequest("memory", "documents", List.of(root), List.of(), List.of(), false, false);
    }

    private IndexRequest named(String collection) {
        return new IndexRequest("memory", collection, List.of(job.docs), List.of(), List.of(), false, false);
    }

    private static String parts(String first) {
        return "# One\n\n" + first + "\n\n# Two\n\n" + IndexFixture.prose("d", 12) + "\n# Three\n\n"
                + IndexFixture.prose("e", 12);
    }
}
