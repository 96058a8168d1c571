package dev.ragd.embed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON over HTTP with a time limit per request and patience: no connection, 408, 429 and 5xx are tried again, after the
 * wait that the server asks for or a growing one. Thread-safe.
 *
 * <p>The JDK's client and JSON by hand: four small requests do not pay for a client library with a second Jackson.
 */
final class ModelServer {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String name;
    private final URI base;
    private final @Nullable String apiKey;
    private final Duration timeout;
    private final RetryPolicy retries;
    private final HttpClient client;

    /**
     * Prepares; calls nobody.
     *
     * @param name for messages, for example {@code Ollama}
     */
    ModelServer(String name, URI base, @Nullable String apiKey, Duration timeout, RetryPolicy retries) {
        this.name = name;
        this.base = base;
        this.apiKey = apiKey == null ? null : apiKey.strip();
        this.timeout = timeout;
        this.retries = retries;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                // A redirect could lead key and texts to a server that nobody configured.
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout.compareTo(Duration.ofSeconds(10)) < 0 ? timeout : Duration.ofSeconds(10))
                .build();
    }

    /** {@code Ollama at http://localhost:11434}, for messages. */
    @Override
    public String toString() {
        return name + " at " + base;
    }

    /** An answer that another try would not change. */
    record Answer(int status, JsonNode body, String text) {
        boolean ok() {
            return status / 100 == 2;
        }
    }

    /**
     * Sends a request until it is answered.
     *
     * @param body to POST, or null to GET
     * @return the answer: success, or an error that is not worth another try
     * @throws EmbedException when the server cannot be reached, stays overloaded or keeps failing; retryable
     */
    Answer call(String path, @Nullable JsonNode body) {
        HttpRequest request = request(path, body);
        for (int failures = 1; ; failures++) {
            Failure failure;
            try {
                HttpResponse<byte[]> response = send(request);
                Answer answer = answer(response);
                if (!worthAnotherTry(answer)) {
                    return answer;
                }
                failure = new Failure(
                        this + " answers " + answer.status() + ": " + problem(answer), retryAfter(response), null);
            } catch (IOException e) {
                failure = new Failure(this + " does not answer: " + reason(e), Optional.empty(), e);
            }
            Duration wait = failure.asked.orElse(retries.waitAfter(failures));
            if (failures >= retries.attempts() || wait.compareTo(retries.longest()) > 0) {
                throw new EmbedException(
                        failure.message + " (after " + failures + (failures == 1 ? " try" : " tries")
                                + failure.asked
                                        .map(w -> "; it asks for " + w.toSeconds() + " s of patience")
                                        .orElse("")
                                + "); check that it runs and run the same command again",
                        true,
                        failure.cause);
            }
            retries.heard().run();
            sleep(wait);
        }
    }

    private record Failure(
            String message,
            Optional<Duration> asked,
            @Nullable IOException cause) {}

    private HttpRequest request(String path, @Nullable JsonNode body) {
        String root = base.toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path))
                .header("Accept", "application/json");
        if (apiKey != null) {
            request.header("Authorization", "Bearer " + apiKey);
        }
        if (body == null) {
            return request.GET().build();
        }
        return request.header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
    }

    /** Unlike the request's own time limit, this one covers the body. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw new IOException("no complete answer within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) throws IOException {
        byte[] bytes = response.body();
        String text = new String(bytes, 0, Math.min(bytes.length, 2_000), StandardCharsets.UTF_8);
        try {
            return new Answer(response.statusCode(), JSON.readTree(bytes), text);
        } catch (JacksonException e) {
            if (response.statusCode() / 100 == 2) {
                throw new IOException("the answer is not JSON: " + brief(text), e);
            }
            return new Answer(response.statusCode(), JSON.nullNode(), text);
        }
    }

    private static boolean worthAnotherTry(Answer answer) {
        int status = answer.status();
        if (status == 429) {
            // No wait fills an empty account.
            return !"insufficient_quota"
                    .equals(answer.body().path("error").path("code").asString(""));
        }
        return status == 408 || (status >= 500 && status != 501);
    }

    /** What a server says is wrong: Ollama's {@code error}, OpenAI's {@code error.message}, or the text itself. */
    static String problem(Answer answer) {
        JsonNode error = answer.body().path("error");
        if (error.isString()) {
            return error.asString();
        }
        if (error.path("message").isString()) {
            return error.path("message").asString();
        }
        return answer.text().isBlank() ? "no explanation" : brief(answer.text());
    }

    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").flatMap(value -> {
            try {
                if (value.strip().matches("\\d{1,9}")) {
                    return Optional.of(Duration.ofSeconds(Long.parseLong(value.strip())));
                }
                Instant then = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                Duration wait = Duration.between(Instant.now(), then);
                return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }

    private static String reason(IOException e) {
        return e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    }

    private static String brief(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }

    private static void sleep(Duration wait) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static EmbedException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new EmbedException("embedding was interrupted", true, e);
    }
}
