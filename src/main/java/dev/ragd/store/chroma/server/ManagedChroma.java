package dev.ragd.store.chroma.server;

import dev.ragd.store.chroma.ChromaServer;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A local Chroma server, shared by every ragd process of a home and stopped by the last of them. Safe for use by several
 * threads.
 *
 * <p>Nothing needs a person, however a process ends, because all claims are file locks, which the system releases, in the data
 * folder:
 *
 * <ul>
 *   <li>{@code users.lock}: every user holds it shared. Who leaves tries to take it alone; whoever succeeds was the last and
 *       stops the server while new users wait.
 *   <li>{@code start.lock}: held while looking for a server and starting one, so that two processes start one.
 *   <li>{@code server.properties}: which process serves, on which port. A server whose owners were killed is taken over;
 *       one that does not answer is killed by its id and replaced. So are servers of this folder that no note tells of.
 * </ul>
 */
public final class ManagedChroma implements ChromaServer {

    private final SharedServer shared;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private ManagedChroma(SharedServer shared) {
        this.shared = shared;
    }

    /**
     * Joins the home's server; finds or installs the program and starts it when none runs. Blocks until it answers.
     *
     * @param progress told in one line what takes long
     * @throws dev.ragd.store.StoreException.StoreUnavailable when there is no program or it does not start; with the end of
     *     its log
     */
    public static ManagedChroma open(ManagedSettings settings, Consumer<String> progress) {
        return new ManagedChroma(SharedServer.join(settings, progress));
    }

    /**
     * Ends the servers of a data folder that nobody uses any more, because their users were killed.
     *
     * @throws dev.ragd.store.StoreException.StoreBusy when somebody else runs one there
     */
    public static void endStrays(ManagedSettings settings) {
        ServerProcess.removeStrays(settings.data());
    }

    @Override
    public URI url() {
        return shared.url();
    }

    /** The process that serves now. */
    public long pid() {
        return shared.state().pid();
    }

    @Override
    public String describe() {
        return "local server managed by ragd (process " + pid() + ", log " + shared.log() + ") at " + url();
    }

    @Override
    public String advice() {
        return shared.advice();
    }

    /**
     * {@inheritDoc} Does nothing while the process lives; a dead one is started again, on the same port if that is free,
     * but not more than a few times in a row.
     */
    @Override
    public void revive() {
        if (open.get()) {
            shared.revive();
        }
    }

    /** {@inheritDoc} Here the room is given back to the disk when the last user leaves. */
    @Override
    public void dropped() {
        shared.dropped();
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            shared.leave();
        }
    }
}
