package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.config.Catalogue;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.runs.Command;
import dev.ragd.store.StoreReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two ends of a migration on a real home. */
class ConfiguredEndsTest {

    @TempDir
    Path folder;

    private Settings settings() {
        return Settings.resolve(ConfigFile.read(new Home(folder).configFile()), Map.of(), Map.of());
    }

    private void activate(String toCollection) {
        MigrateRequest request = MigrateRequest.of(
                StoreReference.named("chromadb"), StoreReference.named("lucene"), "documents", toCollection);
        try (ConfiguredEnds ends = new ConfiguredEnds(new Home(folder), settings(), request, false, Progress.NONE)) {
            ends.activate();
            ends.activate();
        }
    }

    @Test
    void whatIsActivatedIsWhatIsSearchedWithoutFurtherWords() throws IOException {
        activate("documents");
        assertThat(Files.readString(folder.resolve("config.yml"))).isEqualTo("storage:\n  backend: lucene\n");
        activate("archive");
        assertThat(settings().get(Catalogue.BACKEND)).isEqualTo("lucene");
        assertThat(settings().get(Catalogue.COLLECTION)).isEqualTo("archive");
        activate("documents");
        assertThat(settings().get(Catalogue.COLLECTION)).isEqualTo("documents");
    }

    @Test
    void aMigrationThatIsRefusedLeavesNoSnapshotBehind() {
        Path snapshot = folder.resolve("backup/ragd");
        MigrateRequest request = MigrateRequest.of(
                StoreReference.named("lucene"), new StoreReference("snapshot", snapshot), "nothing", "nothing");
        Home home = new Home(folder.resolve("home"));
        Termination termination = new Termination();
        JobException e = catchThrowableOfType(
                JobException.class,
                () -> new SpringJobs(termination, Command.here())
                        .migrate(home, settings())
                        .run(request, Progress.NONE));
        termination.finished(); // or the end of this machine waits for it
        assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(snapshot.getParent()).doesNotExist();
    }
}
