package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import dev.ragd.embed.MiniLmTokenizer;
import dev.ragd.embed.TokenSpans;
import dev.ragd.ingest.ChunkSettings;
import dev.ragd.ingest.Chunker;
import dev.ragd.ingest.DocumentParser;
import dev.ragd.ingest.ForkedTikaParser;
import dev.ragd.ingest.ParserSettings;
import dev.ragd.ingest.Tokenizer;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.store.VectorStore;
import org.jspecify.annotations.Nullable;

/** What the settings name for the index job, each made at its first use. */
class ConfiguredResources implements IndexResources {

    /** Tokens that a model adds to every text, one at either end. */
    private static final int MARKS = 2;

    private final Home home;
    private final ConfiguredModels models;
    private final Progress progress;
    private final ChunkSettings chunking;
    private final ParserSettings parsing;
    private final Embedder embedder;

    private @Nullable VectorStore store;
    private @Nullable DocumentParser parser;
    private @Nullable MiniLmTokenizer tokenizer;

    /**
     * @throws dev.ragd.config.ConfigException when there is no such model
     * @throws JobException when chunks are longer than what the model in this program reads
     */
    ConfiguredResources(Home home, Settings settings, Progress progress) {
        this.home = home;
        this.models = new ConfiguredModels(home, settings, progress);
        this.progress = progress;
        this.chunking = new ChunkSettings(settings.get(Catalogue.CHUNK_TOKENS), settings.chunkOverlap());
        this.parsing = parserSettings(settings);
        // Loads nothing: a local model loads with the first text, a remote one is called with it.
        this.embedder = models.configured();
        if (settings.get(Catalogue.EMBED_PROVIDER).equals("local")) {
            readingWholeChunks(embedder.id());
        }
    }

    @Override
    public synchronized VectorStore store() {
        if (store == null) {
            store = openStore();
        }
        return store;
    }

    VectorStore openStore() {
        return Stores.open(models, progress::note);
    }

    @Override
    public EmbedderId embedderId() {
        return readingWholeChunks(embedder.id());
    }

    /** What a model does not read is not part of the vector, and would never be found. */
    private EmbedderId readingWholeChunks(EmbedderId id) {
        int most = id.maxTokens() - MARKS;
        if (id.maxTokens() > 0 && chunking.maxTokens() > most) {
            String where = models.settings()
                    .value(Catalogue.CHUNK_TOKENS)
                    .orElseThrow()
                    .origin()
                    .describe();
            throw new JobException(
                    ExitCode.USAGE,
                    where + ": " + Catalogue.CHUNK_TOKENS.key() + ": expected at most " + most + ", for " + id.model()
                            + " reads " + id.maxTokens()
                            + " tokens of a text, its own marks included, and nothing behind them would be found; but it is "
                            + chunking.maxTokens(),
                    null);
        }
        return id;
    }

    @Override
    public Embedder embedder() {
        return embedder;
    }

    @Override
    public synchronized DocumentParser parser() {
        if (parser == null) {
            parser = new ForkedTikaParser(parsing);
        }
        return parser;
    }

    @Override
    public synchronized Chunker chunker() {
        if (tokenizer == null) {
            tokenizer = new MiniLmTokenizer(home.cache());
        }
        MiniLmTokenizer words = tokenizer;
        return new Chunker(text -> tokens(words.tokenize(text)), chunking);
    }

    private static Tokenizer.Tokens tokens(TokenSpans spans) {
        return new Tokenizer.Tokens(spans.starts(), spans.ends());
    }

    @Override
    public String pipeline() {
        return parser().fingerprint() + " " + chunking.fingerprint();
    }

    private static ParserSettings parserSettings(Settings settings) {
        return new ParserSettings(
                settings.get(Catalogue.PARSE_TIMEOUT),
                settings.get(Catalogue.PARSE_MEMORY).bytes(),
                settings.get(Catalogue.MAX_FILE_SIZE).bytes(),
                settings.get(Catalogue.MAX_CHARACTERS),
                1);
    }

    @Override
    public synchronized void close() {
        if (parser != null) {
            parser.close();
        }
        embedder.close();
        if (tokenizer != null) {
            tokenizer.close();
        }
        if (store != null) {
            store.close();
        }
    }
}
