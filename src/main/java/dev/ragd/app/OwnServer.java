package dev.ragd.app;

import dev.ragd.store.chroma.ChromaServer;
import dev.ragd.store.chromafolder.IndexFolders;
import dev.ragd.store.chromafolder.SqliteLibrary;
import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A server whose data folder is on this machine.
 *
 * @param server closed with this
 * @param data its folder
 * @param cache for the library that reads its database
 */
record OwnServer(ChromaServer server, Path data, Path cache) implements ChromaServer {

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
        SqliteLibrary.unpackInto(cache);
        return IndexFolders.entries(data, collection, dimension);
    }

    @Override
    public void dropped() {
        SqliteLibrary.unpackInto(cache);
        IndexFolders.deleteOrphans(data);
    }

    @Override
    public void close() {
        server.close();
    }
}
