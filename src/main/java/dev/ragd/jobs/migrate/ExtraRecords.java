package dev.ragd.jobs.migrate;

import dev.ragd.store.Field;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.function.Consumer;

/** Finds the records of a collection that are not in a set. */
final class ExtraRecords {

    private static final int PAGE = 10_000;

    private ExtraRecords() {}

    static void forEach(VectorCollection collection, IdSet known, Consumer<String> consumer) {
        String cursor = null;
        do {
            ScanPage page = collection.scan(new ScanRequest(Field.NONE, null, cursor, PAGE));
            for (VectorRecord record : page.records()) {
                if (!known.contains(record.id())) {
                    consumer.accept(record.id());
                }
            }
            cursor = page.next();
        } while (cursor != null);
    }

    /** The ids of a frozen list as a set. */
    static IdSet read(IdList list) {
        IdSet set = new IdSet();
        IdList.Block block = list.read(IdList.HEADER_BYTES);
        while (block != null) {
            block.ids().forEach(set::add);
            block = list.read(block.next());
        }
        return set;
    }
}
