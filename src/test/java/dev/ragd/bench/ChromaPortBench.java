package dev.ragd.bench;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What the port costs: records per second written and read through it, against the same requests sent raw to the same server
 * in the same run, block by block in turn. Raw means: the JSON is written to a byte array and posted; the answer is taken as
 * bytes, and for the second figure decoded into floats and strings, as every client must.
 *
 * <p>Arguments: records (20000), dimension (384), generation (1.0 or 1.5; the newer).
 */
public final class ChromaPortBench {

    private static final int BATCH = 500;
    private static final int PAGE = 1_000;
    private static final JsonFactory JSON = new JsonFactory();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ChromaPortBench() {}

    public static void main(String[] args) throws Exception {
        int records = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        int dimension = args.length > 1 ? Integer.parseInt(args[1]) : 384;
        Generation generation = args.length > 2 && args[2].equals("1.0") ? Generation.V1_0 : Generation.V1_5;
        try (TestServer server = ChromaServers.fresh(generation);
                ChromaStore store =
                        ChromaStore.external(ChromaSettings.defaults().withUrl(server.url()))) {
            new Run(store, server.url(), "warm-up", 2_000, dimension).run();
            Run run = new Run(store, server.url(), "measured", records, dimension);
            run.run();
            run.print(generation);
        }
    }

    private static final class Run {
        private final int records;
        private final int dimension;
        private final VectorCollection port;
        private final String raw;
        private final Random random = new Random(1);
        private long portWrite;
        private long rawWrite;
        private long portRead;
        private long rawRead;
        private long rawDecode;

        Run(ChromaStore store, URI url, String name, int records, int dimension) {
            this.records = records;
            this.dimension = dimension;
            port = store.create(new CollectionSpec(name + "-port", dimension, Distance.COSINE, Metadata.EMPTY));
            String id = store.create(new CollectionSpec(name + "-raw", dimension, Distance.COSINE, Metadata.EMPTY))
                    .info()
                    .id();
            raw = url + "/api/v2/tenants/default_tenant/databases/default_database/collections/" + id;
        }

        void run() throws Exception {
            for (int from = 0; from < records; from += BATCH) {
                List<VectorRecord> batch = batch(from, Math.min(records, from + BATCH));
                boolean portFirst = (from / BATCH) % 2 == 0;
                for (int turn = 0; turn < 2; turn++) {
                    long start = System.nanoTime();
                    if ((turn == 0) == portFirst) {
                        port.upsert(batch);
                        portWrite += System.nanoTime() - start;
                    } else {
                        post("/upsert", upsertBody(batch));
                        rawWrite += System.nanoTime() - start;
                    }
                }
            }
            String cursor = null;
            for (int offset = 0; offset < records; offset += PAGE) {
                boolean portFirst = (offset / PAGE) % 2 == 0;
                for (int turn = 0; turn < 2; turn++) {
                    long start = System.nanoTime();
                    if ((turn == 0) == portFirst) {
                        ScanPage page = port.scan(new ScanRequest(Field.ALL, null, cursor, PAGE));
                        portRead += System.nanoTime() - start;
                        cursor = page.next();
                        require(page.records().size() == Math.min(PAGE, records - offset));
                    } else {
                        byte[] answer = post("/get", getBody(offset));
                        rawRead += System.nanoTime() - start;
                        require(decode(answer) >= (long) Math.min(PAGE, records - offset) * dimension);
                        rawDecode += System.nanoTime() - start;
                    }
                }
            }
        }

        void print(Generation generation) {
            System.out.printf(
                    Locale.ROOT,
                    "Chroma %s, %d records x %d, 500-character texts, 5 fields%n",
                    generation.label(),
                    records,
                    dimension);
            line("upsert", rawWrite, portWrite);
            line("read, raw bytes", rawRead, portRead);
            line("read, raw decoded", rawDecode, portRead);
        }

        private void line(String what, long rawNanos, long portNanos) {
            System.out.printf(
                    Locale.ROOT,
                    "%-18s raw %6.0f/s  port %6.0f/s  ratio %.3f%n",
                    what,
                    records * 1e9 / rawNanos,
                    records * 1e9 / portNanos,
                    (double) rawNanos / portNanos);
        }

        private List<VectorRecord> batch(int from, int to) {
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = from; i < to; i++) {
                float[] v = new float[dimension];
                for (int j = 0; j < dimension; j++) {
                    v[j] = (float) random.nextGaussian();
                }
                StringBuilder text = new StringBuilder("Record " + i + ".");
                while (text.length() < 500) {
                    text.append(' ').append(Integer.toString(random.nextInt(36 * 36 * 36), 36));
                }
                batch.add(new VectorRecord(
                        "record-" + i,
                        v,
                        text.toString(),
                        Metadata.of(Map.of(
                                "source",
                                "folder/file-" + i / 20 + ".txt",
                                "chunk",
                                (long) (i % 20),
                                "hash",
                                Long.toHexString(random.nextLong()),
                                "weight",
                                (double) (i % 7),
                                "draft",
                                i % 2 == 0))));
            }
            return batch;
        }

        private byte[] post(String path, byte[] body) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(raw + path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
            require(response.statusCode() < 300);
            return response.body();
        }
    }

    private static byte[] getBody(int offset) {
        return ("{\"limit\":" + PAGE + ",\"offset\":" + offset
                        + ",\"include\":[\"embeddings\",\"documents\",\"metadatas\"]}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] upsertBody(List<VectorRecord> batch) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 21);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("ids");
            batch.forEach(r -> json.writeString(r.id()));
            json.writeEndArray();
            json.writeArrayPropertyStart("embeddings");
            for (VectorRecord r : batch) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(Float.BYTES * r.vector().length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(r.vector());
                json.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("documents");
            batch.forEach(r -> json.writeString(r.text()));
            json.writeEndArray();
            json.writeArrayPropertyStart("metadatas");
            for (VectorRecord r : batch) {
                json.writeStartObject();
                r.metadata().values().forEach((key, value) -> {
                    json.writeName(key);
                    Object raw = value.raw();
                    if (raw instanceof String s) {
                        json.writeString(s);
                    } else if (raw instanceof Long l) {
                        json.writeNumber(l);
                    } else if (raw instanceof Double d) {
                        json.writeNumber(d);
                    } else {
                        json.writeBoolean((Boolean) raw);
                    }
                });
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** Touches every value; counts the floats. */
    private static long decode(byte[] answer) {
        long floats = 0;
        float sum = 0;
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), answer)) {
            for (JsonToken t = json.nextToken(); t != null; t = json.nextToken()) {
                if (t == JsonToken.VALUE_NUMBER_FLOAT) {
                    sum += json.getFloatValue();
                    floats++;
                } else if (t == JsonToken.VALUE_STRING) {
                    sum += json.getString().length();
                } else if (t == JsonToken.VALUE_NUMBER_INT) {
                    sum += json.getLongValue();
                }
            }
        }
        require(!Float.isNaN(sum));
        return floats;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the two sides do not do the same");
        }
    }
}
