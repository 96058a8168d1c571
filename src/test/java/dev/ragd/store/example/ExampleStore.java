package dev.ragd.store.example;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder with a file for each collection, which is held in memory while it is open: right for some thousand records, and
 * for one process at a time. Safe for use by several threads.
 */
// tag::store[]
public final class ExampleStore implements VectorStore {

    static final String NAME = "example";

    private static final Set<Capability> CAPABILITIES = Set.of(
            Capability.VECTORS,
            Capability.EXACT_VECTORS,
            Capability.FOREIGN_VECTORS,
            Capability.EXACT_DOUBLES,
            Capability.LIST_METADATA,
            Capability.VECTOR_SEARCH,
            Capability.PERSISTENT);

    private final Path folder;
    private final Map<Path, ExampleRecords> open = new ConcurrentHashMap<>();

    /** @param folder created with the first collection */
    public ExampleStore(Path folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        Path file = file(spec.name());
        synchronized (open) {
            if (Files.exists(file)) {
                throw new StoreException.CollectionExists(NAME, spec.name());
            }
            ExampleRecords records = new ExampleRecords(file, UUID.randomUUID().toString(), spec);
            records.save(); // from here on it is there
            open.put(file, records);
            return new ExampleCollection(this, records);
        }
    }

    @Override
    public VectorCollection open(String collection) {
        return new ExampleCollection(
                this, records(collection).orElseThrow(() -> new StoreException.CollectionNotFound(NAME, collection)));
    }

    @Override
    public boolean drop(String collection) {
        Path file = file(collection);
        synchronized (open) {
            open.remove(file); // handles notice: holds() is false for them from now on
            try {
                boolean there = Files.deleteIfExists(file);
                if (there) {
                    AtomicFile.syncFolder(folder);
                }
                return there;
            } catch (IOException e) {
                throw new UncheckedIOException(file + " cannot be deleted", e);
            }
        }
    }
    // end::store[]

    @Override
    public List<CollectionInfo> list() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(ExampleRecords.SUFFIX))
                    .map(f -> records(f).info())
                    .sorted(Comparator.comparing(CollectionInfo::name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read", e);
        }
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return records(collection).map(ExampleRecords::info);
    }

    private Optional<ExampleRecords> records(String collection) {
        Path file = file(collection);
        synchronized (open) {
            return Files.exists(file) ? Optional.of(records(file)) : Optional.empty();
        }
    }

    private ExampleRecords records(Path file) {
        synchronized (open) {
            return open.computeIfAbsent(file, ExampleRecords::load);
        }
    }

    /** Names may be long, and differ in upper and lower case alone. */
    private Path file(String collection) {
        UUID name = UUID.nameUUIDFromBytes(collection.getBytes(StandardCharsets.UTF_8));
        return folder.resolve(name + ExampleRecords.SUFFIX);
    }

    /** True while the very collection, not a namesake made after a drop, exists. */
    boolean holds(ExampleRecords records) {
        return open.get(records.file()) == records;
    }

    @Override
    public Health health() {
        try {
            String detail = list().size() + " collections in " + folder;
            return new Health(List.of(new Health.Check("files", Health.Status.HEALTHY, detail, null)));
        } catch (StoreException | UncheckedIOException e) {
            return new Health(List.of(new Health.Check(
                    "files", Health.Status.UNHEALTHY, String.valueOf(e.getMessage()), "restore it from a backup")));
        }
    }

    @Override
    public void close() {
        open.values().forEach(ExampleRecords::save);
        open.clear();
    }
}
