package dev.ragd.app;

import dev.ragd.jobs.ExitCode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What happens at SIGTERM and SIGINT: a running job is asked to stop, and the process lives until it has, with everything
 * saved and closed. The virtual machine then ends with 143 or 130 by itself.
 */
public final class Termination {

    /** Longer than any batch takes. What is not over then ends as if the process was killed: nothing is lost. */
    private static final long PATIENCE_SECONDS = 120;

    private final CountDownLatch finished = new CountDownLatch(1);

    /** From now on a signal asks first, saying how the process will end; {@code request} must return at once. */
    public void onSignal(Consumer<ExitCode> request) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (finished.getCount() > 0) {
                                ExitCode reason = reason();
                                request.accept(reason);
                                await(reason);
                            }
                        },
                        "ragd-termination"));
    }

    /**
     * Hooks are not told which signal it was, but the thread that carries it waits for them, and is named after it. If that
     * should change, Ctrl-C is told as SIGTERM; what the process ends with is the machine's own doing.
     */
    private static ExitCode reason() {
        return Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(t -> t.getName().equals("SIGINT handler"))
                ? ExitCode.INTERRUPTED
                : ExitCode.TERMINATED;
    }

    /** The command is over and everything is closed: nothing holds the process back any more. */
    public void finished() {
        finished.countDown();
    }

    private void await(ExitCode reason) {
        try {
            boolean ended = finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                Runtime.getRuntime().halt(reason.code());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
