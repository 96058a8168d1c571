package dev.ragd.app;

import dev.ragd.store.chroma.ChromaServer;

/** A server that tells of requests that are sent to it again. */
final class CountedServer extends ForwardingServer {

    private final Runnable again;

    /**
     * @param server closed with this
     * @param again told of each
     */
    CountedServer(ChromaServer server, Runnable again) {
        super(server);
        this.again = again;
    }

    @Override
    public void revive() {
        again.run();
        super.revive();
    }
}
