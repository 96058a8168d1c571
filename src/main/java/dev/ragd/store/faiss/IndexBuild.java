package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.OrdinalSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings the base up to date with the records of one moment: extends it, or builds another when it is of another type, has
 * too many dead rows, or cannot be trusted. Reads vectors from the document store; does not disturb searches.
 */
final class IndexBuild {

    /** Enough for several threads to share, little enough to wait for. */
    private static final int ADDED_AT_ONCE = 4_096;

    /** Of more vectors k-means places its centroids no better. */
    private static final int TRAINED_PER_LIST = 64;

    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final DocumentSnapshot now;
    private final @Nullable Part base;
    private final int baseEnd;
    private final boolean damaged;
    private final IndexPlan plan;
    private final Growth growth;
    private final OrdinalSet live;
    private final VectorIndex.Type type;

    IndexBuild(DocumentSnapshot now, @Nullable Part base, int baseEnd, boolean damaged, IndexPlan plan, Growth growth) {
        this.now = now;
        this.base = base;
        this.baseEnd = baseEnd;
        this.damaged = damaged;
        this.plan = plan;
        this.growth = growth;
        this.live = now.live();
        VectorIndex.Type wanted = plan.kind().typeFor(live.size());
        boolean shrunk =
                plan.kind() == IndexKind.AUTO && base != null && base.index().type() == VectorIndex.Type.HNSW;
        this.type = shrunk ? VectorIndex.Type.HNSW : wanted;
    }

    boolean isWorthIt(boolean closing) {
        if (live.size() == 0) {
            return false;
        }
        int inside = base == null ? 0 : base.count();
        int outside = live.size() - live.sizeBelow(baseEnd);
        return growth.isWorthIt(outside, inside, closing)
                || (damaged && live.size() >= growth.fewest())
                || hasTooManyDead();
    }

    /** A flat index is written anew as fast as it is read, see {@link SnapshotFiles#writeFlat}; there is nothing to build. */
    boolean isFlat() {
        return type == VectorIndex.Type.FLAT;
    }

    private boolean hasTooManyDead() {
        return base != null && base.count() - Parts.size(live, base) > growth.deadShare() * base.count();
    }

    private boolean canExtend() {
        if (base == null || base.index().type() != type || hasTooManyDead()) {
            return false;
        }
        return type == VectorIndex.Type.HNSW || live.size() <= 4L * base.count(); // else an IVF has too few lists
    }

    /**
     * Does it, for an index that is not flat.
     *
     * @param name the file of the base, to be read again when that is mapped
     * @param goOn asked all the time, but not while k-means places the lists of an IVF
     * @return the new base, the old one when it could be extended in place; belongs to the caller
     * @throws CancellationException when it was not to go on; the base may have been extended in part
     */
    Part run(FaissLibrary library, SnapshotFiles files, @Nullable SnapshotName name, BooleanSupplier goOn) {
        if (canExtend() && base != null && name != null) {
            Part extended = base.isMapped() ? copy(files, name) : base;
            if (extended != null) {
                int rows = extended.count();
                int last = rows == 0 ? -1 : extended.ordinals().id(rows - 1);
                return fill(extended, Math.max(baseEnd, last + 1), goOn); // an extension may have failed half-way
            }
        }
        return fill(empty(library, goOn), 0, goOn);
    }

    private static @Nullable Part copy(SnapshotFiles files, SnapshotName name) {
        try {
            return files.read(name, false).part();
        } catch (IOException | UnusableSnapshotException e) {
            return null; // built anew instead
        }
    }

    private Part fill(Part part, int from, BooleanSupplier goOn) {
        try {
            Part.Adder adder = part.new Adder(ADDED_AT_ONCE, THREADS);
            now.forEachVector(from, (ordinal, vector) -> {
                require(goOn);
                adder.add(ordinal, vector);
            });
            adder.flush();
            return part;
        } catch (RuntimeException e) {
            if (part != base) {
                part.close();
            }
            throw e;
        }
    }

    private static void require(BooleanSupplier goOn) {
        if (!goOn.getAsBoolean()) {
            throw new CancellationException();
        }
    }

    private Part empty(FaissLibrary library, BooleanSupplier goOn) {
        CollectionSpec spec = now.header().spec();
        var metric = RowForm.metric(spec.distance());
        VectorIndex index = type == VectorIndex.Type.HNSW
                ? VectorIndex.hnsw(library, spec.dimension(), metric, plan.m(), plan.efConstruction())
                : VectorIndex.ivfFlat(library, spec.dimension(), metric, Probes.lists(live.size()));
        if (type == VectorIndex.Type.IVF_FLAT) {
            try {
                train(index, goOn);
            } catch (RuntimeException e) {
                index.close();
                throw e;
            }
        }
        return Part.empty(spec.distance(), index);
    }

    /** With every n-th vector. */
    private void train(VectorIndex index, BooleanSupplier goOn) {
        CollectionSpec spec = now.header().spec();
        int d = spec.dimension();
        int lists = Probes.lists(live.size());
        long most = Math.min(Integer.MAX_VALUE / 4 / d, (long) TRAINED_PER_LIST * lists);
        int step = (int) Math.max(1, (live.size() + most - 1) / most);
        int capacity = live.size() / step + 1;
        FloatBuffer sample = ByteBuffer.allocateDirect(Math.multiplyExact(capacity * d, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        float[] row = new float[d];
        int[] seen = {0, 0};
        now.forEachVector(0, (ordinal, vector) -> {
            require(goOn);
            double square = RowForm.square(vector);
            if (seen[0]++ % step == 0 && seen[1] < capacity && RowForm.fits(spec.distance(), square)) {
                RowForm.write(spec.distance(), vector, square, row, 0);
                sample.put(seen[1] * d, row);
                seen[1]++;
            }
        });
        if (seen[1] == 0) {
            sample.put(0, row);
            seen[1] = 1;
        }
        index.train(sample, seen[1], THREADS);
    }
}
