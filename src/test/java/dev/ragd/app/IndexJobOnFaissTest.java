package dev.ragd.app;

import dev.ragd.store.faiss.FaissSettings;
import dev.ragd.store.faiss.FaissStore;
import java.nio.file.Path;

/** The same on the FAISS store. */
class IndexJobOnFaissTest extends IndexJobTest {

    private static final Path CACHE = Path.of("target", "faiss-cache").toAbsolutePath();

    @Override
    IndexFixture.Opener opener() {
        return (folder, model) -> new FaissStore(FaissSettings.in(folder, CACHE));
    }
}
