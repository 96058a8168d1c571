package dev.ragd.catalog;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The catalogue file {@code catalog.json}: which generation of each collection is in use. A switch is one atomic
 * replacement of the file, so a search sees the old generation or the new one.
 *
 * <p>Format, version {@value #VERSION}:
 *
 * <pre>{@code
 * {"magic": "ragd-catalog", "version": 1,
 *  "collections": [{"backend": "chromadb", "collection": "documents",
 *                   "physical": "documents.g2", "generation": 2, "previous": "documents"}]}
 * }</pre>
 *
 * <p>A collection without an entry is its own first generation. Unknown fields are ignored; a newer version is refused.
 *
 * <p>Readers may run at any time, in any process. Writers hold the home's owner lock; within a process this class is safe
 * for use by several threads. Every call reads the file: it is small, and another process may have switched.
 */
public final class Generations {

    private static final String MAGIC = "ragd-catalog";
    private static final int VERSION = 1;

    private final Path file;

    /** @param file need not exist yet */
    public Generations(Path file) {
        this.file = file;
    }

    /** The generation in use. */
    public Generation current(String backend, String collection) {
        return find(read(), backend, collection);
    }

    /** All entries, ordered by backend and collection; a collection that was never switched has none. */
    public List<Generation> all() {
        return read();
    }

    /** The physical name that the next generation should get; the same name until it is published. */
    public String nextPhysical(String backend, String collection) {
        return collection + ".g" + (current(backend, collection).number() + 1);
    }

    /**
     * Puts a generation into use. Doing it twice changes nothing, so a step that was killed after the switch may repeat it.
     *
     * @param physical the name in the store of the generation that is complete
     */
    public Generation publish(String backend, String collection, String physical) {
        return publish(backend, collection, physical, true);
    }

    /**
     * The same, where the name may not have had a collection behind it yet.
     *
     * @param keeps true when there is one in use, which is then kept for a rollback
     */
    public synchronized Generation publish(String backend, String collection, String physical, boolean keeps) {
        List<Generation> entries = read();
        Generation now = find(entries, backend, collection);
        if (now.physical().equals(physical)) {
            return now;
        }
        int number = numberOf(physical, collection, keeps ? now.number() + 1 : 1);
        return replace(entries, new Generation(backend, collection, physical, number, keeps ? now.physical() : null));
    }

    /**
     * Puts the generation before back into use; the one that was in use is kept, so that doing it twice goes back and forth.
     *
     * @return empty when none was kept; nothing changed
     */
    public synchronized Optional<Generation> rollback(String backend, String collection) {
        List<Generation> entries = read();
        Generation now = find(entries, backend, collection);
        if (now.previous() == null) {
            return Optional.empty();
        }
        int number = numberOf(now.previous(), collection, 1);
        return Optional.of(replace(
                entries,
                new Generation(
                        backend, collection, /* physical= */ now.previous(), number, /* previous= */ now.physical())));
    }

    /** Forgets the generation that was kept for a rollback, because it is about to be deleted. */
    public synchronized void forgetPrevious(String backend, String collection) {
        List<Generation> entries = read();
        Generation now = find(entries, backend, collection);
        if (now.previous() != null) {
            replace(entries, new Generation(backend, collection, now.physical(), now.number(), null));
        }
    }

    private Generation replace(List<Generation> entries, Generation next) {
        TreeMap<String, Generation> changed = new TreeMap<>();
        entries.forEach(e -> changed.put(e.backend() + "\n" + e.collection(), e));
        changed.put(next.backend() + "\n" + next.collection(), next);
        write(List.copyOf(changed.values()));
        return next;
    }

    /** The number in the name, so that it never goes back; otherwise what is given. */
    private static int numberOf(String physical, String collection, int otherwise) {
        String prefix = collection + ".g";
        return physical.matches(Pattern.quote(prefix) + "[1-9]\\d{0,8}")
                ? Integer.parseInt(physical.substring(prefix.length()))
                : otherwise;
    }

    private static Generation find(List<Generation> entries, String backend, String collection) {
        return entries.stream()
                .filter(e -> e.backend().equals(backend) && e.collection().equals(collection))
                .findFirst()
                .orElseGet(() -> Generation.first(backend, collection));
    }

    private void write(List<Generation> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("magic", MAGIC);
            json.writeNumberProperty("version", VERSION);
            json.writeArrayPropertyStart("collections");
            for (Generation e : entries) {
                json.writeStartObject();
                json.writeStringProperty("backend", e.backend());
                json.writeStringProperty("collection", e.collection());
                json.writeStringProperty("physical", e.physical());
                json.writeNumberProperty("generation", e.number());
                if (e.previous() != null) {
                    json.writeStringProperty("previous", e.previous());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        try {
            AtomicFile.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new StoreException.ResourceExhausted(
                    file + " cannot be written (" + e + "); the generation in use stays as it was", e);
        }
    }

    private List<Generation> read() {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), bytes)) {
            return new Reading(file).catalogue(json);
        } catch (JacksonException e) {
            throw Reading.damaged(file, e.getOriginalMessage(), e);
        }
    }

    /** One pass over the file; the header comes first, so a newer version is refused before anything else is read. */
    private static final class Reading {
        private final Path file;

        Reading(Path file) {
            this.file = file;
        }

        List<Generation> catalogue(JsonParser json) {
            expect(json.nextToken() == JsonToken.START_OBJECT, "is no JSON object");
            expect("magic".equals(json.nextName()), "does not start with 'magic'");
            expect(MAGIC.equals(json.nextStringValue()), "its 'magic' is not " + MAGIC);
            expect("version".equals(json.nextName()), "has no 'version'");
            int version = json.nextIntValue(0);
            if (version > VERSION) {
                throw new StoreException.StoreRejected(
                        file + " has format version " + version + ", this ragd knows up to " + VERSION
                                + "; use the newer ragd that wrote it",
                        null);
            }
            expect(version == VERSION, "its version is " + version);
            expect("collections".equals(json.nextName()), "has no 'collections'");
            expect(json.nextToken() == JsonToken.START_ARRAY, "its 'collections' are no list");
            List<Generation> entries = new ArrayList<>();
            while (json.nextToken() == JsonToken.START_OBJECT) {
                entries.add(entry(json));
            }
            expect(json.currentToken() == JsonToken.END_ARRAY, "its 'collections' hold something else than objects");
            expect(json.nextToken() == JsonToken.END_OBJECT, "goes on after 'collections'");
            entries.sort(Comparator.comparing(Generation::backend).thenComparing(Generation::collection));
            return entries;
        }

        private Generation entry(JsonParser json) {
            String backend = null;
            String collection = null;
            String physical = null;
            String previous = null;
            int number = 0;
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "backend" -> backend = json.nextStringValue();
                    case "collection" -> collection = json.nextStringValue();
                    case "physical" -> physical = json.nextStringValue();
                    case "previous" -> previous = json.nextStringValue();
                    case "generation" -> number = json.nextIntValue(0);
                    default -> {
                        json.nextToken();
                        json.skipChildren();
                    }
                }
            }
            if (backend == null || collection == null || physical == null || number < 1) {
                throw damaged(file, "an entry lacks backend, collection, physical or generation", null);
            }
            return new Generation(backend, collection, physical, number, previous);
        }

        private void expect(boolean condition, String otherwise) {
            if (!condition) {
                throw damaged(file, otherwise, null);
            }
        }

        static StoreException damaged(Path file, String problem, @Nullable Throwable cause) {
            return new StoreException.StoreRejected(
                    file + " is damaged: " + problem + "; restore it from a backup, or move it away to use every"
                            + " collection's first generation",
                    cause);
        }
    }
}
