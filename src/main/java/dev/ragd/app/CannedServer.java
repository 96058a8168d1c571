package dev.ragd.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Answers on a loopback port as a Chroma server with a collection of one record and as a model server would: enough for
 * {@link Training} to run a search to its end.
 */
final class CannedServer implements AutoCloseable {

    private static final String COLLECTION = """
            {"id":"11111111-2222-3333-4444-555555555555","name":"documents","dimension":%d,
             "configuration_json":{"hnsw":{"space":"l2"},"embedding_function":null},"metadata":{"by":"nobody"},
             "tenant":"default_tenant","database":"default_database"}
            """;

    private static final String HITS = """
            {"ids":[["1"]],"embeddings":null,"documents":[["A note."]],"distances":[[0.25]],
             "metadatas":[[{"source":"/docs/note.txt","file_name":"note.txt","title":"A note","chunk":0,"start":0,"end":7,
              "weight":0.5,"draft":true}]],"include":["documents","metadatas","distances"]}
            """;

    /** Of the vectors that it answers as a model server. */
    static final int DIMENSION = 2;

    private final HttpServer server;
    private final int dimension;

    /** @param dimension of the collection */
    CannedServer(int dimension) throws IOException {
        this.dimension = dimension;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = body(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String body(String path) {
        if (path.endsWith("/query")) {
            return HITS;
        } else if (path.endsWith("/count")) {
            return "1";
        } else if (path.contains("/collections/")) {
            return COLLECTION.formatted(dimension);
        } else if (path.endsWith("/embeddings")) {
            return "{\"data\":[{\"index\":0,\"embedding\":[0.6,0.8]}]}";
        }
        return "{}";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
