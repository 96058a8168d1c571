package dev.ragd.store.chroma.client;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How to reach a server.
 *
 * @param url the server's address now, with the prefix of a reverse proxy if there is one; asked before each request,
 *     because a managed server may come back on another port
 * @param tenant the tenant of all collections
 * @param database the database of all collections
 * @param headers sent with every request, for example {@code Authorization}
 * @param connectTimeout for the TCP connection
 * @param requestTimeout for the answer to begin, and for each pause within it
 * @param retry what is tried again, and when
 * @param advice what to do about a server that does not answer, for messages; may take a moment
 */
public record Connection(
        Supplier<URI> url,
        String tenant,
        String database,
        Map<String, String> headers,
        Duration connectTimeout,
        Duration requestTimeout,
        RetryPolicy retry,
        Supplier<String> advice) {
    public Connection {
        headers = Map.copyOf(headers);
    }

    /** Names the headers only: their values are secrets. */
    @Override
    public String toString() {
        return "Connection[" + url.get() + ", " + tenant + "/" + database + ", headers " + headers.keySet() + "]";
    }
}
