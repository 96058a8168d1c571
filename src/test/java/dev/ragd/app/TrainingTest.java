package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.config.Home;
import dev.ragd.jobs.ExitCode;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.lucene.LuceneStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {

    /** What failed half-way would leave the classes of its second half out of the archive. */
    @Test
    void whatIsTrainedRunsToItsEnd(@TempDir Path folder) throws IOException {
        assertThat(Training.searchByModelServer(new Home(folder))).isEqualTo(ExitCode.DONE.code());
        assertThat(Training.searchByLocalModel(new Home(folder))).isEqualTo(ExitCode.DONE.code());
        assertThat(Training.searchInLocalStore(new Home(folder), LuceneStore.NAME))
                .isEqualTo(ExitCode.DONE.code());
        assertThat(Training.searchInLocalStore(new Home(folder), FaissStore.NAME))
                .isEqualTo(ExitCode.DONE.code());
        String snapshot = "snapshot:" + folder.resolve("snapshot");
        assertThat(Training.migrate(new Home(folder), FaissStore.NAME, snapshot, "documents"))
                .isEqualTo(ExitCode.DONE.code());
        assertThat(Training.migrate(new Home(folder), snapshot, FaissStore.NAME, "back"))
                .isEqualTo(ExitCode.DONE.code());
    }
}
