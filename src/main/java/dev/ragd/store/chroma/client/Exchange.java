package dev.ragd.store.chroma.client;

import dev.ragd.store.StoreException;
import dev.ragd.store.chroma.client.Failures.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tech.amikos.chromadb.handler.ApiException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Sends requests, repeats what a repetition can save, and turns every failure into a {@link StoreException}. */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final int MAX_MESSAGE = 2_000;

    // Documents may be longer than Jackson's guard against hostile input allows; the server is the user's own.
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Connection connection;
    private final Failures failures;

    Exchange(Connection connection) {
        this.connection = connection;
        this.failures = new Failures(connection);
    }

    Failures failures() {
        return failures;
    }

    /** Builds the call anew for each attempt. */
    @FunctionalInterface
    interface CallSource {
        Call build() throws ApiException;
    }

    /** Builds a call, its body included, at once instead of when it is sent. */
    static CallSource ready(CallSource source) {
        try {
            return source.build()::clone;
        } catch (ApiException e) {
            throw notBuilt(e);
        }
    }

    private static IllegalStateException notBuilt(ApiException e) {
        return new IllegalStateException("the request could not be built: " + e.getMessage(), e);
    }

    /** Decodes the answer; the parser stands before its first token. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(JsonParser json);
    }

    /** An attempt that failed: what to throw if it was the last, and whether it may be the last but one. */
    private record Attempt<T>(@Nullable T answer, @Nullable StoreException failure, boolean again, Duration asked) {}

    /** Sends a request and decodes its answer. */
    <T> T send(Operation op, CallSource source, Decoder<T> decoder) {
        RetryPolicy retry = connection.retry();
        for (int attempt = 1; ; attempt++) {
            Attempt<T> tried = attempt(op, source, decoder);
            if (tried.failure() == null) {
                return java.util.Objects.requireNonNull(tried.answer());
            }
            if (!tried.again() || attempt > retry.retries()) {
                throw tried.failure();
            }
            LOG.debug(
                    "attempt {} failed, trying again: {}",
                    attempt,
                    tried.failure().getMessage());
            pause(retry.delay(attempt, tried.asked()), tried.failure());
            retry.revival().revive();
        }
    }

    private <T> Attempt<T> attempt(Operation op, CallSource source, Decoder<T> decoder) {
        try (Response response = source.build().execute()) {
            ResponseBody body = response.body();
            if (!response.isSuccessful()) {
                Refusal refusal = new Refusal(response.code(), message(body));
                // 429 and 503 say that nothing was done; after other errors a create may have been.
                boolean untouched = refusal.status() == 429 || refusal.status() == 503;
                return new Attempt<>(
                        null,
                        failures.refused(op, refusal),
                        refusal.retryable() && (op.repeatable() || untouched),
                        retryAfter(response));
            }
            try (InputStream in = body == null ? InputStream.nullInputStream() : body.byteStream();
                    JsonParser json = JSON.createParser(ObjectReadContext.empty(), new Unchecked(in))) {
                return new Attempt<>(decoder.decode(json), null, false, Duration.ZERO);
            }
        } catch (Unchecked.ReadFailure e) {
            return lost(op, e.io());
        } catch (IOException e) {
            return lost(op, e);
        } catch (JacksonException | RowsReader.UnexpectedAnswer e) {
            throw failures.garbled(op, e, String.valueOf(e.getMessage()));
        } catch (ApiException e) {
            throw notBuilt(e);
        }
    }

    private <T> Attempt<T> lost(Operation op, IOException e) {
        boolean again = Failures.retryable(e) && (op.repeatable() || Failures.neverSent(e));
        return new Attempt<>(null, failures.broken(op, e), again, Duration.ZERO);
    }

    private static Duration retryAfter(Response response) {
        String header = response.header("Retry-After");
        return header != null && header.matches("\\d{1,6}")
                ? Duration.ofSeconds(Long.parseLong(header))
                : Duration.ZERO;
    }

    /** The server's own words: the message of its error object, or the start of whatever it sent. */
    private static String message(@Nullable ResponseBody body) throws IOException {
        if (body == null) {
            return "";
        }
        byte[] bytes = body.byteStream().readNBytes(MAX_MESSAGE * 4);
        String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8).strip();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    boolean isMessage = json.currentName().equals("message");
                    if (json.nextToken() == JsonToken.VALUE_STRING && isMessage) {
                        return abbreviate(json.getString());
                    }
                    json.skipChildren();
                }
            }
        } catch (JacksonException e) {
            LOG.debug("an error answer is not JSON: {}", e.getMessage());
        }
        return abbreviate(text);
    }

    private static String abbreviate(String s) {
        return s.length() <= MAX_MESSAGE ? s : s.substring(0, MAX_MESSAGE) + "...";
    }

    private static void pause(Duration delay, StoreException failure) {
        try {
            Thread.sleep(delay.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(e);
            throw failure;
        }
    }
}
