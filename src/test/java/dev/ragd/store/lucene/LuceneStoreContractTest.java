package dev.ragd.store.lucene;

import dev.ragd.store.VectorStore;
import dev.ragd.store.VectorStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LuceneStoreContractTest extends VectorStoreContract {

    @TempDir
    Path home;

    @Override
    protected VectorStore open() {
        return new LuceneStore(home.resolve("lucene"));
    }
}
