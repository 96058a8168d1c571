package dev.ragd.store.chroma.client;

import com.google.gson.annotations.SerializedName;
import dev.ragd.store.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import tech.amikos.chromadb.handler.ApiClient;
import tech.amikos.chromadb.handler.DefaultApi;
import tech.amikos.chromadb.handler.JSON;
import tech.amikos.chromadb.model.AddEmbedding;
import tech.amikos.chromadb.model.CreateCollection;
import tech.amikos.chromadb.model.DeleteEmbedding;
import tech.amikos.chromadb.model.GetEmbedding;
import tech.amikos.chromadb.model.QueryEmbedding;
import tech.amikos.chromadb.model.UpdateCollection;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The operations of a Chroma server, one request each; failures are {@link dev.ragd.store.StoreException}s, retries happen
 * inside. Records are addressed by the UUID of their collection; its name is for messages only. Safe for use by several
 * threads.
 */
public final class ChromaApi implements AutoCloseable {

    private static final int LIST_PAGE = 500;

    private final OkHttpClient http;
    private final DefaultApi api;
    private final Exchange exchange;

    /** Opens nothing yet; the first request connects. */
    public ChromaApi(Connection connection) {
        ApiClient client =
                GeneratedClient.create(String.valueOf(connection.url().get().getScheme()));
        this.http = client.getHttpClient()
                .newBuilder()
                .connectTimeout(connection.connectTimeout())
                .readTimeout(connection.requestTimeout())
                .writeTimeout(connection.requestTimeout())
                .addInterceptor(new V2Path(connection))
                .build();
        client.setHttpClient(http).setBasePath(V2Path.PLACEHOLDER);
        // A null in metadata removes its key, so nulls must be sent; '<' need not be escaped.
        client.setJSON(new JSON()
                .setGson(
                        JSON.createGson().serializeNulls().disableHtmlEscaping().create()));
        this.api = new DefaultApi(client);
        this.exchange = new Exchange(connection);
    }

    /** The server and its address, for messages. */
    public String store() {
        return exchange.failures().store();
    }

    /** Succeeds when the server answers. */
    public void heartbeat() {
        exchange.send(plain("asking for a heartbeat"), () -> api.heartbeatCall(null, null), ChromaApi::ignore);
    }

    /** The version of the server's API; "1.0.0" for every server since. */
    public String version() {
        return exchange.send(plain("asking for the version"), () -> api.versionCall(null, null), json -> {
            json.nextToken();
            return json.getString();
        });
    }

    /** Succeeds when tenant and database exist; the collections of a missing database are an empty list to the server. */
    public void requireDatabase(String tenant, String database) {
        Operation op = plain("looking up tenant '" + tenant + "' and database '" + database + "'");
        exchange.send(op, raw(url("tenants", tenant, "databases", database)), ChromaApi::ignore);
    }

    /** What the server can do; two requests. */
    public Features features() {
        boolean base64 = exchange.send(plain("asking what it supports"), raw(url("pre-flight-checks")), json -> {
            Map<String, Object> checks = DocumentReader.object(json);
            return Boolean.TRUE.equals(checks.get("supports_base64_encoding"));
        });
        HttpUrl openApi = HttpUrl.get(V2Path.PLACEHOLDER).resolve("/openapi.json");
        Features.Lists lists;
        try {
            lists = exchange.send(plain("reading its description"), raw(openApi), DocumentReader::lists);
        } catch (dev.ragd.store.StoreException.StoreRejected e) {
            lists = Features.Lists.UNKNOWN; // a proxy may serve /api alone
        }
        return new Features(base64, lists);
    }

    /** All collections of the database. */
    public List<RemoteCollection> list() {
        List<RemoteCollection> all = new ArrayList<>();
        while (true) {
            HttpUrl page = url("collections")
                    .newBuilder()
                    .addQueryParameter("limit", String.valueOf(LIST_PAGE))
                    .addQueryParameter("offset", String.valueOf(all.size()))
                    .build();
            List<RemoteCollection> some =
                    exchange.send(plain("listing collections"), raw(page), DocumentReader::collections);
            all.addAll(some);
            if (some.size() < LIST_PAGE) {
                return all;
            }
        }
    }

    /** A collection by name; empty when there is none. */
    public Optional<RemoteCollection> find(String name) {
        try {
            return Optional.of(exchange.send(
                    Operation.on(name, "looking up"),
                    () -> api.getCollectionCall(name, null, null),
                    DocumentReader::collection));
        } catch (dev.ragd.store.StoreException.CollectionNotFound e) {
            return Optional.empty();
        }
    }

    /** Creates a collection; fails when the name is taken. */
    public RemoteCollection create(NewCollection spec) {
        CreateCollection body = new ConfiguredCollection(spec);
        Operation op = new Operation("creating collection '" + spec.name() + "'", spec.name(), false);
        return exchange.send(op, () -> api.createCollectionCall(body, null, null), DocumentReader::collection);
    }

    /** Replaces a collection's metadata. */
    public void replaceMetadata(RemoteCollection collection, Map<String, Object> metadata) {
        UpdateCollection body = new UpdateCollection().newMetadata(metadata);
        exchange.send(
                Operation.on(collection.name(), "updating"),
                () -> api.updateCollectionCall(body, collection.id(), null, null),
                ChromaApi::ignore);
    }

    /** Deletes a collection by name. */
    public void drop(String name) {
        exchange.send(
                Operation.on(name, "dropping"), () -> api.deleteCollectionCall(name, null, null), ChromaApi::ignore);
    }

    /** How many records there are. */
    public long count(RemoteCollection collection) {
        return exchange.send(
                Operation.on(collection.name(), "counting"), () -> api.countCall(collection.id(), null, null), json -> {
                    json.nextToken();
                    return json.getLongValue();
                });
    }

    /**
     * Makes the request that writes records as {@link RecordBatch} says, ready to be sent.
     *
     * @return sends it, and returns when the server has answered
     */
    public Runnable upsertOf(RemoteCollection collection, RecordBatch batch, Features features) {
        AddEmbedding body = new AddEmbedding()
                .ids(batch.ids())
                .embeddings(features.base64Vectors() ? base64(batch.vectors()) : List.copyOf(batch.vectors()))
                .documents(batch.texts())
                .metadatas(batch.metadatas());
        Operation operation =
                Operation.on(collection.name(), "writing " + batch.ids().size() + " records to");
        Exchange.CallSource ready = Exchange.ready(() -> api.upsertCall(body, collection.id(), null, null));
        return () -> exchange.send(operation, ready, ChromaApi::ignore);
    }

    /** Reads records, in insertion order. */
    public Rows get(RemoteCollection collection, Selection selection) {
        GetEmbedding body = new GetEmbedding()
                .where(selection.where())
                .whereDocument(selection.whereDocument())
                .limit(selection.limit())
                .offset(selection.offset())
                .include(IncludeItem.forGet(selection.fields()));
        // The generated field starts as an empty list, which would select nothing.
        body.setIds(selection.ids());
        return exchange.send(
                Operation.on(collection.name(), "reading"),
                () -> api.getCall(body, collection.id(), null, null),
                json -> new RowsReader(json, false).read());
    }

    /** Finds the nearest records by the server's index, nearest first. */
    public Rows query(
            RemoteCollection collection,
            float[] vector,
            int k,
            @Nullable Map<String, Object> where,
            @Nullable Map<String, Object> whereDocument,
            Set<Field> fields) {
        QueryEmbedding body = new QueryEmbedding()
                .queryEmbeddings(List.of(vector))
                .nResults(k)
                .include(IncludeItem.forQuery(fields));
        body.setWhere(where);
        body.setWhereDocument(whereDocument);
        return exchange.send(
                Operation.on(collection.name(), "searching"),
                () -> api.getNearestNeighborsCall(body, collection.id(), null, null),
                json -> new RowsReader(json, true).read());
    }

    /** Deletes records by id; at least one, because a delete without a condition deletes everything. */
    public void delete(RemoteCollection collection, List<String> ids) {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("no ids to delete");
        }
        DeleteEmbedding body = new DeleteEmbedding().ids(ids).where(null).whereDocument(null);
        exchange.send(
                Operation.on(collection.name(), "deleting " + ids.size() + " records from"),
                () -> api.deleteCall(body, collection.id(), null, null),
                ChromaApi::ignore);
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    /** The generated body, and the configuration that API v1 did not have. */
    private static final class ConfiguredCollection extends CreateCollection {
        @SerializedName("configuration")
        @SuppressWarnings("unused") // read by Gson
        private final Map<String, Object> configuration;

        ConfiguredCollection(NewCollection spec) {
            java.util.TreeMap<String, Object> hnsw = new java.util.TreeMap<>(spec.hnsw());
            hnsw.put("space", spec.space());
            this.configuration = Map.of("hnsw", hnsw);
            name(spec.name());
            metadata(spec.metadata());
            getOrCreate(false);
        }
    }

    private static List<Object> base64(List<float[]> vectors) {
        List<Object> encoded = new ArrayList<>(vectors.size());
        for (float[] v : vectors) {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * v.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(v);
            encoded.add(Base64.getEncoder().encodeToString(bytes.array()));
        }
        return encoded;
    }

    private Exchange.CallSource raw(HttpUrl url) {
        Request request = new Request.Builder().url(url).build();
        return () -> newCall(request);
    }

    private Call newCall(Request request) {
        return http.newCall(request);
    }

    private static HttpUrl url(String... segments) {
        HttpUrl.Builder url = HttpUrl.get(V2Path.PLACEHOLDER)
                .newBuilder()
                .addPathSegment("api")
                .addPathSegment("v1");
        for (String s : segments) {
            url.addPathSegment(s);
        }
        return url.build();
    }

    private static Operation plain(String what) {
        return new Operation(what, null, true);
    }

    private static Boolean ignore(JsonParser json) {
        JsonToken token = json.nextToken();
        if (token != null) {
            json.skipChildren();
        }
        return true;
    }
}
