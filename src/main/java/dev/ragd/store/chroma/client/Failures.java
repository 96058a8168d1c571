package dev.ragd.store.chroma.client;

import dev.ragd.store.StoreException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what went wrong in a store's terms, and whether another try can help. */
final class Failures {

    private static final Pattern DIMENSION = Pattern.compile("dimension of (\\d+), got (\\d+)");

    private final Connection connection;

    Failures(Connection connection) {
        this.connection = connection;
    }

    /** An answer other than 2xx. */
    record Refusal(int status, String message) {

        /** 429 and 5xx pass; too many values in one request do not. */
        boolean retryable() {
            return (status == 429 || status >= 500) && !isTooLarge() && !isDiskFull();
        }

        boolean isTooLarge() {
            return status == 413 || message.contains("too many SQL variables");
        }

        boolean isDiskFull() {
            String m = message.toLowerCase(Locale.ROOT);
            return status == 507
                    || m.contains("no space left")
                    || m.contains("disk is full")
                    || m.contains("disk full")
                    || m.contains("too many open files");
        }
    }

    String store() {
        return "chromadb at " + connection.url().get();
    }

    StoreException refused(Operation op, Refusal r) {
        String said = " (HTTP " + r.status() + (r.message().isEmpty() ? "" : ": " + r.message()) + ")";
        String where = store() + ": " + op.what();
        Matcher dimension = DIMENSION.matcher(r.message());
        if (dimension.find() && op.collection() != null) {
            return new StoreException.DimensionMismatch(
                    store(),
                    op.collection(),
                    Integer.parseInt(dimension.group(1)),
                    Integer.parseInt(dimension.group(2)),
                    "a vector of this request");
        }
        if (r.message().startsWith("Tenant [") || r.message().startsWith("Database [")) {
            return new StoreException.StoreRejected(
                    where + " failed: tenant '" + connection.tenant() + "' or database '" + connection.database()
                            + "' does not exist there" + said
                            + "; create it on the server, or correct storage.chromadb.tenant and storage.chromadb.database",
                    null);
        }
        if (r.status() == 404 && op.collection() != null) {
            return new StoreException.CollectionNotFound(store(), op.collection());
        }
        if (r.status() == 409 && op.collection() != null) {
            return new StoreException.CollectionExists(store(), op.collection());
        }
        if (r.isDiskFull()) {
            return new StoreException.ResourceExhausted(
                    where + " failed: the server has no disk space or files left" + said + "; free some and repeat",
                    null);
        }
        if (r.isTooLarge()) {
            return new StoreException.ResourceExhausted(
                    where + " failed: the request is too large for the server" + said
                            + "; raise the server's limit, or lower index.chunk_tokens",
                    null);
        }
        if (r.status() == 401 || r.status() == 403) {
            return new StoreException.StoreRejected(
                    where + " failed: the server refuses the credentials" + said
                            + "; set storage.chromadb.token or storage.chromadb.headers",
                    null);
        }
        if (r.status() == 404 || r.status() == 405 || r.status() == 410) {
            return new StoreException.StoreRejected(
                    where + " failed: no Chroma API v2 there" + said
                            + "; check storage.chromadb.url and its path, and that the server is Chroma 1.0 or newer",
                    null);
        }
        if (r.retryable()) {
            return new StoreException.StoreUnavailable(
                    where + " failed" + said + "; " + connection.advice().get(), null);
        }
        return new StoreException.StoreRejected(where + " failed" + said, null);
    }

    /** True when the request may be sent again: no connection, or it broke; not when the server is just slow. */
    static boolean retryable(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return e.getMessage() != null && e.getMessage().contains("connect");
        }
        return !(e instanceof InterruptedIOException);
    }

    /** True when the request cannot have reached the server. */
    static boolean neverSent(IOException e) {
        return e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof UnknownHostException;
    }

    StoreException broken(Operation op, IOException e) {
        if (e instanceof SocketTimeoutException && !retryable(e)) {
            return new StoreException.StoreUnavailable(
                    store() + ": " + op.what() + " failed: no answer within " + seconds(connection.requestTimeout())
                            + "; raise storage.chromadb.timeout",
                    e);
        }
        if (neverSent(e) || e instanceof SocketTimeoutException) {
            return new StoreException.StoreUnavailable(
                    "no Chroma server answers at " + connection.url().get() + " (" + e.getMessage() + "); "
                            + connection.advice().get(),
                    e);
        }
        return new StoreException.StoreUnavailable(
                store() + ": " + op.what() + " failed: the connection broke (" + e + "); "
                        + connection.advice().get(),
                e);
    }

    StoreException garbled(Operation op, @Nullable Throwable cause, String problem) {
        return new StoreException.StoreRejected(
                store() + ": " + op.what() + " failed: the answer is not Chroma's (" + problem
                        + "); check storage.chromadb.url",
                cause);
    }

    private static String seconds(Duration d) {
        return d.toMillis() / 1000.0 + " s";
    }
}
