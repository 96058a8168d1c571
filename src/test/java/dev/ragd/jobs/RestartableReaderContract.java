package dev.ragd.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * What every reader of a job passes: wherever it is cut off, a new reader with the saved context gives exactly the rest, in
 * the same order, and what was read but not saved comes again.
 *
 * @param <T> the items
 */
public abstract class RestartableReaderContract<T> {

    /** A new reader over the same source. */
    protected abstract ItemStreamReader<T> reader();

    /** An item as something that can be compared. */
    protected abstract Object describe(T item);

    private List<Object> read(ItemStreamReader<T> reader, ExecutionContext context, int most) throws Exception {
        List<Object> items = new ArrayList<>();
        reader.open(context);
        try {
            while (items.size() < most) {
                T item = reader.read();
                if (item == null) {
                    break;
                }
                items.add(describe(item));
                reader.update(context);
            }
            return items;
        } finally {
            reader.close();
        }
    }

    private List<Object> all() throws Exception {
        return read(reader(), new ExecutionContext(), Integer.MAX_VALUE);
    }

    @Test
    void readsTheSameItemsInTheSameOrderEachTime() throws Exception {
        List<Object> items = all();
        assertThat(items).hasSizeGreaterThan(3);
        assertThat(all()).isEqualTo(items);
    }

    @Test
    void goesOnAtEveryPlaceItWasCutOffAt() throws Exception {
        List<Object> items = all();
        for (int cut = 0; cut <= items.size(); cut++) {
            ExecutionContext context = new ExecutionContext();
            List<Object> joined = new ArrayList<>(read(reader(), context, cut));
            joined.addAll(read(reader(), new ExecutionContext(context), Integer.MAX_VALUE));
            assertThat(joined).as("cut off after %d", cut).isEqualTo(items);
        }
    }

    @Test
    void anItemReadButNotSavedComesAgain() throws Exception {
        List<Object> items = all();
        ExecutionContext context = new ExecutionContext();
        ItemStreamReader<T> first = reader();
        first.open(context);
        first.read();
        first.update(context);
        first.read(); // handed out, never acknowledged
        first.close();

        assertThat(read(reader(), context, Integer.MAX_VALUE)).isEqualTo(items.subList(1, items.size()));
    }

    @Test
    void mayBeClosedBeforeItsEndAndTwice() throws Exception {
        ItemStreamReader<T> reader = reader();
        reader.open(new ExecutionContext());
        reader.read();
        reader.close();
        reader.close();
    }

    @Test
    void staysAtItsEnd() throws Exception {
        ExecutionContext context = new ExecutionContext();
        read(reader(), context, Integer.MAX_VALUE);
        assertThat(read(reader(), context, Integer.MAX_VALUE)).isEmpty();
    }
}
