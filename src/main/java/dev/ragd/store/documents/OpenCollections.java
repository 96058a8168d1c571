package dev.ragd.store.documents;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The collections that a store has open: all handles of one collection share one state, which is closed with the last of
 * them. The shape of a local {@link dev.ragd.store.VectorStore}; an adapter adds what a handle does.
 *
 * <p>Safe for use by several threads.
 *
 * @param <S> what the adapter holds of an open collection
 */
public final class OpenCollections<S extends CollectionState> implements AutoCloseable {

    private final CollectionFolders folders;
    private final Function<CollectionFolder, S> opener;
    private final Map<String, Shared<S>> open = new HashMap<>();
    private boolean closed;

    /** @param opener makes the state of a collection that is not open yet */
    public OpenCollections(CollectionFolders folders, Function<CollectionFolder, S> opener) {
        this.folders = folders;
        this.opener = opener;
    }

    /** A claim on a shared state. Safe for use by several threads. */
    public static final class Lease<S extends CollectionState> implements AutoCloseable {
        private final OpenCollections<S> owner;
        private final Shared<S> shared;
        private volatile boolean closed;

        private Lease(OpenCollections<S> owner, Shared<S> shared) {
            this.owner = owner;
            this.shared = shared;
        }

        /**
         * The state; ask for it at each call.
         *
         * @throws StoreException.CollectionNotFound when the collection was dropped
         * @throws IllegalStateException when the lease or the store was closed
         */
        public S state() {
            if (closed || owner.isClosed()) {
                throw new IllegalStateException("the collection was used after close()");
            } else if (shared.dropped) {
                throw new StoreException.CollectionNotFound(
                        owner.folders.store(), shared.folder.header().spec().name());
            }
            return shared.state;
        }

        /** Gives the claim back. Idempotent. */
        @Override
        public void close() {
            owner.release(this);
        }
    }

    private static final class Shared<S> {
        private final CollectionFolder folder;
        private final S state;
        private int leases;
        private volatile boolean dropped;

        Shared(CollectionFolder folder, S state) {
            this.folder = folder;
            this.state = state;
        }
    }

    /** The collections that exist, ordered by name. */
    public List<CollectionInfo> list() {
        requireOpen();
        return folders.list().stream().map(f -> f.header().info()).toList();
    }

    /** The collection of a name. */
    public Optional<CollectionInfo> find(String name) {
        requireOpen();
        return folders.find(name).map(f -> f.header().info());
    }

    /**
     * Creates a collection and opens it.
     *
     * @param filler puts into the folder what must be there when it appears: {@link DocumentStore#fill} at least
     * @throws StoreException.CollectionExists when the name is taken
     */
    public Lease<S> create(CollectionHeader header, CollectionFolders.Filler filler) {
        requireOpen();
        return lease(folders.create(header, filler));
    }

    /**
     * Opens a collection. When another handle has it open to read only, that sees the newest commit from now on, too.
     *
     * @throws StoreException.CollectionNotFound when there is none
     */
    public Lease<S> open(String name) {
        requireOpen();
        return lease(
                folders.find(name).orElseThrow(() -> new StoreException.CollectionNotFound(folders.store(), name)));
    }

    private synchronized Lease<S> lease(CollectionFolder folder) {
        requireOpen();
        String id = folder.header().id();
        Shared<S> shared = open.get(id);
        if (shared == null) {
            shared = new Shared<>(folder, opener.apply(folder));
            open.put(id, shared);
        } else {
            shared.state.documents().refresh();
        }
        shared.leases++;
        return new Lease<>(this, shared);
    }

    /**
     * Deletes a collection; handles that are open fail from then on.
     *
     * @return false when there was none
     * @throws StoreException.StoreBusy when another process writes to it
     */
    public synchronized boolean drop(String name) {
        requireOpen();
        Optional<CollectionFolder> found = folders.find(name);
        if (found.isEmpty()) {
            return false;
        }
        CollectionFolder folder = found.get();
        Shared<S> shared = open.get(folder.header().id());
        try (WriteLock lock = WriteLock.take(
                folders.store(), folder, shared == null ? null : shared.state.documents(), "cannot be dropped")) {
            if (shared != null) {
                shared.dropped = true;
                open.remove(folder.header().id());
                shared.state.abandon();
            }
            return folders.drop(folder);
        }
    }

    private synchronized void release(Lease<S> lease) {
        if (lease.closed) {
            return;
        }
        lease.closed = true;
        Shared<S> shared = lease.shared;
        if (--shared.leases == 0 && !shared.dropped && !closed) {
            open.remove(shared.folder.header().id());
            shared.state.close();
        }
    }

    private void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("the store was used after close()");
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Closes every collection, those with open handles too. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        StoreException failure = null;
        for (Shared<S> shared : new ArrayList<>(open.values())) {
            try {
                shared.state.close();
            } catch (StoreException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        open.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
