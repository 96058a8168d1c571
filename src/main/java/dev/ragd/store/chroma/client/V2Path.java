package dev.ragd.store.chroma.client;

import java.io.IOException;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Turns the client's API v1 addresses into those of API v2: {@code /api/v1/collections/X} becomes
 * {@code <url>/api/v2/tenants/T/databases/D/collections/X}, other {@code /api/v1/X} become {@code <url>/api/v2/X}, and
 * addresses outside {@code /api} only gain {@code <url>}. Names are escaped; a path prefix of the server's address stays.
 */
final class V2Path implements Interceptor {

    /** What the generated client is told; every request leaves with the server's own address. */
    static final String PLACEHOLDER = "http://localhost";

    private final Connection connection;

    V2Path(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Request.Builder rewritten = request.newBuilder().url(rewrite(request.url()));
        connection.headers().forEach(rewritten::header);
        return chain.proceed(rewritten.build());
    }

    private HttpUrl rewrite(HttpUrl original) {
        HttpUrl base = HttpUrl.get(connection.url().get());
        HttpUrl.Builder url = base.newBuilder().query(null).fragment(null);
        for (int i = base.pathSize() - 1; i >= 0; i--) {
            if (base.pathSegments().get(i).isEmpty()) {
                url.removePathSegment(i);
            }
        }
        List<String> path = original.pathSegments();
        if (!path.get(0).equals("api")) {
            path.forEach(url::addPathSegment);
            return url.encodedQuery(original.encodedQuery()).build();
        }
        url.addPathSegment("api").addPathSegment("v2");
        if (path.get(2).equals("collections")) {
            url.addPathSegment("tenants")
                    .addPathSegment(connection.tenant())
                    .addPathSegment("databases")
                    .addPathSegment(connection.database());
        }
        path.subList(2, path.size()).forEach(url::addPathSegment);
        return url.encodedQuery(original.encodedQuery()).build();
    }
}
