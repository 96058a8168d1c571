package dev.ragd.jobs.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.LedgerCopy;
import dev.ragd.jobs.ledger.LedgerCopy.Key;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.hsqldb.jdbc.JDBCDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerCopyTest {

    private final JDBCDataSource database = new JDBCDataSource();

    @BeforeEach
    void empty() {
        database.setUrl("jdbc:hsqldb:mem:" + UUID.randomUUID());
    }

    @Test
    void tablesOfAnOlderRagdTakeWhatIsNew() throws SQLException {
        Ledger ledger = Ledger.open(database);
        ledger.createTarget("faiss", "documents", "1");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE RAGD_TARGET ALTER COLUMN BACKEND SET DATA TYPE VARCHAR(64)");
            // As if a process had died while it added three.
            for (String column : List.of("FINGERPRINT", "DIMENSION")) {
                statement.execute("ALTER TABLE RAGD_TARGET DROP COLUMN " + column);
            }
        }
        String snapshot = "snapshot:/" + "a-folder/".repeat(400) + "backup";

        assertThat(new LedgerCopy(database)
                        .copy(new Key("faiss", "documents", "1"), new Key(snapshot, "documents.g1", "2")))
                .isTrue();

        // Nor did they say which model made a collection.
        long target =
                Ledger.open(database).findTarget("faiss", "documents", "1").getAsLong();
        assertThat(Ledger.open(database).embedder(target)).isEmpty();
        CollectionEmbedder made = new CollectionEmbedder("local:a", "f1", 8);
        Ledger.open(database).rememberEmbedder(target, made);
        assertThat(Ledger.open(database).embedder(target)).hasValue(made);
        assertThat(Ledger.open(database).findTarget(snapshot, "documents.g1", "2"))
                .isPresent();
        assertThat(Ledger.open(database).findTarget("faiss", "documents", "1")).isPresent();
    }
}
