package dev.ragd.app;

import dev.ragd.store.leann.LeannSettings;
import dev.ragd.store.leann.LeannStore;
import java.nio.file.Path;

/** The same on the LEANN store. */
class IndexJobOnLeannTest extends IndexJobTest {

    private static final Path CACHE = Path.of("target", "faiss-cache").toAbsolutePath();

    @Override
    IndexFixture.Opener opener() {
        return (folder, model) -> new LeannStore(LeannSettings.in(folder, CACHE, () -> model));
    }
}
