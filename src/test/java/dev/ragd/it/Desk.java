package dev.ragd.it;

import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.server.Generation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** A user's desk: a home, a folder of documents, and a collection of its own on the server that all tests share. */
final class Desk {

    final Path folder;
    final Path docs;
    final String collection = "it-" + UUID.randomUUID();
    final URI server;
    final RawChroma chroma;
    final Ragd ragd;

    Desk(Path folder) {
        this(folder, ChromaServers.shared(Generation.V1_0));
    }

    Desk(Path folder, URI server) {
        try {
            this.folder = Files.createDirectories(folder).toRealPath();
            this.docs = Files.createDirectories(this.folder.resolve("docs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.server = server;
        this.chroma = new RawChroma(server);
        this.ragd = Ragd.in(this.folder.resolve("home")).withServer(server).withSetting("index.collection", collection);
    }

    Ragd.Result index(String... more) {
        String[] args = new String[more.length + 3];
        args[0] = "index";
        args[1] = docs.toString();
        args[2] = "--json";
        System.arraycopy(more, 0, args, 3, more.length);
        return ragd.run(args);
    }

    Path write(String name, String text) {
        try {
            Path file = docs.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Enough text that indexing it takes some seconds and many batches, with chunks of 16 tokens. */
    void writeMuch() {
        for (int i = 0; i < 12; i++) {
            write("much/" + i + ".txt", prose("file " + i, 110));
        }
    }

    /** The same documents in a home and a collection that nobody disturbs. */
    Map<String, String> undisturbed() {
        String other = "it-" + UUID.randomUUID();
        manyBatches()
                .withVariable("RAGD_HOME", folder.resolve("other-home").toString())
                .withSetting("index.collection", other)
                .run("index", docs.toString())
                .expect(0);
        return chroma.contents(other);
    }

    /** The settings that go with {@link #writeMuch}. */
    Ragd manyBatches() {
        return ragd.withSetting("index.chunk_tokens", "16").withSetting("index.chunk_overlap", "0");
    }

    /** A text of so many sentences that no other seed gives. */
    static String prose(String seed, int sentences) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            text.append("Sentence ").append(i).append(" of ").append(seed).append(" tells of the number ");
            text.append((seed + i).hashCode() & 0xffff).append(" and of nothing else.\n");
        }
        return text.toString();
    }

    Map<String, String> contents() {
        return chroma.contents(collection);
    }
}
