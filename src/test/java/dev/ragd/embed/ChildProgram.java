package dev.ragd.embed;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What tests run in a process of its own. Arguments: what to do, cache folder. Prints one line. */
final class ChildProgram {

    static final List<String> TEXTS = List.of(
            "A cat sat on the mat.",
            "The kernel schedules processes on several processors at once, and each has its own run queue.",
            "Grüße aus München, 東京 und Αθήνα 😀",
            "word ".repeat(400));

    private ChildProgram() {}

    public static void main(String[] args) throws Exception {
        Path cache = Path.of(args[1]);
        switch (args[0]) {
            case "embed" -> System.out.println(digestOfVectors(cache));
            case "embed-and-die" -> {
                System.out.println(digestOfVectors(cache));
                Runtime.getRuntime().halt(137);
            }
            case "connect" -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress("192.0.2.1", 80), 2_000);
                }
            }
            case "http" ->
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://192.0.2.1/"))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding());
            case "resolve" -> System.out.println(List.of(InetAddress.getAllByName("ragd.invalid")));
            case "datagram" -> {
                try (DatagramSocket socket = new DatagramSocket()) {
                    socket.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress("192.0.2.1", 53)));
                }
            }
            case "default-tokenizer" -> {
                // The library as its makers ship it, without our switches.
                System.setProperty("DJL_CACHE_DIR", cache.toString());
                try (var in = ChildProgram.class.getResourceAsStream(LocalModel.TOKENIZER_RESOURCE);
                        var tokenizer = HuggingFaceTokenizer.newInstance(in, Map.of())) {
                    System.out.println(tokenizer.encode("a").getIds().length);
                }
                Thread.sleep(2_000);
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static String digestOfVectors(Path cache) {
        var digest = Sha256.digest();
        try (MiniLmTokenizer tokenizer = new MiniLmTokenizer(cache)) {
            digest.update((byte) tokenizer.tokenize(TEXTS.get(0)).count());
        }
        for (LocalModel model : LocalModel.values()) {
            try (Embedder embedder = Embedders.open(EmbedSettings.local(cache).withModel(model.modelName()))) {
                for (float[] vector : embedder.embedDocuments(TEXTS)) {
                    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
                    bytes.asFloatBuffer().put(vector);
                    digest.update(bytes);
                }
            }
        }
        return Sha256.hex(digest);
    }
}
