package dev.ragd.app;

import dev.ragd.store.chroma.ChromaServer;
import dev.ragd.store.chromafolder.IndexFolders;
import dev.ragd.store.chromafolder.SqliteLibrary;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A server whose data folder is on this machine, and ragd's own. */
final class OwnServer extends ForwardingServer {

    private final Path data;
    private final Path cache;

    /**
     * @param server closed with this
     * @param data its folder
     * @param cache for the library that reads its database
     */
    OwnServer(ChromaServer server, Path data, Path cache) {
        super(server);
        this.data = data;
        this.cache = cache;
    }

    @Override
    public OptionalLong indexEntries(String collection, int dimension) {
        SqliteLibrary.unpackInto(cache);
        return IndexFolders.entries(data, collection, dimension);
    }

    @Override
    public Optional<Path> folder() {
        return Optional.of(data);
    }

    @Override
    public void dropped() {
        SqliteLibrary.unpackInto(cache);
        IndexFolders.deleteOrphans(data);
        super.dropped();
    }
}
