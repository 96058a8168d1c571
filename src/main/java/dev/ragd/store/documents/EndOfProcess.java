package dev.ragd.store.documents;

/**
 * Whether the process has been asked to end, by a signal for example: what can be left to the next one is then left to it.
 * Safe for use by several threads.
 */
final class EndOfProcess implements AutoCloseable {

    private volatile boolean begun;
    private final Thread hook = new Thread(() -> begun = true, "ragd-end");

    EndOfProcess() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            begun = true;
        }
    }

    boolean hasBegun() {
        return begun;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It runs.
        }
    }
}
