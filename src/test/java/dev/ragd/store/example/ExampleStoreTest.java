package dev.ragd.store.example;

import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

// tag::test[]
class ExampleStoreTest extends VectorStoreContract {

    @TempDir
    Path folder;

    @Override
    protected VectorStore open() {
        return new ExampleStore(folder);
    }
}
// end::test[]
