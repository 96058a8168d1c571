package dev.ragd.app;

import dev.ragd.store.lucene.LuceneStore;

/** The same on the store of files in the home. */
class IndexJobOnLuceneTest extends IndexJobTest {

    @Override
    IndexFixture.Opener opener() {
        return (folder, model) -> new LuceneStore(folder);
    }
}
