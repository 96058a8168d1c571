package dev.ragd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** A user's desk: a home, a folder of documents, and a collection of its own. */
final class Desk {

    final Path folder;
    final Path docs;
    final String collection = "it-" + UUID.randomUUID();
    /** The server that all tests share, or one of its own; null on a store in the home. */
    final URI server;

    final RawChroma chroma;
    final Ragd ragd;
    private final Backend backend;

    Desk(Path folder) {
        this(folder, Backend.CHROMA_1_0);
    }

    Desk(Path folder, Backend backend) {
        this(folder, backend, backend.server());
    }

    /** On a Chroma server of its own. */
    Desk(Path folder, URI server) {
        this(folder, Backend.CHROMA_1_0, server);
    }

    private Desk(Path folder, Backend backend, URI server) {
        try {
            this.folder = Files.createDirectories(folder).toRealPath();
            this.docs = Files.createDirectories(this.folder.resolve("docs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.backend = backend;
        this.server = server;
        this.chroma = server == null ? null : new RawChroma(server);
        Ragd configured = backend.configure(Ragd.in(this.folder.resolve("home")));
        this.ragd = (server == null ? configured : configured.withServer(server))
                .withSetting("index.collection", collection);
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
        writeMuch(1);
    }

    /** So many times as much: where other commands run before it is done, however fast the machine is. */
    void writeMuch(int times) {
        for (int i = 0; i < 12; i++) {
            write("much/" + i + ".txt", prose("file " + i, 110 * times));
        }
    }

    /** The same documents in a home and a collection that nobody disturbs. */
    Map<String, String> undisturbed() {
        String other = "it-" + UUID.randomUUID();
        Ragd calm = manyBatches().withHome(folder.resolve("other-home")).withSetting("index.collection", other);
        calm.run("index", docs.toString()).expect(0);
        return contents(calm, other);
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

    /** How many records other programs see in the collection at this moment; 0 before there is one. */
    long count() {
        return count(ragd);
    }

    /** The same where the program works on another home. */
    long count(Ragd at) {
        return chroma == null ? backend.count(at, collection) : chroma.count(collection);
    }

    /** What the collection holds, by id. */
    Map<String, String> contents() {
        return contents(ragd);
    }

    /** The same where the program works on another home. */
    Map<String, String> contents(Ragd at) {
        return contents(at, collection);
    }

    /** By bare HTTP where there is a server: none of the product's code is involved. */
    private Map<String, String> contents(Ragd at, String name) {
        return chroma == null ? backend.digests(at, name) : chroma.contents(name);
    }
}
