package dev.ragd.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB, which knows nothing of us, reads what we wrote. */
class SnapshotDuckDbTest {

    private static final String[] SCALARS = {"string", "int", "double", "bool", "strings", "ints", "doubles", "bools"};

    @TempDir
    Path folder;

    private Connection duck;

    @BeforeEach
    void connect() throws SQLException {
        duck = DriverManager.getConnection("jdbc:duckdb:");
    }

    @AfterEach
    void disconnect() throws SQLException {
        duck.close();
    }

    @Test
    void everyRecordIsReadBitForBit() throws Exception {
        int count = 30_000;
        try (VectorStore store = SnapshotStore.create(folder);
                VectorCollection c = store.create(SnapshotRecords.spec("notes"))) {
            for (int i = 0; i < count; i += 1000) {
                c.upsert(SnapshotRecords.records(i, i + 1000, 1));
            }
            c.upsert(List.of(odd()));
        }
        assertReadsAll(collection("notes").resolve("part-*.parquet"), "", count, i -> 1);
    }

    @Test
    void deletedRowsAreLeftOutAsTheFormatSays() throws Exception {
        try (VectorStore store = SnapshotStore.create(folder);
                VectorCollection c = store.create(SnapshotRecords.spec("notes"))) {
            c.upsert(SnapshotRecords.records(0, 500, 0));
            c.upsert(List.of(odd()));
            c.checkpoint();
            c.upsert(SnapshotRecords.records(0, 100, 1));
            c.upsert(SnapshotRecords.records(500, 600, 1));
            c.delete(List.of("record-550"));
            c.upsert(SnapshotRecords.records(550, 551, 1));
            c.checkpoint();
            Path notes = collection("notes");
            String live =
                    " where sequence not in (select sequence from read_parquet('" + notes + "/deleted-*.parquet'))";
            assertReadsAll(notes.resolve("part-*.parquet"), live, 600, i -> i < 100 || i >= 500 ? 1 : 0);
        }
    }

    /** The statements of docs/formats/snapshot.md do what it says. */
    @Test
    void theExamplesInTheDocumentationRun() throws Exception {
        try (VectorStore store = SnapshotStore.create(folder.resolve("my-snapshot"));
                VectorCollection c = store.create(SnapshotRecords.spec("documents"))) {
            for (int i = 0; i < 20; i++) {
                VectorRecord r = SnapshotRecords.record(i, 1);
                Metadata metadata =
                        r.metadata().with("path", "docs/" + i % 3 + ".md").with("page", i);
                c.upsert(List.of(new VectorRecord(r.id(), r.vector(), r.text(), metadata)));
            }
        }
        String page = Files.readString(Path.of("docs/formats/snapshot.md"));
        Matcher blocks = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(page);
        int run = 0;
        while (blocks.find()) {
            String sql = blocks.group(1)
                    .replace("my-snapshot", folder.resolve("my-snapshot").toString());
            for (String statement : sql.split(";")) {
                if (!statement.isBlank()) {
                    try (Statement s = duck.createStatement()) {
                        boolean rows = s.execute(statement);
                        assertThat(!rows || s.getResultSet().next())
                                .as(statement)
                                .isTrue();
                    }
                    run++;
                }
            }
        }
        assertThat(run).isGreaterThanOrEqualTo(4);
    }

    private void assertReadsAll(Path files, String where, int count, IntUnaryOperator roundOf) throws SQLException {
        StringBuilder sql = new StringBuilder("select id, sequence, vector, text, map_keys(metadata)");
        for (String column : SCALARS) {
            sql.append(", list_transform(map_values(metadata), lambda v: v.\"" + column + "\")");
        }
        sql.append(" from read_parquet('" + files + "')" + where);
        Map<String, VectorRecord> found = new HashMap<>();
        try (Statement s = duck.createStatement();
                ResultSet rows = s.executeQuery(sql.toString())) {
            while (rows.next()) {
                VectorRecord r = record(rows);
                assertThat(found.put(r.id(), r)).as("a second %s", r.id()).isNull();
            }
        }
        assertThat(found).hasSize(count + 1);
        for (int i = 0; i < count; i++) {
            assertSame(found.get("record-" + i), SnapshotRecords.record(i, roundOf.applyAsInt(i)));
        }
        assertSame(found.get(odd().id()), odd());
    }

    private static void assertSame(VectorRecord actual, VectorRecord expected) {
        assertThat(RecordDigest.hex(actual))
                .as("%s, expected %s", actual, expected)
                .isEqualTo(RecordDigest.hex(expected));
    }

    private static VectorRecord record(ResultSet rows) throws SQLException {
        Object[] floats = (Object[]) rows.getArray(3).getArray();
        float[] vector = new float[floats.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (Float) floats[i];
        }
        Object[] keys = (Object[]) rows.getArray(5).getArray();
        Map<String, Object> values = new TreeMap<>();
        for (int column = 0; column < SCALARS.length; column++) {
            Object[] cells = (Object[]) rows.getArray(6 + column).getArray();
            for (int i = 0; i < keys.length; i++) {
                if (cells[i] != null) {
                    Object value = cells[i] instanceof Array list ? List.of((Object[]) list.getArray()) : cells[i];
                    assertThat(values.put((String) keys[i], value))
                            .as("two values of %s", keys[i])
                            .isNull();
                }
            }
        }
        assertThat(values).hasSize(keys.length);
        return new VectorRecord(rows.getString(1), vector, rows.getString(4), Metadata.of(values));
    }

    /** Everything that is unusual in one record. */
    private static VectorRecord odd() {
        Map<String, Object> values = new TreeMap<>();
        values.put("max", Long.MAX_VALUE);
        values.put("min", Long.MIN_VALUE);
        values.put("tiny", Double.MIN_VALUE);
        values.put("third", 1 / 3.0);
        values.put("empty", "");
        values.put("UPPER", true);
        values.put("upper", false);
        values.put("🔑 \"'`\\ key.with.dots", "line\nbreak 語");
        values.put("flags", List.of(true, false, true));
        values.put("reals", List.of(0.1, 1e300));
        float[] vector = {-0.0f, 0f, Float.MIN_VALUE, Float.MAX_VALUE, 1 / 3f, -1e-30f, 1, 0x1p-126f};
        return new VectorRecord("id with 'quotes' 語", vector, "", Metadata.of(values));
    }

    private Path collection(String name) throws IOException {
        try (var folders = Files.list(folder)) {
            return folders.filter(f -> f.getFileName().toString().startsWith(name + "-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
