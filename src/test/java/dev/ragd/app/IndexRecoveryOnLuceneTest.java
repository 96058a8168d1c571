package dev.ragd.app;

import dev.ragd.store.lucene.LuceneStore;

/** The same on the store of files in the home. */
class IndexRecoveryOnLuceneTest extends IndexRecoveryTest {

    @Override
    IndexFixture.Opener opener() {
        return (folder, model) -> new LuceneStore(folder);
    }
}
