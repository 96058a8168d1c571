package dev.ragd.store.chromafolder;

import dev.ragd.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads which collections the folder has. Immutable. */
record Catalogue(FolderDatabase database, String tenant, String name) {

    private record Row(
            String id,
            String name,
            @Nullable Long dimension,
            @Nullable String configuration,
            @Nullable String schema) {}

    /**
     * The collections of the database of the tenant, ordered by name.
     *
     * @throws StoreException.StoreNotFound when there is none of these names; says which there are
     */
    List<StoredCollection> collections() {
        List<String> ids = new ArrayList<>();
        List<String> there = new ArrayList<>();
        database.query("SELECT id, name, tenant_id FROM databases ORDER BY tenant_id, name", List.of(), row -> {
            there.add("'" + row.getString(2) + "' of tenant '" + row.getString(3) + "'");
            if (row.getString(2).equals(name) && row.getString(3).equals(tenant)) {
                ids.add(row.getString(1));
            }
        });
        if (ids.isEmpty()) {
            throw new StoreException.StoreNotFound("the folder has no database '" + name + "' of tenant '" + tenant
                    + "', it has " + (there.isEmpty() ? "none at all" : String.join(", ", there))
                    + "; choose one with the settings storage.chromadb.database and storage.chromadb.tenant");
        }
        String schema = database.has("collections", "schema_str") ? "schema_str" : "NULL";
        List<Row> rows = new ArrayList<>();
        database.query(
                "SELECT id, name, dimension, config_json_str, " + schema
                        + " FROM collections WHERE database_id = ? ORDER BY name",
                List.of(ids.get(0)),
                row -> rows.add(new Row(
                        row.getString(1),
                        row.getString(2),
                        row.getObject(3) == null ? null : row.getLong(3),
                        row.getString(4),
                        row.getString(5))));
        return rows.stream().map(this::collection).toList();
    }

    private StoredCollection collection(Row row) {
        Map<String, Object> metadata = new HashMap<>();
        database.query(
                "SELECT key, str_value, int_value, float_value, bool_value FROM collection_metadata WHERE collection_id = ?",
                List.of(row.id()),
                value -> {
                    Object plain = plain(value, 2);
                    if (plain != null) {
                        metadata.put(value.getString(1), plain);
                    }
                });
        Map<String, String> segments = new HashMap<>();
        database.query(
                "SELECT scope, id FROM segments WHERE collection = ?",
                List.of(row.id()),
                segment -> segments.put(segment.getString(1), segment.getString(2)));
        String records = segments.get("METADATA");
        if (records == null) {
            throw new StoreException.CorruptIndex(
                    "collection '" + row.name() + "' has no segment of records in " + FolderDatabase.FILE
                            + "; restore the file from a backup",
                    null);
        }
        return StoredCollection.of(
                row.id(),
                row.name(),
                row.dimension(),
                row.configuration(),
                row.schema(),
                metadata,
                segments.getOrDefault("VECTOR", ""),
                records);
    }

    /**
     * The value of four neighbouring columns for text, integer, number and truth; null when there is none, or none that
     * metadata can hold.
     */
    static @Nullable Object plain(ResultSet row, int column) throws SQLException {
        Object text = row.getObject(column);
        if (text != null) {
            return row.getString(column);
        }
        long integer = row.getLong(column + 1);
        if (!row.wasNull()) {
            return integer;
        }
        double number = row.getDouble(column + 2);
        if (!row.wasNull()) {
            return Double.isFinite(number) ? number : null;
        }
        long truth = row.getLong(column + 3);
        return row.wasNull() ? null : truth != 0;
    }

    /** The number of a write: an integer, or in the files of old versions eight bytes, the highest first. */
    static long sequence(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            long number = 0;
            for (byte b : bytes) {
                number = number << 8 | (b & 0xff);
            }
            return number;
        }
        return value instanceof Number number ? number.longValue() : 0;
    }
}
