package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.ingest.ChunkSettings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.store.Distance;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index job does with files, counted and compared to the bit. */
class IndexJobTest {

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
    void indexesEveryFileAndRecordsWhereEachChunkIsFrom() {
        IndexReport report = job.run();

        assertThat(report.files().seen()).isEqualTo(3);
        assertThat(report.files().indexed()).isEqualTo(3);
        assertThat(report.quarantined()).isEmpty();
        assertThat(report.chunks().written())
                .isEqualTo(report.chunks().total())
                .isEqualTo(job.contents().size())
                .isEqualTo(job.embedder.texts.get());
        String text = IndexFixture.prose("b", 40);
        try (VectorStore store = job.store();
                VectorCollection documents = store.open("documents")) {
            documents.get(job.contents().keySet(), dev.ragd.store.Field.ALL).stream()
                    .filter(r -> "b.md".equals(r.metadata().text("file_name")))
                    .forEach(r -> {
                        int start = Math.toIntExact(r.metadata().integer("start"));
                        int end = Math.toIntExact(r.metadata().integer("end"));
                        assertThat(text.substring(start, end)).isEqualTo(r.text());
                        assertThat(r.metadata().text("source"))
                                .isEqualTo(job.docs.resolve("b.md").toString());
                    });
        }
    }

    @Test
    void unchangedFilesCostNothing() {
        job.run();
        Map<String, String> before = job.contents();
        forgetCounts();

        IndexReport report = job.run();

        assertThat(report.files().unchanged()).isEqualTo(3);
        assertThat(report.files().indexed()).isZero();
        assertThat(job.embedder.texts.get()).isZero();
        assertThat(job.parser.files.get()).isZero();
        assertThat(job.writes.get()).isZero();
        assertThat(job.contents()).isEqualTo(before);
        assertThat(report.chunks().total()).isEqualTo(before.size());
    }

    @Test
    void aTouchedFileCostsAHashOnceAndNothingAfterwards() throws IOException {
        job.run();
        forgetCounts();
        job.touch("a.txt", 1_000_000);

        assertThat(job.run().files().unchanged()).isEqualTo(3);
        assertThat(job.parser.files.get()).isZero();
        assertThat(job.writes.get()).isZero();
        assertThat(job.run().files().unchanged()).isEqualTo(3);
    }

    @Test
    void aRenamedFileCostsNoEmbeddingAndEqualsAFreshIndex() throws IOException {
        job.run();
        forgetCounts();
        Files.move(job.docs.resolve("b.md"), job.docs.resolve("sub/renamed.md"));

        IndexReport report = job.run();

        assertThat(report.files().renamed()).isEqualTo(1);
        assertThat(report.files().deleted()).isZero();
        assertThat(job.embedder.texts.get()).isZero();
        assertThat(job.parser.files.get()).isZero();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
        assertThat(job.run().files().unchanged()).isEqualTo(3);
    }

    @Test
    void aMovedRootCostsNoEmbeddingAndLeavesNothingBehind() throws IOException {
        job.run();
        forgetCounts();
        Path moved = folder.resolve("moved");
        Files.move(job.docs, moved);
        IndexRequest request =
                new IndexRequest("memory", "documents", List.of(moved), List.of(), List.of(), false, false);

        IndexReport report = job.run(request);

        assertThat(report.files().renamed()).isEqualTo(3);
        assertThat(report.files().deleted()).isZero();
        assertThat(job.embedder.texts.get()).isZero();
        IndexFixture fresh = job.another(folder.resolve("fresh"));
        fresh.run(request);
        assertThat(job.contents()).isEqualTo(fresh.contents());
    }

    @Test
    void onlyAChangedChunkIsEmbeddedAgain() throws IOException {
        job.run();
        forgetCounts();
        job.write("b.md", IndexFixture.prose("b", 40) + "One more sentence at the very end.\n");

        IndexReport report = job.run();

        assertThat(report.files().indexed()).isEqualTo(1);
        assertThat(job.embedder.texts.get()).isBetween(1, 2);
        assertThat(report.chunks().reused()).isGreaterThan(10);
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void anEditAtTheFrontMovesTheOtherChunksWithoutEmbeddingThem() throws IOException {
        job.write(
                "d.md",
                "# One\n\nThe first part says little.\n\n# Two\n\n" + IndexFixture.prose("d", 12) + "\n# Three\n\n"
                        + IndexFixture.prose("e", 12));
        job.run();
        forgetCounts();
        job.write(
                "d.md",
                "# One\n\nThe first part says a bit more.\n\n# Two\n\n" + IndexFixture.prose("d", 12) + "\n# Three\n\n"
                        + IndexFixture.prose("e", 12));

        IndexReport report = job.run();

        assertThat(job.embedder.texts.get()).isLessThan(4);
        assertThat(report.chunks().reused()).isGreaterThan(8);
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aVanishedFileIsPruned() throws IOException {
        job.run();
        Files.delete(job.docs.resolve("b.md"));

        IndexReport report = job.run();

        assertThat(report.files().deleted()).isEqualTo(1);
        assertThat(report.chunks().deleted()).isPositive();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void theMassDeleteGuardRefusesUntilTold() throws IOException {
        for (int i = 0; i < 60; i++) {
            job.write("many/" + i + ".txt", IndexFixture.prose("many" + i, 2));
        }
        job.run();
        Map<String, String> before = job.contents();
        for (int i = 0; i < 30; i++) {
            Files.delete(job.docs.resolve("many/" + i + ".txt"));
        }

        assertRefused(() -> job.run(), "30 of 63 known files are gone");
        assertThat(job.contents()).isEqualTo(before);

        assertThat(job.run(job.request(false, true)).files().deleted()).isEqualTo(30);
        assertThat(job.contents()).isEqualTo(job.freshIndex());
        assertThat(job.run().files().unchanged()).isEqualTo(33);
    }

    @Test
    void twentyFilesMayGoWhateverTheirShare() throws IOException {
        job.run();
        Files.delete(job.docs.resolve("b.md"));
        Files.delete(job.docs.resolve("a.txt"));

        assertThat(job.run().files().deleted()).isEqualTo(2);
    }

    @Test
    void anEmptiedOrMissingRootIsRefused() throws IOException {
        job.run();
        Map<String, String> before = job.contents();
        Path aside = folder.resolve("aside");
        Files.move(job.docs, aside);
        assertRefused(() -> job.run(), "does not exist");
        Files.createDirectory(job.docs);
        assertRefused(() -> job.run(), "holds no file");
        assertThat(job.contents()).isEqualTo(before);

        Files.delete(job.docs);
        Files.move(aside, job.docs);
        assertThat(job.run().files().unchanged()).isEqualTo(3);
    }

    @Test
    void aMissingRootThatWasNeverIndexedIsAUsageError() throws IOException {
        Files.move(job.docs, folder.resolve("elsewhere"));

        JobException e = catchThrowableOfType(JobException.class, () -> job.run());

        assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(e).hasMessageContaining(job.docs.toString());
        assertThat(job.collections()).isEmpty();
    }

    @Test
    void anEmptyFolderIsDoneAndCreatesNothing() throws IOException {
        for (String name : List.of("a.txt", "b.md", "sub/c.txt")) {
            Files.delete(job.docs.resolve(name));
        }

        assertThat(job.run().files().seen()).isZero();
        assertThat(job.collections()).isEmpty();
    }

    @Test
    void aFailingFileIsQuarantinedRetriedAndHeals() {
        job.write("bad.txt", "BROKEN");

        IndexReport first = job.run();
        assertThat(first.files().quarantined()).isEqualTo(1);
        assertThat(first.files().indexed()).isEqualTo(3);
        assertThat(first.quarantined())
                .singleElement()
                .satisfies(q -> assertThat(q.path()).endsWith("bad.txt"))
                .satisfies(q -> assertThat(q.reason()).contains("CORRUPT").contains("it is broken"));

        IndexReport second = job.run();
        assertThat(second.quarantined()).hasSize(1);
        assertThat(second.files().unchanged()).isEqualTo(3);

        job.write("bad.txt", "Now it is a good file.");
        IndexReport third = job.run();
        assertThat(third.quarantined()).isEmpty();
        assertThat(third.files().indexed()).isEqualTo(1);
        assertThat(job.run().files().unchanged()).isEqualTo(4);
    }

    @Test
    void theLastGoodVersionStaysWhileAFileIsBroken() {
        job.run();
        Map<String, String> before = job.contents();
        job.write("a.txt", "BROKEN now");

        assertThat(job.run().quarantined()).hasSize(1);
        assertThat(job.contents()).isEqualTo(before);
    }

    @Test
    void aTextTheModelCannotEmbedFailsItsFileOnly() {
        job.write("a.txt", IndexFixture.prose("a", 30) + CountingEmbedder.POISON + "\n" + IndexFixture.prose("z", 30));

        IndexReport report = job.run();

        assertThat(report.quarantined())
                .singleElement()
                .satisfies(q -> assertThat(q.reason()).contains("the model chokes on it"));
        assertThat(report.files().indexed()).isEqualTo(2);
        assertThat(job.contents().values()).noneMatch(record -> record.contains("a.txt"));
    }

    @Test
    void aRunCutOffAtAnyWriteGoesOnAndEqualsAnUninterruptedOne() throws IOException {
        Map<String, String> expected = job.freshIndex();
        int failAt = 1;
        boolean cutOff = true;
        while (cutOff) {
            Path place = folder.resolve("cut" + failAt);
            IndexFixture victim = job.another(place);
            victim.settings = job.settings;
            int at = failAt;
            cutOff = cutOffAndResume(victim, at);
            assertThat(victim.contents()).as("cut off at write %d", at).isEqualTo(expected);
            failAt++;
        }
        assertThat(failAt).isGreaterThan(8);
    }

    /** Lets every write from number {@code at} on fail, twice in a row, then runs again. */
    private boolean cutOffAndResume(IndexFixture victim, int at) {
        boolean everFailed = false;
        boolean failed = false;
        for (int attempt = 0; attempt < 2; attempt++) {
            int limit = at + attempt;
            victim.writes.set(0);
            victim.beforeWrite = n -> {
                if (n >= limit) {
                    throw new StoreException.StoreUnavailable("down", null);
                }
            };
            try {
                victim.run(docsOf(job));
                failed = false;
            } catch (StoreException.StoreUnavailable e) {
                failed = true;
                everFailed = true;
            }
        }
        victim.beforeWrite = n -> {};
        IndexReport report = victim.run(docsOf(job));
        assertThat(report.resumed()).isEqualTo(failed);
        return everFailed;
    }

    @Test
    void whatAHalfWrittenFileLeftIsRemovedWhenTheFileChangesBeforeTheResume() throws IOException {
        job.run();
        job.write("b.md", IndexFixture.prose("other", 60));
        job.writes.set(0);
        job.beforeWrite = n -> {
            if (n > 3) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.StoreUnavailable.class);
        assertThat(job.contents().values()).anyMatch(record -> record.contains("of other tells"));
        job.beforeWrite = n -> {};
        job.write("b.md", IndexFixture.prose("third", 10));

        job.run();
        job.run();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void whatAHalfWrittenFileLeftIsRemovedWhenTheFileIsGoneBeforeTheResume() throws IOException {
        job.beforeWrite = n -> {
            if (n > 5) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.StoreUnavailable.class);
        job.beforeWrite = n -> {};
        Files.delete(job.docs.resolve("b.md"));

        job.run();
        job.run();

        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aStopIsTakenUpByTheSameCommand() throws IOException {
        job.beforeWrite = n -> {
            if (n == 3) {
                job.stop.request();
            }
        };
        JobException stopped = catchThrowableOfType(JobException.class, () -> job.run());
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.TERMINATED);
        assertThat(job.writes.get()).isEqualTo(3);

        job.stop = new StopSignal();
        IndexReport report = job.run();

        assertThat(report.resumed()).isTrue();
        assertThat(report.files()).isEqualTo(new IndexReport.Files(3, 3, 0, 0, 0, 0));
        assertThat(job.contents()).isEqualTo(job.freshIndex());
        assertThat(report.chunks().written()).isEqualTo(job.contents().size());
    }

    @Test
    void whatChangedSinceTheRunThatWasCutOffIsIndexedToo() throws IOException {
        job.run();
        job.write("b.md", "Something else, and not much.");
        job.write("c.txt", "A file that will not stay.");
        job.beforeWrite = n -> {
            throw new StoreException.StoreUnavailable("down", null);
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.StoreUnavailable.class);
        job.beforeWrite = n -> {};
        job.write("new.txt", "It was not there before.");
        Files.delete(job.docs.resolve("c.txt"));

        IndexReport report = job.run();

        assertThat(report.resumed()).isTrue();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
        assertThat(job.notes).contains("what that run had planned is done; looking for what changed since");
        assertThat(job.run().files().indexed()).isZero();
    }

    @Test
    void anotherModelIsRefusedAndAFullRunMakesANewGeneration() {
        job.run();
        Map<String, String> before = job.contents();
        job.currentEmbedder = new CountingEmbedder("model-b");

        assertThatThrownBy(() -> job.run())
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("model-a")
                .hasMessageContaining("model-b")
                .hasMessageContaining("--full")
                .hasMessageContaining("reindex needed: " + before.size() + " chunks");
        assertThat(job.contents()).isEqualTo(before);
        assertThatThrownBy(() -> job.dryRun())
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("model-a")
                .hasMessageContaining("model-b")
                .hasMessageContaining("--full")
                .hasMessageContaining("reindex needed: " + before.size() + " chunks");
        assertThat(job.dryRun(job.request(true, false)).notes())
                .anyMatch(note -> note.contains("is not test:model-a") && note.contains("new generation"))
                .anyMatch(note -> note.startsWith("indexing again what is 3 files"));

        IndexReport report = job.run(job.request(true, false));

        String next = job.generations().current("memory", "documents").physical();
        assertThat(next).isNotEqualTo("documents");
        assertThat(report.chunks().written()).isEqualTo(before.size());
        assertThat(job.contents(next).keySet()).isEqualTo(before.keySet());
        assertThat(job.contents()).as("kept for a rollback").isEqualTo(before);
        assertThat(job.run().files().unchanged()).isEqualTo(3);
    }

    @Test
    void aFullRunThatWasTakenUpIsNotDoneAgainWhenWhatFollowsItIsCutOffToo() {
        job.run();
        IndexRequest full = job.request(true, false);
        job.writes.set(0);
        job.beforeWrite = n -> {
            if (n >= 3) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run(full)).isInstanceOf(StoreException.StoreUnavailable.class);
        // It is done when the first write of what follows fails.
        job.write("new.txt", "A file that was not there before.");
        int[] writes = {0};
        job.beforeWrite = n -> {
            if (job.notes.contains("what that run had planned is done; looking for what changed since")
                    && writes[0]++ == 0) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run(full)).isInstanceOf(StoreException.StoreUnavailable.class);
        job.beforeWrite = n -> {};
        int before = job.currentEmbedder.texts.get();

        IndexReport report = job.run(full);

        assertThat(report.resumed()).isTrue();
        assertThat(job.currentEmbedder.texts.get() - before)
                .as("what was embedded when it was cut off is the new file, nothing else")
                .isLessThanOrEqualTo(1);
    }

    @Test
    void theGenerationThatWasRolledBackIsKeptByTheNextFullRun() {
        job.run();
        job.currentEmbedder = new CountingEmbedder("model-b");
        job.run(job.request(true, false));
        Map<String, String> second = job.contents("documents.g2");
        job.generations().rollback("memory", "documents");
        job.currentEmbedder = new CountingEmbedder("model-c");
        job.beforeWrite = n -> {
            throw new StoreException.StoreUnavailable("down", null);
        };

        assertThatThrownBy(() -> job.run(job.request(true, false))).isInstanceOf(StoreException.StoreUnavailable.class);

        assertThat(job.generations().current("memory", "documents").previous()).isEqualTo("documents.g2");
        assertThat(job.contents("documents.g2")).isEqualTo(second);
    }

    @Test
    void theOldGenerationIsInUseUntilTheNewOneIsComplete() {
        job.run();
        job.currentEmbedder = new CountingEmbedder("model-b");
        job.writes.set(0);
        job.beforeWrite = n -> {
            if (n > 2) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run(job.request(true, false))).isInstanceOf(StoreException.StoreUnavailable.class);
        assertThat(job.generations().current("memory", "documents").physical()).isEqualTo("documents");
        job.beforeWrite = n -> {};

        assertThat(job.run(job.request(true, false)).resumed()).isTrue();

        String next = job.generations().current("memory", "documents").physical();
        assertThat(job.contents(next)).hasSize(job.contents().size());
    }

    @Test
    void aFullRunWithTheSameModelWritesEverythingAgainInPlace() {
        job.run();
        Map<String, String> before = job.contents();
        forgetCounts();

        IndexReport report = job.run(job.request(true, false));

        assertThat(report.files().indexed()).isEqualTo(3);
        assertThat(job.embedder.texts.get()).isEqualTo(before.size());
        assertThat(job.contents()).isEqualTo(before);
    }

    @Test
    void otherChunkSettingsAreToldWithTheirCost() {
        job.run();
        long chunks = job.contents().size();
        job.chunking = new ChunkSettings(48, 4);

        IndexReport report = job.run();

        assertThat(report.files().unchanged()).isEqualTo(3);
        assertThat(report.notes()).anyMatch(note -> note.contains("reindex needed: " + chunks + " chunks, about"));
        assertThat(job.notes)
                .as("before any work")
                .anyMatch(note -> note.startsWith("3 unchanged files were read by other parser or chunk settings")
                        && note.contains("reindex needed: " + chunks + " chunks, about")
                        && note.contains("--full"));
        assertThat(job.dryRun().notes()).anyMatch(note -> note.contains("3 unchanged files were read by other"));
        assertThat(job.run(job.request(true, false)).chunks().total()).isLessThan(chunks);
        assertThat(job.notes)
                .anyMatch(note ->
                        note.startsWith("indexing again what is 3 files with " + chunks + " chunks now, about"));
        assertThat(job.run().notes()).noneMatch(note -> note.contains("reindex"));
    }

    @Test
    void anotherDistanceIsRefused() {
        job.run();
        job.settings = new IndexSettings(Distance.IP, 30, 20, 2, 4);

        assertThatThrownBy(() -> job.run())
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("measures l2")
                .hasMessageContaining("ip");
    }

    @Test
    void aCollectionOfAnotherProgramIsNotWrittenTo() {
        try (VectorStore store = job.store()) {
            store.create(new dev.ragd.store.CollectionSpec("documents", 8, Distance.L2, dev.ragd.store.Metadata.EMPTY))
                    .close();
        }

        assertThatThrownBy(() -> job.run())
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("not made by ragd");
        assertThat(job.contents()).isEmpty();
    }

    @Test
    void chunksTheStoreLostAreIndexedAgain() {
        job.run();
        Map<String, String> before = job.contents();
        try (VectorStore store = job.store();
                VectorCollection documents = store.open("documents")) {
            documents.delete(before.keySet().stream().limit(5).toList());
        }

        job.run();

        assertThat(job.contents()).isEqualTo(before);
    }

    @Test
    void aDroppedCollectionIsIndexedAnew() {
        job.run();
        Map<String, String> before = job.contents();
        try (VectorStore store = job.store()) {
            store.drop("documents");
        }

        assertThat(job.run().files().indexed()).isEqualTo(3);
        assertThat(job.contents()).isEqualTo(before);
    }

    @Test
    void anUnreadablePlaceIsReportedAndNothingBelowItPruned() throws IOException {
        job.run();
        Map<String, String> before = job.contents();
        Path sub = job.docs.resolve("sub");
        Files.move(sub, folder.resolve("away"));
        Files.createSymbolicLink(sub, sub); // a loop: cannot be looked into

        job.run();

        assertThat(job.contents()).isEqualTo(before);
    }

    @Test
    void aDryRunTellsAndWritesNothing() throws IOException {
        assertThat(job.dryRun().files().indexed()).isEqualTo(3);
        assertThat(job.home).doesNotExist();
        job.run();
        job.write("new.txt", "A new file.");
        Files.delete(job.docs.resolve("a.txt"));
        Map<Path, String> before = homeFiles();
        forgetCounts();

        IndexReport report = job.dryRun();

        assertThat(report.dryRun()).isTrue();
        assertThat(report.files()).isEqualTo(new IndexReport.Files(3, 1, 2, 0, 1, 0));
        assertThat(homeFiles()).isEqualTo(before);
        assertThat(job.writes.get()).isZero();
        assertThat(job.parser.files.get()).isZero();
    }

    @Test
    void aSecondRunIsRefusedAtOnceWhileOneOwnsTheHome() {
        try (OwnerLock owner = OwnerLock.take(job.home.resolve("jobs"))) {
            JobException e = catchThrowableOfType(JobException.class, () -> job.run());
            assertThat(e.exitCode()).isEqualTo(ExitCode.BUSY);
            assertThat(e).hasMessageContaining("another run owns this home").hasMessageContaining("process ");
        }
        assertThat(job.run().files().indexed()).isEqualTo(3);
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable run, String message) {
        JobException e = catchThrowableOfType(JobException.class, run);
        assertThat(e).isNotNull();
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(e).hasMessageContaining(message).hasMessageContaining("--allow-mass-delete");
    }

    private void forgetCounts() {
        job.embedder.texts.set(0);
        job.parser.files.set(0);
        job.writes.set(0);
    }

    private IndexRequest docsOf(IndexFixture other) {
        return other.request();
    }

    private Map<Path, String> homeFiles() throws IOException {
        Map<Path, String> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(job.home)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        file,
                        Files.getLastModifiedTime(file) + " " + java.util.Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }
}
