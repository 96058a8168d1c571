package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateRequest.Choice;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a migration refuses before it writes anything, and what a dry run says. */
class MigrateRefusalsTest {

    @TempDir
    Path folder;

    private MigrateFixture job;

    @BeforeEach
    void home() {
        job = new MigrateFixture(folder.resolve("home"));
    }

    @Test
    void aSourceThatDoesNotExistIsNotCreated() {
        job.fill("notes", 3);
        assertRefused(ExitCode.USAGE, "has no collection 'documents'", "notes");
        assertThat(new InMemoryStore(job.from).find("documents")).isEmpty();
        assertThat(new InMemoryStore(job.to).list()).isEmpty();
    }

    @Test
    void anEmptySourceIsRefusedUnlessSaid() {
        job.fill("documents", 0);
        assertRefused(ExitCode.REFUSED, "is empty", "--allow-empty");
        MigrateReport report = job.run(MigrateFixture.request().with(Choice.ALLOW_EMPTY));
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(job.published()).isEmpty();
    }

    @Test
    void whatSomebodyElseMadeIsNotReplaced() {
        job.fill("documents", 3);
        new InMemoryStore(job.to).create(new CollectionSpec("documents", 8, Distance.L2, Metadata.EMPTY));
        assertRefused(ExitCode.REFUSED, "that ragd did not make", "--to-collection");
    }

    @Test
    void aStrangersGenerationNameIsPassedOver() {
        job.fill("documents", 3);
        new InMemoryStore(job.to).create(new CollectionSpec("documents.g1", 8, Distance.L2, Metadata.EMPTY));
        job.run();
        assertThat(job.generations().current("other", "documents").physical()).isEqualTo("documents.g2");
        assertThat(new InMemoryStore(job.to).open("documents.g1").count()).isZero();
    }

    @Test
    void vectorsOfAnotherModelAreRefusedByATargetThatMakesItsOwn() {
        job.fill("documents", 3);
        Set<Capability> own = EnumSet.copyOf(InMemoryStore.CAPABILITIES);
        own.remove(Capability.FOREIGN_VECTORS);
        job.targetCapabilities = own;
        job.currentEmbedder = new CountingEmbedder("model-b");
        assertRefused(ExitCode.REFUSED, "keeps no vectors", "model-a", "model-b", "--reembed");
        assertThat(new InMemoryStore(job.to).list()).isEmpty();
        job.currentEmbedder = job.embedder;
        assertThat(job.run().status()).isEqualTo(Status.VERIFIED);
    }

    @Test
    void recordsWithoutATextAreRefusedByATargetThatMakesItsOwnVectors() {
        job.fill("documents", 3);
        job.upsert(job.from, "documents", new VectorRecord("bare", new float[8], null, Metadata.EMPTY));
        Set<Capability> own = EnumSet.copyOf(InMemoryStore.CAPABILITIES);
        own.remove(Capability.FOREIGN_VECTORS);
        job.targetCapabilities = own;
        assertRefused(ExitCode.USAGE, "have no text", "--allow-partial");
    }

    @Test
    void everyProblemIsToldAtOnce() {
        job.fill("documents", 0);
        job.freeBytes = -1;
        new InMemoryStore(job.to).create(new CollectionSpec("documents", 8, Distance.L2, Metadata.EMPTY));
        assertRefused(ExitCode.REFUSED, "3 reasons", "is empty", "that ragd did not make", "disk has");
    }

    @Test
    void theSamePlaceIsNoTarget() {
        job.fill("documents", 3);
        MigrateRequest same = MigrateRequest.of(MigrateFixture.MEMORY, MigrateFixture.MEMORY, "documents", "documents");
        assertRefused(same, ExitCode.USAGE, "are the same", "--to-collection");
    }

    @Test
    void filesCannotBecomeTheConfiguredStore() {
        job.fill("documents", 3);
        MigrateRequest r = MigrateRequest.of(
                        MigrateFixture.MEMORY,
                        new StoreReference("snapshot", folder.resolve("snapshot")),
                        "documents",
                        "documents")
                .with(Choice.ACTIVATE);
        assertRefused(r, ExitCode.USAGE, "--activate", "cannot be the configured store");
    }

    @Test
    void aStoreThatIsCarriedAboutHasNoGenerations() {
        job.fill("documents", 3);
        MigrateRequest r = MigrateRequest.of(
                MigrateFixture.MEMORY,
                new StoreReference("snapshot", folder.resolve("snapshot")),
                "documents",
                "documents");
        assertThat(job.run(r).status()).isEqualTo(Status.VERIFIED);
        assertThat(MigrateFixture.contents(job.to, "documents")).hasSize(3);
        assertThat(job.generations().all()).isEmpty();
    }

    @Test
    void anotherNameInTheSameStoreIsATarget() {
        job.fill("documents", 7);
        job.run(MigrateRequest.of(MigrateFixture.MEMORY, MigrateFixture.MEMORY, "documents", "copy"));
        assertThat(MigrateFixture.contents(job.from, "copy.g1"))
                .isEqualTo(MigrateFixture.contents(job.from, "documents"));
    }

    @Test
    void aSourceThatGivesNoVectorsNeedsNewOnes() {
        job.fill("documents", 5);
        Set<Capability> modest = EnumSet.copyOf(InMemoryStore.CAPABILITIES);
        modest.remove(Capability.VECTORS);
        job.sourceCapabilities = modest;
        assertRefused(ExitCode.USAGE, "does not give vectors back", "--reembed");
        assertThat(job.run(MigrateFixture.request().with(Choice.REEMBED)).status())
                .isEqualTo(Status.VERIFIED);
    }

    @Test
    void listsThatTheTargetCannotKeepAreToldBeforehand() {
        VectorRecord plain = job.record("a");
        job.create(
                job.from,
                "documents",
                List.of(new VectorRecord("a", plain.vector(), "t", Metadata.of(Map.of("tags", List.of("x", "y"))))));
        Set<Capability> modest = EnumSet.copyOf(InMemoryStore.CAPABILITIES);
        modest.remove(Capability.LIST_METADATA);
        job.targetCapabilities = modest;
        assertRefused(ExitCode.USAGE, "lists", "--allow-partial");
    }

    @Test
    void aDeltaNeedsAMigrationBeforeIt() {
        job.fill("documents", 3);
        assertRefused(
                MigrateFixture.request().with(Choice.DELTA),
                ExitCode.USAGE,
                "no verified migration",
                "without --delta");
    }

    @Test
    void aServerThatIsDownIsAFailureAndNotAnEmptySource() {
        job.fill("documents", 3);
        job.source = call -> {
            throw new StoreException.StoreUnavailable("no server answers", null);
        };
        assertRefused(ExitCode.FAILED, "no server answers");
    }

    @Test
    void whatAnUnfinishedMigrationLeftIsNoSource() {
        job.fill("documents", 20);
        int[] calls = {0};
        job.target = call -> {
            if (call.equals("before upsert") && ++calls[0] == 3) {
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.class);
        job.target = call -> {};
        MigrateFixture next = new MigrateFixture(folder.resolve("next"));
        copy(job.to, next.from, "documents.g1");

        JobException e = catchThrowableOfType(
                JobException.class,
                () -> next.run(
                        MigrateRequest.of(MigrateFixture.MEMORY, MigrateFixture.OTHER, "documents.g1", "documents")));

        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(e).hasMessageContaining("left unfinished: it holds 8 of 20 records");
    }

    @Test
    void aDryRunWritesNothingAndSaysWhatWouldBeDone() {
        job.fill("documents", 10);
        job.target = call -> {
            throw new AssertionError("a dry run called " + call);
        };
        MigrateReport report = job.service().dryRun(MigrateFixture.request(), job.progress());
        assertThat(report.plan().records()).isEqualTo(10);
        assertThat(report.plan().partitions()).isEqualTo(3);
        assertThat(report.plan().bytes()).isPositive();
        assertThat(report.target().physical()).isEqualTo("documents.g1");
        assertThat(new InMemoryStore(job.to).list()).isEmpty();
        assertThat(job.home).doesNotExist();
    }

    @Test
    void theModelIsAskedForItsDimension() {
        job.fill("documents", 3);
        job.currentEmbedder = new CountingEmbedder("model-b");
        MigrateReport report = job.run(MigrateFixture.request().with(Choice.REEMBED));
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.verification().tolerance()).contains("vectors made anew");
    }

    private static void copy(InMemoryStore.Data from, InMemoryStore.Data to, String collection) {
        InMemoryStore source = new InMemoryStore(from);
        var info = source.find(collection).orElseThrow();
        var made = new InMemoryStore(to).create(new CollectionSpec(collection, 8, info.distance(), info.attributes()));
        made.upsert(source.open(collection)
                .scan(new dev.ragd.store.ScanRequest(dev.ragd.store.Field.ALL, null, null, 1000))
                .records());
    }

    private void assertRefused(ExitCode code, String... words) {
        assertRefused(MigrateFixture.request(), code, words);
    }

    private void assertRefused(MigrateRequest request, ExitCode code, String... words) {
        JobException e = catchThrowableOfType(JobException.class, () -> job.run(request));
        assertThat(e).isNotNull();
        assertThat(e.exitCode()).as(e.getMessage()).isEqualTo(code);
        assertThat(e.getMessage()).contains(words);
    }
}
