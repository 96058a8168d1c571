package dev.ragd.app;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
import dev.ragd.embed.EmbedException;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import dev.ragd.ingest.ChunkSettings;
import dev.ragd.ingest.Chunker;
import dev.ragd.ingest.DocumentParser;
import dev.ragd.ingest.ParseException;
import dev.ragd.ingest.ParsedDocument;
import dev.ragd.ingest.Tokenizer;
import dev.ragd.jobs.History;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.repair.AuditReport;
import dev.ragd.jobs.repair.RepairReport;
import dev.ragd.jobs.repair.RepairRequest;
import dev.ragd.jobs.runs.Command;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Field;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.memory.InMemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A home, a folder of documents, and an index job with a model that is a function of the text: what the job does with each
 * file can be counted and compared to the bit. The store is the exact one in memory unless another is given.
 */
public final class IndexFixture {

    final Path home;
    final Path docs;
    final CountingEmbedder embedder = new CountingEmbedder("model-a");
    final PlainParser parser = new PlainParser();
    final List<String> notes = new ArrayList<>();
    final AtomicInteger writes = new AtomicInteger();

    CountingEmbedder currentEmbedder = embedder;
    StopSignal stop = new StopSignal();
    History history = new History(100);
    public IndexSettings settings = new IndexSettings(null, 30, 20, 2, 4);
    ChunkSettings chunking = new ChunkSettings(24, 4);
    /** Called before each upsert and delete of the store with the number of writes so far. */
    WriteHook beforeWrite = n -> {};
    /** Called before and after calls of the store. */
    FaultyStore.Calls calls = call -> {};

    interface WriteHook {
        void write(int number);
    }

    /** Opens the one store of a fixture; what one view of it wrote the next one sees. */
    interface Opener {
        /**
         * @param folder for the files of the store
         * @param model the one of the runs, for a store that needs a model of its own
         */
        VectorStore open(Path folder, Embedder model);

        /** Gives every fixture a store of its own in memory. */
        static Opener memory() {
            Map<Path, InMemoryStore.Data> stores = new HashMap<>();
            return (folder, model) -> new InMemoryStore(stores.computeIfAbsent(folder, f -> new InMemoryStore.Data()));
        }
    }

    Opener opener;

    public IndexFixture(Path folder) throws IOException {
        this(folder, Opener.memory());
    }

    IndexFixture(Path folder, Opener opener) throws IOException {
        this.opener = opener;
        home = folder.resolve("home");
        docs = Files.createDirectories(folder.resolve("docs"));
    }

    /** Three documents: a file of one chunk or two, one of several batches, one in a folder. */
    IndexFixture withDocuments() {
        write("a.txt", prose("a", 12));
        write("b.md", prose("b", 40));
        write("sub/c.txt", prose("c", 3));
        return this;
    }

    /** An empty home and no documents, on a store of the same kind. */
    IndexFixture another(Path folder) throws IOException {
        return new IndexFixture(folder, opener);
    }

    /** What an index made from nothing of these documents holds, with this model and these chunks. */
    Map<String, String> freshIndex() throws IOException {
        IndexFixture fresh = another(Files.createTempDirectory(home.getParent(), "fresh"));
        fresh.chunking = chunking;
        fresh.currentEmbedder = currentEmbedder;
        fresh.run(request());
        return fresh.contents();
    }

    /** A view of the store. */
    VectorStore store() {
        return opener.open(home.resolveSibling("store"), new CountingEmbedder(currentEmbedder.name));
    }

    /** A view of the store with the model that made a collection, whatever the current one is. */
    private VectorStore storeOf(String collection) {
        String model;
        try (VectorStore any = store()) {
            model = any.find(collection)
                    .flatMap(CollectionEmbedder::read)
                    .map(made -> made.model().substring(made.model().indexOf(':') + 1))
                    .orElse(currentEmbedder.name);
        }
        return opener.open(home.resolveSibling("store"), new CountingEmbedder(model));
    }

    List<String> collections() {
        try (VectorStore store = store()) {
            return store.list().stream().map(CollectionInfo::name).toList();
        }
    }

    /** What a run works with: a new view of the same store, the same model and parser. */
    public IndexResources resources() {
        return new Resources();
    }

    public IndexRequest request() {
        return request(false, false);
    }

    IndexRequest request(boolean full, boolean allowMassDelete) {
        return new IndexRequest("memory", "documents", List.of(docs), List.of(), List.of(), full, allowMassDelete);
    }

    IndexReport run() {
        return run(request());
    }

    IndexReport run(IndexRequest request) {
        return service().run(request, progress());
    }

    IndexReport dryRun() {
        return dryRun(request());
    }

    IndexReport dryRun(IndexRequest request) {
        return service().dryRun(request, progress());
    }

    SpringIndexService service() {
        return new SpringIndexService(new Home(home), settings, context(), generations(), progress -> new Resources());
    }

    private JobContext context() {
        return new JobContext(new Home(home), stop, history, Command.here());
    }

    AuditReport audit() {
        return repairService().audit(repairRequest(false), null, progress());
    }

    RepairReport repair() {
        return repair(false);
    }

    RepairReport repair(boolean allowMassDelete) {
        return repairService().run(repairRequest(allowMassDelete), progress());
    }

    static RepairRequest repairRequest(boolean allowMassDelete) {
        return new RepairRequest("memory", "documents", allowMassDelete);
    }

    SpringRepairService repairService() {
        return new SpringRepairService(
                new Home(home), settings, context(), generations(), (readOnly, progress) -> new Resources());
    }

    public Generations generations() {
        return new Generations(home.resolve("data/catalog.json"));
    }

    public void write(String name, String text) {
        try {
            Path file = docs.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A text of so many sentences that no other seed gives. */
    public static String prose(String seed, int sentences) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            text.append("Sentence ").append(i).append(" of ").append(seed).append(" tells of the number ");
            text.append((seed + i).hashCode()).append(" and of nothing else.\n");
            if (i % 5 == 4) {
                text.append('\n');
            }
        }
        return text.toString();
    }

    void touch(String name, long seconds) throws IOException {
        Files.setLastModifiedTime(docs.resolve(name), FileTime.fromMillis(seconds * 1000));
    }

    /** Everything in a collection, by id, as text that can be compared. */
    Map<String, String> contents(String collection) {
        Map<String, String> contents = new TreeMap<>();
        try (VectorStore store = storeOf(collection);
                VectorCollection open = store.open(collection)) {
            String cursor = null;
            do {
                ScanPage page = open.scan(new ScanRequest(Field.ALL, null, cursor, 100));
                for (VectorRecord r : page.records()) {
                    contents.put(
                            r.id(),
                            r.text() + "|" + r.metadata().values() + "|" + java.util.Arrays.toString(r.vector()));
                }
                cursor = page.next();
            } while (cursor != null);
        }
        return contents;
    }

    Map<String, String> contents() {
        return contents("documents");
    }

    Progress progress() {
        return new Progress() {
            @Override
            public void phase(String name, long total, String unit) {}

            @Override
            public void advance(long done) {}

            @Override
            public void note(String line) {
                notes.add(line);
            }
        };
    }

    private final class Resources implements IndexResources {
        private final VectorStore store =
                new FaultyStore(IndexFixture.this.store(), this::hear, UnaryOperator.identity());

        private void hear(String call) {
            calls.hear(call);
            if (call.equals("before upsert") || call.equals("before delete")) {
                beforeWrite.write(writes.incrementAndGet());
            }
        }

        @Override
        public VectorStore store() {
            return store;
        }

        @Override
        public EmbedderId embedderId() {
            return currentEmbedder.id();
        }

        @Override
        public Embedder embedder() {
            return currentEmbedder;
        }

        @Override
        public DocumentParser parser() {
            return parser;
        }

        @Override
        public Chunker chunker() {
            return new Chunker(IndexFixture::words, chunking);
        }

        @Override
        public String pipeline() {
            return parser.fingerprint() + " " + chunking.fingerprint();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static Tokenizer.Tokens words(String text) {
        Matcher m = Pattern.compile("\\w+|[^\\w\\s]").matcher(text);
        List<int[]> spans = new ArrayList<>();
        while (m.find()) {
            spans.add(new int[] {m.start(), m.end()});
        }
        return new Tokenizer.Tokens(
                spans.stream().mapToInt(s -> s[0]).toArray(),
                spans.stream().mapToInt(s -> s[1]).toArray());
    }

    /** A model whose vector is a hash of the text: exact, quick, and different for every text. */
    static final class CountingEmbedder implements Embedder {
        static final String POISON = "POISON";

        final AtomicInteger texts = new AtomicInteger();
        String complaint = "";
        private final String name;

        CountingEmbedder(String name) {
            this.name = name;
        }

        @Override
        public EmbedderId id() {
            return new EmbedderId("test", name, 8, true, 256, "fingerprint-of-" + name);
        }

        @Override
        public float[][] embedDocuments(List<String> batch) {
            float[][] vectors = new float[batch.size()][];
            for (int i = 0; i < vectors.length; i++) {
                if (batch.get(i).contains(POISON)) {
                    throw new EmbedException("the model chokes on it" + complaint, false, null);
                }
                texts.incrementAndGet();
                vectors[i] = embedQuery(batch.get(i));
            }
            return vectors;
        }

        @Override
        public float[] embedQuery(String text) {
            float[] v = new float[8];
            java.util.Random random = new java.util.Random(text.hashCode() * 31L + name.hashCode());
            double norm = 0;
            for (int i = 0; i < v.length; i++) {
                v[i] = (float) random.nextGaussian();
                norm += v[i] * v[i];
            }
            for (int i = 0; i < v.length; i++) {
                v[i] /= (float) Math.sqrt(norm);
            }
            return v;
        }

        @Override
        public void close() {}
    }

    /** Reads files as they are; a file that starts with BROKEN cannot be parsed. */
    static final class PlainParser implements DocumentParser {
        final AtomicInteger files = new AtomicInteger();

        @Override
        public ParsedDocument parse(Path file) throws ParseException {
            files.incrementAndGet();
            try {
                String text = Files.readString(file);
                if (text.startsWith("BROKEN")) {
                    throw new ParseException(ParseException.Reason.CORRUPT, "it is broken", null);
                }
                return new ParsedDocument(text, Map.of("media_type", "text/plain"));
            } catch (IOException e) {
                throw new ParseException(ParseException.Reason.UNREADABLE, e.toString(), e);
            }
        }

        @Override
        public String fingerprint() {
            return "plain-1";
        }

        @Override
        public void close() {}
    }
}
