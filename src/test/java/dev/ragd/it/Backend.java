package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedders;
import dev.ragd.store.Field;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.Generation;
import dev.ragd.store.faiss.FaissSettings;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.leann.LeannSettings;
import dev.ragd.store.leann.LeannStore;
import dev.ragd.store.lucene.LuceneStore;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A store that commands work on in a test: how they are pointed at it, and how the test looks into it. */
public enum Backend {
    CHROMA_1_0(ChromaStore.NAME, Generation.V1_0),
    CHROMA_1_5(ChromaStore.NAME, Generation.V1_5),
    LUCENE(LuceneStore.NAME, null),
    FAISS(FaissStore.NAME, null),
    LEANN(LeannStore.NAME, null);

    private final String storeName;
    private final Generation generation;

    Backend(String storeName, Generation generation) {
        this.storeName = storeName;
        this.generation = generation;
    }

    /** The server that all tests share; null for a store in the home. */
    public URI server() {
        return generation == null ? null : ChromaServers.shared(generation);
    }

    /** The same program on this store. */
    public Ragd configure(Ragd ragd) {
        Ragd on = ragd.withSetting("storage.backend", storeName);
        return generation == null ? on : on.withServer(server());
    }

    /** The store that the program works on. */
    public VectorStore open(Ragd ragd) {
        Path data = ragd.home().resolve("data").resolve(storeName);
        return switch (this) {
            case CHROMA_1_0, CHROMA_1_5 ->
                ChromaStore.external(ChromaSettings.defaults().withUrl(server()));
            case LUCENE -> new LuceneStore(data);
            case FAISS -> new FaissStore(FaissSettings.in(data, ragd.home().resolve("cache")));
            case LEANN -> {
                Path cache = ragd.home().resolve("cache");
                yield new LeannStore(LeannSettings.in(data, cache, () -> Embedders.open(EmbedSettings.local(cache))));
            }
        };
    }

    /** Records in a collection as other programs see them now; 0 when there is no such collection. */
    public long count(Ragd ragd, String collection) {
        try (VectorStore store = open(ragd)) {
            if (store.find(collection).isEmpty()) {
                return 0;
            }
            try (VectorCollection open = store.open(collection)) {
                return open.count();
            }
        }
    }

    /** The digest of every record in a collection, by id: over id, vector bits, metadata and text. */
    public Map<String, String> digests(Ragd ragd, String collection) {
        try (VectorStore store = open(ragd)) {
            return digests(store, collection);
        }
    }

    /** The digest of every record in a collection of an open store, by id. */
    public static Map<String, String> digests(VectorStore store, String collection) {
        Map<String, String> digests = new TreeMap<>();
        try (VectorCollection open = store.open(collection)) {
            String cursor = null;
            do {
                ScanPage page = open.scan(new ScanRequest(Field.ALL, null, cursor, 500));
                for (VectorRecord record : page.records()) {
                    assertThat(digests.put(record.id(), RecordDigest.hex(record)))
                            .as("twice: " + record.id())
                            .isNull();
                }
                cursor = page.next();
            } while (cursor != null);
            assertThat(open.count()).isEqualTo(digests.size());
        }
        return digests;
    }
}
