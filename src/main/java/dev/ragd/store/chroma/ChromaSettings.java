package dev.ragd.store.chroma;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the ChromaDB store ({@code storage.chromadb.*}).
 *
 * @param url address of an external server, http or https, with the path prefix of a reverse proxy if there is one; null
 *     for a local server that ragd manages
 * @param tenant the tenant of all collections; must exist
 * @param database the database of all collections; must exist
 * @param headers sent with every request; see {@link #withBearerToken} and {@link #withChromaToken}
 * @param connectTimeout for the TCP connection
 * @param requestTimeout for the answer to begin; large batches take a slow server long
 * @param maxBatchRecords most records in one write, 1 to 5000
 * @param maxBatchBytes most bytes in the body of one write, at most {@value #BODY_LIMIT}: the server takes 40 MiB
 * @param retries attempts after the first, 0 to 20
 * @param retryDelay before the first retry; doubles with each, up to 30 s
 * @param hnsw build and search effort of collections that ragd creates
 */
public record ChromaSettings(
        @Nullable URI url,
        String tenant,
        String database,
        Map<String, String> headers,
        Duration connectTimeout,
        Duration requestTimeout,
        int maxBatchRecords,
        int maxBatchBytes,
        int retries,
        Duration retryDelay,
        Hnsw hnsw) {

    /** Below the server's own limit of 40 MiB. */
    public static final int BODY_LIMIT = 38 << 20;

    private static final int MAX_RECORDS = 5_000;

    /**
     * Effort of the HNSW index. Chroma's own defaults (100, 100, 16) lose recall on collections beyond some ten thousand
     * records; building is a small part of what a write costs, so ragd spends more.
     *
     * @param efConstruction candidates kept while a record is linked
     * @param efSearch candidates kept while searching
     * @param maxNeighbors links per record and level
     */
    public record Hnsw(int efConstruction, int efSearch, int maxNeighbors) {
        public Hnsw {
            require(
                    efConstruction >= 10 && efConstruction <= 2_000,
                    "hnsw.ef-construction",
                    efConstruction,
                    "10 to 2000");
            require(efSearch >= 10 && efSearch <= 10_000, "hnsw.ef-search", efSearch, "10 to 10000");
            require(maxNeighbors >= 4 && maxNeighbors <= 256, "hnsw.max-neighbors", maxNeighbors, "4 to 256");
        }
    }

    public ChromaSettings {
        headers = Map.copyOf(new TreeMap<>(headers));
        if (url != null) {
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            require(http && url.getHost() != null, "url", url, "http://host:port or https://host/prefix");
            require(url.getRawUserInfo() == null, "url", url.getHost(), "no user and password; use headers");
            require(url.getRawQuery() == null && url.getRawFragment() == null, "url", url, "no '?' and no '#'");
        }
        require(!tenant.isBlank(), "tenant", tenant, "a name");
        require(!database.isBlank(), "database", database, "a name");
        headers.forEach((name, value) -> {
            require(name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+"), "headers", name, "a header name");
            require(value.matches("[\\x20-\\x7e\\t]*"), "headers", name, "a value of printable ASCII");
        });
        require(isPositive(connectTimeout), "connect-timeout", connectTimeout, "more than 0");
        require(isPositive(requestTimeout), "request-timeout", requestTimeout, "more than 0");
        require(
                maxBatchRecords >= 1 && maxBatchRecords <= MAX_RECORDS,
                "max-batch-records",
                maxBatchRecords,
                "1 to 5000");
        require(
                maxBatchBytes >= 64 << 10 && maxBatchBytes <= BODY_LIMIT,
                "max-batch-bytes",
                maxBatchBytes,
                "64 KiB to 38 MiB");
        require(retries >= 0 && retries <= 20, "retries", retries, "0 to 20");
        require(isPositive(retryDelay), "retry-delay", retryDelay, "more than 0");
    }

    /** A managed local server. */
    public static ChromaSettings defaults() {
        return new ChromaSettings(
                null,
                "default_tenant",
                "default_database",
                Map.of(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(120),
                500,
                16 << 20,
                4,
                Duration.ofMillis(250),
                new Hnsw(200, 200, 16));
    }

    /** These settings with another server; null for a managed one. */
    public ChromaSettings withUrl(@Nullable URI url) {
        return new ChromaSettings(
                url,
                tenant,
                database,
                headers,
                connectTimeout,
                requestTimeout,
                maxBatchRecords,
                maxBatchBytes,
                retries,
                retryDelay,
                hnsw);
    }

    /** These settings with one more header, in place of one of the same name. */
    public ChromaSettings withHeader(String name, String value) {
        TreeMap<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.remove(name);
        more.put(name, value);
        return new ChromaSettings(
                url,
                tenant,
                database,
                more,
                connectTimeout,
                requestTimeout,
                maxBatchRecords,
                maxBatchBytes,
                retries,
                retryDelay,
                hnsw);
    }

    /** {@code Authorization: Bearer TOKEN}. */
    public ChromaSettings withBearerToken(String token) {
        return withHeader("Authorization", "Bearer " + token);
    }

    /** {@code X-Chroma-Token: TOKEN}. */
    public ChromaSettings withChromaToken(String token) {
        return withHeader("X-Chroma-Token", token);
    }

    /** Names the headers without their values, which may be secrets. */
    @Override
    public String toString() {
        return "ChromaSettings[url=" + (url == null ? "managed" : url) + ", tenant=" + tenant + ", database=" + database
                + ", headers=" + new java.util.TreeSet<>(headers.keySet()) + "]";
    }

    private static boolean isPositive(Duration d) {
        return !d.isZero() && !d.isNegative();
    }

    private static void require(boolean holds, String key, Object actual, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "storage.chromadb." + key + " is '" + actual + "', expected " + expected);
        }
    }
}
