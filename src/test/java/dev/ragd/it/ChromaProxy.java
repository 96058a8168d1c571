package dev.ragd.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands between ragd and a Chroma server on loopback: counts how often each record is written, by what goes over the wire and
 * not by what anybody says, and does what bad servers do.
 */
final class ChromaProxy implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    /** What may happen to a request. */
    enum Fault {
        NONE,
        /** 429, and the server hears nothing. */
        TOO_MANY,
        /** 500, after the server has done it. */
        ERROR_AFTERWARDS,
        /** The server has done it, but half of the answer is missing. */
        CUT_SHORT,
        /** A second late. */
        SLOW
    }

    /** Decides the fate of each request. */
    interface Fate {
        /** What happens to this request; they are counted from 1. */
        Fault of(int number, String path);
    }

    private final URI server;
    private final HttpServer proxy;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger upserts = new AtomicInteger();
    private final Map<String, Integer> writes = new ConcurrentHashMap<>();

    volatile Fate fate = (number, path) -> Fault.NONE;
    /** Called with the number of the upsert, after the server has done it and before ragd hears of it. */
    volatile IntConsumer afterUpsert = number -> {};

    ChromaProxy(URI server) {
        this.server = server;
        try {
            proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        proxy.setExecutor(threads);
        proxy.createContext("/", this::handle);
        proxy.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
    }

    /** How many records were written more than once into the same collection. */
    int writtenTwice() {
        return (int) writes.values().stream().filter(n -> n > 1).count();
    }

    void forget() {
        writes.clear();
        upserts.set(0);
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            Fault fault = fate.of(requests.incrementAndGet(), path);
            if (fault == Fault.TOO_MANY) {
                answer(
                        exchange,
                        429,
                        "{\"error\":\"Throttled\",\"message\":\"wait\"}".getBytes(StandardCharsets.UTF_8));
                return;
            }
            if (fault == Fault.SLOW) {
                Thread.sleep(1_000);
            }
            HttpResponse<byte[]> answer = client.send(
                    HttpRequest.newBuilder(server.resolve(exchange.getRequestURI()))
                            .header("Content-Type", "application/json")
                            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body))
                            .build(),
                    BodyHandlers.ofByteArray());
            if (path.endsWith("/upsert")) {
                for (JsonNode id : JSON.readTree(body).get("ids")) {
                    writes.merge(path + " " + id.asString(), 1, Integer::sum);
                }
                afterUpsert.accept(upserts.incrementAndGet());
            }
            if (fault == Fault.ERROR_AFTERWARDS) {
                answer(
                        exchange,
                        500,
                        "{\"error\":\"InternalError\",\"message\":\"sorry\"}".getBytes(StandardCharsets.UTF_8));
            } else if (fault == Fault.CUT_SHORT) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(answer.statusCode(), answer.body().length + 10L);
                exchange.getResponseBody().write(answer.body(), 0, answer.body().length / 2);
            } else {
                answer(exchange, answer.statusCode(), answer.body());
            }
        } catch (IOException e) {
            // The client is gone, which is what some tests are about.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        proxy.stop(0);
        threads.shutdownNow();
    }
}
