package dev.ragd.store.chromafolder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.chromafolder.QueueEntry.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose vector a record has, whatever is left of the queue: compared with a Chroma that remembers everything. */
class QueueEntryTest {

    /** Every history of one record, and every point up to which the queue was purged and the index written. */
    @Test
    void neverTheWrongVector() {
        Random random = new Random(3);
        int known = 0;
        int lost = 0;
        for (int round = 0; round < 200_000; round++) {
            List<QueueEntry> history = history(random);
            int indexed = random.nextInt(history.size() + 1);
            int purged = random.nextInt(indexed + 1);
            Model all = replay(history);
            if (!all.there) {
                continue;
            }
            Model index = replay(history.subList(0, indexed));
            boolean usable = random.nextBoolean();
            long found =
                    QueueEntry.vector(history.subList(purged, history.size()), all.last, indexed, usable, index.there);
            if (found > 0) {
                assertThat(found)
                        .as("history %s, purged %d, indexed %d", history, purged, indexed)
                        .isEqualTo(all.vector);
                known++;
            } else if (found == QueueEntry.IN_THE_INDEX) {
                assertThat(usable).isTrue();
                assertThat(index.vector)
                        .as("history %s, purged %d, indexed %d", history, purged, indexed)
                        .isEqualTo(all.vector);
                known++;
            } else {
                assertThat(usable)
                        .as("with an index nothing is lost: %s, %d, %d", history, purged, indexed)
                        .isFalse();
                lost++;
            }
        }
        assertThat(known).isGreaterThan(50_000);
        assertThat(lost).isGreaterThan(1_000);
    }

    private static List<QueueEntry> history(Random random) {
        List<QueueEntry> history = new ArrayList<>();
        int writes = 1 + random.nextInt(7);
        for (int i = 1; i <= writes; i++) {
            Operation operation = Operation.values()[random.nextInt(4)];
            boolean vector = operation == Operation.ADD
                    || operation == Operation.UPSERT
                    || (operation == Operation.UPDATE && random.nextBoolean());
            history.add(new QueueEntry(i, operation, vector));
        }
        return history;
    }

    /** What Chroma has after these writes. */
    private static final class Model {
        boolean there;
        long vector;
        long last;
    }

    private static Model replay(List<QueueEntry> writes) {
        Model model = new Model();
        for (QueueEntry write : writes) {
            boolean effect = switch (write.operation()) {
                case ADD -> !model.there;
                case UPDATE, DELETE -> model.there;
                case UPSERT -> true;
            };
            if (!effect) {
                continue;
            }
            model.there = write.operation() != Operation.DELETE;
            model.last = write.sequence();
            model.vector = write.hasVector() ? write.sequence() : model.vector;
        }
        return model;
    }
}
