package dev.ragd.store.chroma;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Where a Chroma server is, and who looks after it. Safe for use by several threads. */
public interface ChromaServer extends AutoCloseable {

    /** Its address now; a managed server may come back on another port. */
    URI url();

    /** One line for messages and the health report: who runs it, and where its log is. */
    String describe();

    /** What to do about a server that does not answer, for the end of a message. */
    String advice();

    /**
     * Called after a request failed, before it is sent again. Returns when another try makes sense.
     *
     * @throws dev.ragd.store.StoreException when the server died and cannot be started again
     */
    void revive();

    /**
     * How many entries the vector index of a collection has, those of deleted records included: the server marks these and never
     * takes them out. Empty when its files cannot be looked at from here.
     *
     * @param collection the server's id of it
     * @param dimension of its vectors
     */
    default OptionalLong indexEntries(String collection, int dimension) {
        return OptionalLong.empty();
    }

    /** The folder that the server keeps everything in, where it is on this machine and ragd's own. */
    default Optional<Path> folder() {
        return Optional.empty();
    }

    /** Called after a collection was dropped: the server leaves much of it on disk, and who looks after the server clears up. */
    default void dropped() {}

    /** Gives the server up; a managed one stops when nobody else uses it. Idempotent. */
    @Override
    void close();

    /** A server that somebody else runs. */
    static ChromaServer at(URI url) {
        return new ChromaServer() {
            @Override
            public URI url() {
                return url;
            }

            @Override
            public String describe() {
                return "external server at " + url;
            }

            @Override
            public String advice() {
                return "start it or look into its log, or unset storage.chromadb.url to let ragd manage one";
            }

            @Override
            public void revive() {}

            @Override
            public void close() {}
        };
    }
}
