package dev.ragd.store.chroma;

import dev.ragd.store.FolderChecks;
import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import dev.ragd.store.SampleSearch;
import dev.ragd.store.StoreException;
import dev.ragd.store.Tombstones;
import dev.ragd.store.chroma.client.ChromaApi;
import dev.ragd.store.chroma.client.Features;
import dev.ragd.store.chroma.client.RemoteCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks a server how it is; stops at the first check that fails, because the others need it. */
final class HealthCheck {

    private static final String ANEW = "write it anew with 'ragd collections compact NAME'";

    private final ChromaApi api;
    private final ChromaServer server;
    private final ChromaSettings settings;
    private final Function<RemoteCollection, ChromaCollection> open;

    /** @param open opens a collection */
    HealthCheck(
            ChromaApi api,
            ChromaServer server,
            ChromaSettings settings,
            Function<RemoteCollection, ChromaCollection> open) {
        this.api = api;
        this.server = server;
        this.settings = settings;
        this.open = open;
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
        well = well
                && check(checks, "database", "correct storage.chromadb.tenant and storage.chromadb.database", () -> {
                    api.requireDatabase(settings.tenant(), settings.database());
                    int collections = api.list().size();
                    return "tenant '" + settings.tenant() + "', database '" + settings.database() + "', " + collections
                            + (collections == 1 ? " collection" : " collections");
                });
        server.folder().ifPresent(folder -> {
            checks.add(FolderChecks.access(folder));
            checks.add(FolderChecks.space(folder, "the server's database and indexes grow with every record"));
        });
        if (well) {
            try {
                collections(checks);
            } catch (StoreException e) { // the server went away between two questions
                checks.add(new Check("index", Status.UNHEALTHY, String.valueOf(e.getMessage()), "ask once more"));
            }
        }
        return new Health(checks);
    }

    /** What the indexes carry along of deleted records, where that is something and can be known; and whether a search finds. */
    private void collections(List<Check> checks) {
        List<Check> searches = new ArrayList<>();
        List<String> heavy = new ArrayList<>();
        String largest = "";
        long most = 0;
        for (RemoteCollection remote : api.list()) {
            try (ChromaCollection collection = open.apply(remote)) {
                long records = collection.count();
                OptionalLong tombstones = collection.tombstones();
                if (tombstones.isPresent() && tombstones.getAsLong() > most) {
                    most = tombstones.getAsLong();
                    largest = remote.name() + ": " + records + " records, entries of " + most + " deleted ones";
                }
                if (tombstones.isPresent() && Tombstones.areMany(records, tombstones.getAsLong())) {
                    heavy.add(remote.name() + " carries the entries of " + tombstones.getAsLong()
                            + " deleted records beside its " + records);
                }
                SampleSearch.check(collection, ANEW).ifPresent(searches::add);
            } catch (StoreException.CollectionNotFound e) {
                // Dropped since it was listed: there is nothing to say of it.
            }
        }
        if (!heavy.isEmpty()) {
            String said = String.join("; ", heavy) + "; searches walk over them, and they take room";
            checks.add(new Check("index", Status.DEGRADED, said, ANEW));
        } else if (most > 0) {
            checks.add(new Check("index", Status.HEALTHY, largest, null));
        }
        checks.addAll(searches);
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
