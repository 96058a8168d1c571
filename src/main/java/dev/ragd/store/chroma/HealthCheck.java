package dev.ragd.store.chroma;

import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import dev.ragd.store.StoreException;
import dev.ragd.store.chroma.client.ChromaApi;
import dev.ragd.store.chroma.client.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Asks a server how it is; stops at the first check that fails, because the others need it. */
final class HealthCheck {

    private final ChromaApi api;
    private final ChromaServer server;
    private final ChromaSettings settings;

    HealthCheck(ChromaApi api, ChromaServer server, ChromaSettings settings) {
        this.api = api;
        this.server = server;
        this.settings = settings;
    }

    Health run() {
        List<Check> checks = new ArrayList<>();
        boolean well = check(checks, "connection", "start the server, or correct storage.chromadb.url", () -> {
            long start = System.nanoTime();
            api.heartbeat();
            return server.describe() + " answered in " + (System.nanoTime() - start) / 1_000_000 + " ms";
        });
        well = well
                && check(checks, "api", "use Chroma 1.0 or newer", () -> {
                    String version = api.version();
                    Features features = api.features();
                    return "API v2, version " + version + ", lists in metadata "
                            + switch (features.lists()) {
                                case KEPT -> "kept";
                                case REFUSED -> "not supported";
                                case UNKNOWN -> "unknown";
                            };
                });
        if (well) {
            check(checks, "database", "correct storage.chromadb.tenant and storage.chromadb.database", () -> {
                api.requireDatabase(settings.tenant(), settings.database());
                int collections = api.list().size();
                return "tenant '" + settings.tenant() + "', database '" + settings.database() + "', " + collections
                        + (collections == 1 ? " collection" : " collections");
            });
        }
        return new Health(checks);
    }

    private static boolean check(List<Check> checks, String name, String advice, Supplier<String> test) {
        try {
            checks.add(new Check(name, Status.HEALTHY, test.get(), null));
            return true;
        } catch (StoreException e) {
            checks.add(new Check(name, Status.UNHEALTHY, String.valueOf(e.getMessage()), advice));
            return false;
        }
    }
}
