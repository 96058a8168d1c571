package dev.ragd.ops;

import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorStore;
import java.util.List;
import java.util.function.Supplier;

/** Asks a store how it is. A store that cannot even be opened is an answer too, not an error. */
public final class HealthService {

    private HealthService() {}

    /**
     * Opens the store, asks it and closes it.
     *
     * @param opener opens the store
     */
    public static Health check(Supplier<VectorStore> opener) {
        try (VectorStore store = opener.get()) {
            return store.health();
        } catch (StoreException e) {
            String message = String.valueOf(e.getMessage());
            int cut = message.indexOf("; ");
            return new Health(List.of(new Check(
                    "open",
                    Status.UNHEALTHY,
                    cut < 0 ? message : message.substring(0, cut),
                    cut < 0 ? null : message.substring(cut + 2))));
        }
    }
}
