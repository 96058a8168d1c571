package dev.ragd.store.snapshot;

import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SnapshotStoreTest extends VectorStoreContract {

    @TempDir
    Path folder;

    @Override
    protected VectorStore open() {
        return SnapshotStore.create(folder.resolve("snapshot"));
    }
}
