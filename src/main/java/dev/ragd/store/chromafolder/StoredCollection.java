package dev.ragd.store.chromafolder;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A collection as the database describes it.
 *
 * @param info what the port knows of it
 * @param vectors the segment, and so the folder, of its index
 * @param records the segment of its records
 */
record StoredCollection(CollectionInfo info, String vectors, String records) {

    private static final JsonMapper JSON = new JsonMapper();

    /** What ragd's own adapter notes of a collection, and Chroma of its index. */
    private static final Set<String> NOTES = Set.of("ragd.dimension", "ragd.lists", "ragd.nul");

    private static final String INDEX_NOTES = "hnsw:";
    /** Where versions of Chroma keep the settings of the index: newest first. */
    private static final String[] SCHEMA = {"/keys/#embedding/float_list/vector_index/config"};

    private static final String[] SPACES = {"/vector_index/hnsw/space", "/hnsw/space", "/hnsw_configuration/space"};

    static StoredCollection of(
            String id,
            String name,
            @Nullable Long dimension,
            @Nullable String configuration,
            @Nullable String schema,
            Map<String, Object> metadata,
            String vectors,
            String records) {
        JsonNode newer = json(name, schema).at(SCHEMA[0]);
        JsonNode older = json(name, configuration);
        JsonNode function = newer.at("/embedding_function/name");
        if (!function.isString()) {
            function = older.at("/embedding_function/name");
        }
        Object noted = metadata.get("ragd.dimension");
        OptionalInt components = dimension != null
                ? OptionalInt.of(Math.toIntExact(dimension))
                : noted instanceof Long n ? OptionalInt.of(Math.toIntExact(n)) : OptionalInt.empty();
        TreeMap<String, Object> attributes = new TreeMap<>(metadata);
        attributes.keySet().removeIf(key -> key.isEmpty() || NOTES.contains(key) || key.startsWith(INDEX_NOTES));
        CollectionInfo info = new CollectionInfo(
                id,
                name,
                components,
                distance(name, newer, older, metadata.get("hnsw:space")),
                Metadata.of(attributes),
                function.isString() ? function.asString() : null);
        return new StoredCollection(info, vectors, records);
    }

    private static Distance distance(String name, JsonNode newer, JsonNode older, @Nullable Object noted) {
        String space = text(newer.at("/space"));
        for (String place : SPACES) {
            space = space == null ? text(older.at(place)) : space;
        }
        if (space == null) {
            space = noted instanceof String s ? s : Distance.L2.label(); // Chroma's default
        }
        String found = space;
        return Distance.of(found)
                .orElseThrow(() -> new StoreException.StoreRejected(
                        "collection '" + name + "' measures '" + found + "', expected cosine, l2 or ip; update ragd",
                        null));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isString() ? node.asString() : null;
    }

    private static JsonNode json(String name, @Nullable String text) {
        try {
            return JSON.readTree(text == null || text.isBlank() ? "{}" : text);
        } catch (JacksonException e) {
            throw new StoreException.CorruptIndex(
                    "the settings of collection '" + name + "' in " + FolderDatabase.FILE + " are no JSON: "
                            + e.getOriginalMessage() + "; restore the file from a backup",
                    e);
        }
    }
}
