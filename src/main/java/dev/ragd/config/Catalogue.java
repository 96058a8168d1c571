package dev.ragd.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every setting there is. */
public final class Catalogue {

    public static final Setting<String> BACKEND = Setting.of(
                    "storage.backend",
                    SettingType.choice("chromadb", "faiss", "leann", "lucene"),
                    "chromadb",
                    "The vector store that commands work on")
            .withOption("--backend");

    public static final Setting<URI> CHROMA_URL = Setting.of(
            "storage.chromadb.url",
            SettingType.url(),
            null,
            "A running Chroma server; without it ragd starts and stops one of its own in the home");
    public static final Setting<String> CHROMA_TENANT = Setting.of(
            "storage.chromadb.tenant", SettingType.text(), "default_tenant", "The tenant on the Chroma server");
    public static final Setting<String> CHROMA_DATABASE = Setting.of(
            "storage.chromadb.database", SettingType.text(), "default_database", "The database of the tenant");
    public static final Setting<String> CHROMA_TOKEN = Setting.of(
                    "storage.chromadb.token",
                    SettingType.text(),
                    null,
                    "Sent to the Chroma server as 'Authorization: Bearer'")
            .asSecret();
    public static final Setting<Map<String, String>> CHROMA_HEADERS = Setting.of(
                    "storage.chromadb.headers",
                    SettingType.headers(),
                    null,
                    "More headers for every request to the Chroma server")
            .asSecret();
    public static final Setting<Path> CHROMA_PROGRAM = Setting.of(
            "storage.chromadb.program",
            SettingType.path(),
            null,
            "The chroma program to start when there is no url; otherwise it is looked for");
    public static final Setting<Duration> CHROMA_TIMEOUT = Setting.of(
            "storage.chromadb.timeout",
            SettingType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            "120s",
            "How long to wait for an answer of the Chroma server");

    public static final Setting<String> FAISS_INDEX = Setting.of(
            "storage.faiss.index",
            SettingType.choice("auto", "flat", "hnsw", "ivfflat"),
            "auto",
            "How a new collection is searched: flat compares all, hnsw walks a graph, ivfflat looks into some lists; auto is"
                    + " flat up to 20000 vectors, then hnsw");
    public static final Setting<Integer> FAISS_M = Setting.of(
            "storage.faiss.m",
            SettingType.integer(2, 512),
            "32",
            "Links per vector of a new collection's graph: more finds more and takes more memory");
    public static final Setting<Integer> FAISS_EF_CONSTRUCTION = Setting.of(
            "storage.faiss.ef_construction",
            SettingType.integer(1, 10_000),
            "200",
            "Candidates looked at when a vector joins a new collection's graph: more finds more and takes longer");
    public static final Setting<Integer> FAISS_EF_SEARCH = Setting.of(
            "storage.faiss.ef_search",
            SettingType.integer(1, 10_000),
            "256",
            "Candidates that a search in a graph looks at: more finds more and takes longer");
    public static final Setting<Integer> FAISS_NPROBE = Setting.of(
            "storage.faiss.nprobe",
            SettingType.integer(0, 1_000_000),
            "0",
            "Lists that a search in an ivfflat index looks into; 0 chooses by their number");
    public static final Setting<String> FAISS_SIMD = Setting.of(
            "storage.faiss.simd",
            SettingType.choice("auto", "avx512", "avx2", "off"),
            "auto",
            "The processor instructions to use at most; auto takes the best there are");

    public static final Setting<String> LEANN_MODE = Setting.of(
            "leann.mode",
            SettingType.choice("codes", "graph"),
            "codes",
            "How a leann collection is searched: codes scans a learned code per chunk and embeds the most promising again;"
                    + " graph walks a pruned graph, as the LEANN paper does: slower, to compare with");
    public static final Setting<Double> LEANN_TARGET_RECALL = Setting.of(
            "leann.target_recall",
            SettingType.decimal(0.5, 0.999),
            "0.95",
            "The share of the nearest chunks that a leann search is to find: more embeds more chunks again");
    public static final Setting<Integer> LEANN_BUDGET = Setting.of(
            "leann.budget",
            SettingType.integer(0, 100_000),
            "0",
            "Chunks that a leann search embeds again; 0 chooses by the target recall and what was learned");
    public static final Setting<Path> LEANN_MODEL_PATH = Setting.of(
            "leann.model_path",
            SettingType.path(),
            null,
            "A file of learned codes that leann collections share, in the home unless absolute: the first collection that"
                    + " learns some writes it, others begin with it; without it each learns its own");
    public static final Setting<Integer> LEANN_TRAINING_EPOCHS = Setting.of(
            "leann.training_epochs",
            SettingType.integer(1, 1000),
            "12",
            "Rounds of training when leann learns its codes");

    public static final Setting<Integer> LEANN_GRAPH_EF = Setting.of(
            "leann.graph_ef",
            SettingType.integer(1, 100_000),
            "100",
            "With leann.mode graph: chunks that a walk keeps as the best so far; more finds more and embeds more");
    public static final Setting<Double> LEANN_GRAPH_RECOMPUTE = Setting.of(
            "leann.graph_recompute",
            SettingType.decimal(0.001, 1),
            "0.1",
            "With leann.mode graph: the most promising share of what a walk sees that is embedded again; 1 embeds all");

    public static final Setting<String> EMBED_PROVIDER = Setting.of(
            "embed.provider",
            SettingType.choice("local", "ollama", "openai"),
            "local",
            "Who turns text into vectors: this process, an Ollama server, or an OpenAI-compatible one");
    public static final Setting<String> EMBED_MODEL = Setting.of(
                    "embed.model",
                    SettingType.text(),
                    null,
                    "The model; by default all-minilm-l6-v2-int8 (local; all-minilm-l6-v2-fp32 is the other), nomic-embed-text"
                            + " (ollama), text-embedding-3-small (openai)")
            .withOption("--model");
    public static final Setting<URI> EMBED_URL = Setting.of(
            "embed.url",
            SettingType.url(),
            null,
            "The server of the model; by default http://localhost:11434 (ollama), https://api.openai.com/v1 (openai)");
    public static final Setting<String> EMBED_API_KEY = Setting.of(
                    "embed.api_key", SettingType.text(), null, "The key for the model's server")
            .asSecret();
    public static final Setting<Integer> EMBED_THREADS = Setting.of(
            "embed.threads",
            SettingType.integer(0, 256),
            "0",
            "Threads that embed in this process; 0 means one per processor");
    public static final Setting<Integer> EMBED_BATCH_SIZE = Setting.of(
            "embed.batch_size", SettingType.integer(1, 2048), "32", "Texts per request to the model's server");
    public static final Setting<Duration> EMBED_TIMEOUT = Setting.of(
            "embed.timeout",
            SettingType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            "60s",
            "How long to wait for an answer of the model's server");
    public static final Setting<Integer> EMBED_DIMENSION = Setting.of(
            "embed.dimension",
            SettingType.integer(1, 65_536),
            null,
            "Components per vector, for models that let one choose; otherwise the model says");

    public static final Setting<String> COLLECTION = Setting.of(
                    "index.collection",
                    SettingType.textThat(
                            "3 to 512 of letters, digits, '.', '_', '-', a letter or digit at both ends",
                            name -> name.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]")),
                    "documents",
                    "The collection that commands work on")
            .withOption("--collection");
    public static final Setting<String> DISTANCE = Setting.of(
            "index.distance",
            SettingType.choice("cosine", "l2", "ip"),
            null,
            "How nearness is measured in a new collection; without it l2, which keeps the bits of vectors");
    public static final Setting<Integer> CHUNK_TOKENS = Setting.of(
            "index.chunk_tokens",
            SettingType.integer(16, 8192),
            "200",
            "Tokens of the model per chunk of text, at most");
    public static final Setting<Integer> CHUNK_OVERLAP = Setting.of(
            "index.chunk_overlap",
            SettingType.integer(0, 4096),
            "30",
            "Tokens that a chunk shares with the one before; by default never more than a quarter of its own");
    public static final Setting<Integer> MAX_DELETE_PERCENT = Setting.of(
            "index.max_delete_percent",
            SettingType.integer(0, 100),
            "30",
            "A run that would delete more than this share of the files, and more files than the next setting, is refused");
    public static final Setting<Integer> MAX_DELETE_FILES = Setting.of(
            "index.max_delete_files",
            SettingType.integer(0, Integer.MAX_VALUE),
            "20",
            "So many deleted files are never refused, whatever their share");

    public static final Setting<String> COMPACT = Setting.of(
            "index.compact",
            SettingType.choice("auto", "never"),
            "auto",
            "Whether an index run writes a collection anew whose index is mostly deleted records; only where ragd runs the"
                    + " server itself");

    public static final Setting<Integer> MIGRATE_BATCH = Setting.of(
            "migrate.batch_records",
            SettingType.integer(0, 100_000),
            "0",
            "Records per checkpoint of a migration; 0 fits it to the size of the records");
    public static final Setting<Integer> MIGRATE_SAMPLES = Setting.of(
            "migrate.samples",
            SettingType.integer(0, 10_000),
            "20",
            "Records whose nearest neighbours a verification compares in source and target");
    public static final Setting<Integer> MIGRATE_MIN_OVERLAP = Setting.of(
            "migrate.min_overlap",
            SettingType.integer(0, 100),
            "80",
            "A verification fails when fewer percent of these neighbours agree");

    public static final Setting<Integer> JOBS_KEEP = Setting.of(
            "jobs.keep",
            SettingType.integer(1, 100_000),
            "100",
            "Runs of each job that are remembered; older ones are forgotten, with their reports");

    public static final Setting<String> METRICS_TEXTFILE = Setting.of(
            "metrics.textfile",
            SettingType.text(),
            "metrics/ragd.prom",
            "The file for Prometheus's textfile collector, below the home unless absolute; 'off' writes none");
    public static final Setting<Duration> METRICS_INTERVAL = Setting.of(
            "metrics.interval",
            SettingType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            "15s",
            "How often a job that runs tells its metrics; it does at its end, too");
    public static final Setting<URI> METRICS_PUSHGATEWAY = Setting.of(
            "metrics.pushgateway.url",
            SettingType.url(),
            null,
            "A Prometheus Pushgateway to put metrics into, such as http://localhost:9091");
    public static final Setting<URI> METRICS_OTLP = Setting.of(
            "metrics.otlp.url",
            SettingType.url(),
            null,
            "An OTLP endpoint to send metrics to, such as http://localhost:4318/v1/metrics");
    public static final Setting<String> LOG_FORMAT = Setting.of(
            "logging.structured.format",
            SettingType.choice("ecs", "gelf", "logstash"),
            null,
            "Write what jobs do into logs/ragd.jsonl, a JSON object a line, in this format");

    public static final Setting<Duration> PARSE_TIMEOUT = Setting.of(
            "parse.timeout",
            SettingType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            "60s",
            "A file that takes longer to parse is quarantined");
    public static final Setting<DataSize> PARSE_MEMORY = Setting.of(
            "parse.memory",
            SettingType.size(DataSize.parse("64MB"), DataSize.parse("64GB")),
            "256MB",
            "Heap of the process that parses; a file that needs more is quarantined");
    public static final Setting<DataSize> MAX_FILE_SIZE = Setting.of(
            "parse.max_file_size",
            SettingType.size(DataSize.parse("1B"), DataSize.parse("1TB")),
            "100MB",
            "A larger file is quarantined");
    public static final Setting<Integer> MAX_CHARACTERS = Setting.of(
            "parse.max_characters",
            SettingType.integer(1000, 500_000_000),
            "5000000",
            "A file that gives more text is quarantined");

    public static final Setting<Integer> SEARCH_K = Setting.of(
                    "search.k", SettingType.integer(1, 10_000), "10", "How many results a search gives")
            .withOption("-k");

    private static final List<Setting<?>> ALL = List.of(
            BACKEND,
            CHROMA_URL,
            CHROMA_TENANT,
            CHROMA_DATABASE,
            CHROMA_TOKEN,
            CHROMA_HEADERS,
            CHROMA_PROGRAM,
            CHROMA_TIMEOUT,
            FAISS_INDEX,
            FAISS_M,
            FAISS_EF_CONSTRUCTION,
            FAISS_EF_SEARCH,
            FAISS_NPROBE,
            FAISS_SIMD,
            LEANN_MODE,
            LEANN_TARGET_RECALL,
            LEANN_BUDGET,
            LEANN_MODEL_PATH,
            LEANN_TRAINING_EPOCHS,
            LEANN_GRAPH_EF,
            LEANN_GRAPH_RECOMPUTE,
            EMBED_PROVIDER,
            EMBED_MODEL,
            EMBED_URL,
            EMBED_API_KEY,
            EMBED_THREADS,
            EMBED_BATCH_SIZE,
            EMBED_TIMEOUT,
            EMBED_DIMENSION,
            COLLECTION,
            DISTANCE,
            CHUNK_TOKENS,
            CHUNK_OVERLAP,
            MAX_DELETE_PERCENT,
            MAX_DELETE_FILES,
            COMPACT,
            MIGRATE_BATCH,
            MIGRATE_SAMPLES,
            MIGRATE_MIN_OVERLAP,
            JOBS_KEEP,
            METRICS_TEXTFILE,
            METRICS_INTERVAL,
            METRICS_PUSHGATEWAY,
            METRICS_OTLP,
            LOG_FORMAT,
            PARSE_TIMEOUT,
            PARSE_MEMORY,
            MAX_FILE_SIZE,
            MAX_CHARACTERS,
            SEARCH_K);

    private Catalogue() {}

    /** All settings, in the order to show them. */
    public static List<Setting<?>> all() {
        return ALL;
    }

    /** The setting of a key. */
    public static Optional<Setting<?>> find(String key) {
        return ALL.stream().filter(s -> s.key().equals(key)).findFirst();
    }

    /**
     * The setting of a key.
     *
     * @param where the place to mend it, for the message
     * @throws ConfigException when there is none; the message guesses which was meant
     */
    public static Setting<?> require(String key, String where) {
        return find(key).orElseThrow(() -> new ConfigException(unknown(key, where)));
    }

    /** The problem of a key that is no setting. */
    static Problem unknown(String key, String where) {
        String advice = Nearest.to(key, ALL.stream().map(Setting::key).toList())
                .map(guess -> "did you mean " + guess + "?")
                .orElseGet(() -> siblings(key));
        return new Problem(where, key, "unknown setting; " + advice);
    }

    private static String siblings(String key) {
        String word = key.substring(key.lastIndexOf('.') + 1);
        List<String> related = new ArrayList<>();
        for (Setting<?> s : ALL) {
            if (s.key().endsWith("." + word) || s.key().startsWith(key + ".")) {
                related.add(s.key());
            }
        }
        return related.isEmpty()
                ? "'ragd config list' shows all settings"
                : "did you mean " + String.join(" or ", related) + "?";
    }
}
