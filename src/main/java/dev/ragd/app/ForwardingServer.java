package dev.ragd.app;

import dev.ragd.store.chroma.ChromaServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A server that does what another one does; to change a part of it. */
abstract class ForwardingServer implements ChromaServer {

    private final ChromaServer server;

    /** @param server closed with this */
    ForwardingServer(ChromaServer server) {
        this.server = server;
    }

    @Override
    public URI url() {
        return server.url();
    }

    @Override
    public String describe() {
        return server.describe();
    }

    @Override
    public String advice() {
        return server.advice();
    }

    @Override
    public void revive() {
        server.revive();
    }

    @Override
    public OptionalLong indexEntries(String collection, int dimension) {
        return server.indexEntries(collection, dimension);
    }

    @Override
    public Optional<Path> folder() {
        return server.folder();
    }

    @Override
    public void dropped() {
        server.dropped();
    }

    @Override
    public void close() {
        server.close();
    }
}
