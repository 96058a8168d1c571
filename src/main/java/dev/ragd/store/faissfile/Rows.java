package dev.ragd.store.faissfile;

import dev.ragd.files.PositionalFile;
import dev.ragd.store.faissfile.IndexLayout.Part;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the rows of an index file, and their ids, by place. Thread-safe. */
final class Rows {

    private static final int IDS_AT_ONCE = 1 << 13;

    private final PositionalFile file;
    private final IndexLayout layout;

    Rows(PositionalFile file, IndexLayout layout) {
        this.file = file;
        this.layout = layout;
    }

    /** Takes ids in the order of places. */
    interface IdVisitor {
        void visit(long place, long id) throws IndexFileException;
    }

    /** Copies rows out, bit by bit. */
    float[][] read(long first, int n) throws IOException {
        float[][] rows = new float[n][layout.dimension()];
        int done = 0;
        while (done < n) {
            Part part = part(first + done);
            long within = first + done - part.first();
            int some = (int) Math.min(Math.min(n - done, part.count() - within), mostAtOnce());
            int rowBytes = layout.dimension() * Float.BYTES;
            ByteBuffer bytes = file.read(part.rows() + within * rowBytes, some * rowBytes);
            for (int i = 0; i < some; i++) {
                bytes.asFloatBuffer().get(rows[done + i]);
                bytes.position((i + 1) * rowBytes);
            }
            done += some;
        }
        return rows;
    }

    /** About a megabyte. */
    private long mostAtOnce() {
        return Math.max(1, (1 << 20) / ((long) layout.dimension() * Float.BYTES));
    }

    /** The ids from a place on. */
    void ids(long first, long n, IdVisitor visitor) throws IOException, IndexFileException {
        for (long at = first; at < first + n; ) {
            Part part = part(at);
            int some = (int) Math.min(Math.min(first + n, part.first() + part.count()) - at, IDS_AT_ONCE);
            long[] ids = new long[some];
            if (part.numbers() < 0) {
                for (int i = 0; i < some; i++) {
                    ids[i] = at + i;
                }
            } else {
                read(part.numbers() + (at - part.first()) * Long.BYTES, ids);
            }
            if (layout.ids() >= 0) {
                map(ids, part.numbers() < 0);
            }
            for (int i = 0; i < some; i++) {
                visitor.visit(at + i, ids[i]);
            }
            at += some;
        }
    }

    /** Replaces numbers by the ids they stand for. */
    private void map(long[] numbers, boolean inOrder) throws IOException, IndexFileException {
        if (inOrder) {
            read(layout.ids() + numbers[0] * Long.BYTES, numbers);
            return;
        }
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] < 0 || numbers[i] >= layout.count()) {
                throw IndexFileException.damaged(
                        "a list names row " + numbers[i] + " of " + layout.count() + ", which has no id");
            }
            numbers[i] = file.read(layout.ids() + numbers[i] * Long.BYTES, Long.BYTES)
                    .getLong();
        }
    }

    private void read(long position, long[] into) throws IOException {
        file.read(position, into.length * Long.BYTES).asLongBuffer().get(into);
    }

    /** The part that a row is in. */
    private Part part(long place) {
        int low = 0;
        int high = layout.parts().size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (layout.parts().get(middle).first() <= place) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return layout.parts().get(low);
    }
}
