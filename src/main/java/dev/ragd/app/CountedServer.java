package dev.ragd.app;

import dev.ragd.store.chroma.ChromaServer;
import java.net.URI;
import java.util.OptionalLong;

/**
 * A server that tells of requests that are sent to it again.
 *
 * @param server closed with this
 * @param again told of each
 */
record CountedServer(ChromaServer server, Runnable again) implements ChromaServer {

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
        again.run();
        server.revive();
    }

    @Override
    public OptionalLong indexEntries(String collection, int dimension) {
        return server.indexEntries(collection, dimension);
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
