package dev.ragd.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on loopback that answers as Ollama and OpenAI do: a text's vector is made of its length and first letter, so
 * that order can be checked. Planned answers come first, one per request to an embedding path.
 */
final class FakeModelServer implements AutoCloseable {

    /** One answer: headers as "Name: value". */
    record Reply(int status, String body, List<String> headers) {
        Reply(int status, String body, String... headers) {
            this(status, body, List.of(headers));
        }
    }

    record Request(String method, String path, JsonNode body, String authorization) {}

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final Queue<Reply> planned = new ArrayDeque<>();
    volatile Function<JsonNode, Reply> ollama = FakeModelServer::ollamaReply;
    volatile Function<JsonNode, Reply> openai = FakeModelServer::openAiReply;
    volatile String digest = "1b226e2802dbb772b5fc32a58f103ca1804ef7501331012de126ab22f67475ef";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FakeModelServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<Request> embeddings() {
        return requests.stream().filter(r -> r.path().contains("/embed")).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        JsonNode body = bytes.length == 0
                ? JsonMapper.shared().nullNode()
                : JsonMapper.shared().readTree(bytes);
        String path = exchange.getRequestURI().getPath();
        requests.add(new Request(
                exchange.getRequestMethod(),
                path,
                body,
                exchange.getRequestHeaders().getFirst("Authorization")));
        Reply reply = null;
        if (path.contains("/embed")) {
            synchronized (planned) {
                reply = planned.poll();
            }
        }
        if (reply == null) {
            reply = switch (path) {
                case "/api/tags" -> new Reply(200, """
                        {"models":[{"name":"nomic-embed-text:latest","model":"nomic-embed-text:latest",
                        "modified_at":"2026-05-05T20:32:53.1Z","size":274302450,
                        "digest":"0a109f422b47e3a30ba2b10eca18548e944e8a23073ee3f3e947efcf3c45e59f",
                        "details":{"format":"gguf","family":"nomic-bert","quantization_level":"F16"}},
                        {"name":"all-minilm:latest","model":"all-minilm:latest","size":45960996,"digest":"%s",
                        "details":{"format":"gguf","family":"bert","quantization_level":"F16"}}]}""".formatted(digest));
                case "/api/show" -> new Reply(200, """
                        {"modelfile":"# ...","details":{"family":"bert"},"model_info":{"general.architecture":"bert",
                        "bert.context_length":512,"bert.embedding_length":3},"capabilities":["embedding"]}""");
                case "/api/embed" -> ollama.apply(body);
                case "/v1/embeddings" -> openai.apply(body);
                default -> new Reply(404, "404 page not found");
            };
        }
        for (String header : reply.headers()) {
            String[] parts = header.split(": ", 2);
            exchange.getResponseHeaders().add(parts[0], parts[1]);
        }
        byte[] answer = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    static Reply ollamaReply(JsonNode body) {
        StringBuilder out = new StringBuilder("{\"model\":\"all-minilm\",\"embeddings\":[");
        int i = 0;
        for (JsonNode text : body.path("input")) {
            out.append(i++ == 0 ? "" : ",").append(vector(text.asString()));
        }
        return new Reply(200, out + "],\"total_duration\":14143917,\"load_duration\":1019500,\"prompt_eval_count\":8}");
    }

    /** Last text first: clients must go by the index. */
    static Reply openAiReply(JsonNode body) {
        StringBuilder out = new StringBuilder("{\"object\":\"list\",\"data\":[");
        JsonNode input = body.path("input");
        for (int i = input.size() - 1; i >= 0; i--) {
            out.append("{\"object\":\"embedding\",\"index\":").append(i).append(",\"embedding\":");
            out.append(vector(input.get(i).asString())).append(i == 0 ? "}" : "},");
        }
        return new Reply(
                200,
                out + "],\"model\":\"text-embedding-3-small\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}");
    }

    static String vector(String text) {
        return "[" + text.length() + ", " + (int) text.charAt(0) + ", -2.5e-1]";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
