package dev.ragd.store.snapshot;

import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes rounds of records for ever, until it is killed. A round replaces the records of a window, adds new ones and deletes
 * some; then comes a checkpoint, then an attribute with the number of the round, and then the number of the round goes to a file: whoever reads it knows that the round was
 * acknowledged. Now and then the collection is closed and opened again, which compacts it.
 */
final class SnapshotWriterProcess {

    static final String NAME = "killed";
    static final String ROUND = "round";
    private static final int WINDOW = 60;

    private SnapshotWriterProcess() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Path acknowledged = Path.of(args[1]);
        int first = Integer.parseInt(args[2]);
        try (VectorStore store = SnapshotStore.create(folder);
                FileChannel ledger =
                        FileChannel.open(acknowledged, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (store.find(NAME).isEmpty()) {
                store.create(SnapshotRecords.spec(NAME)).close();
            }
            acknowledge(ledger, first - 1);
            for (int round = first; ; round += 0) {
                try (VectorCollection c = store.open(NAME)) {
                    for (int i = 0; i < 7; i++, round++) {
                        write(c, round);
                        c.checkpoint();
                        c.replaceAttributes(c.info().attributes().with(ROUND, (long) round));
                        acknowledge(ledger, round);
                    }
                }
            }
        }
    }

    /** What a round does; repeating it changes nothing. */
    static void write(VectorCollection c, int round) {
        int from = round * 20;
        c.upsert(SnapshotRecords.records(from, from + WINDOW / 2, round));
        c.upsert(SnapshotRecords.records(from + WINDOW / 2, from + WINDOW, round));
        List<String> gone = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            gone.add("record-" + (from + i * 4));
        }
        c.delete(gone);
    }

    private static void acknowledge(FileChannel ledger, int round) throws IOException {
        ledger.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, round), 0);
    }
}
