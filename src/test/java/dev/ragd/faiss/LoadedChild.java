package dev.ragd.faiss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** A process of its own that loads the library from the folder named, uses it, and prints how that went. */
final class LoadedChild {

    private LoadedChild() {}

    public static void main(String[] args) throws IOException {
        float[] rows = FaissFixture.gaussian(64 * 40, new Random(1));
        long before = threads();
        try {
            FaissLibrary library = FaissLibrary.load(Path.of(args[0]));
            long more = threads() - before;
            try (VectorIndex index = VectorIndex.flat(library, 64, Metric.L2)) {
                index.add(rows, 40, 1);
                long[] nearest = index.search(FaissFixture.row(rows, 7, 64), 1, 1, 1, null, 1)
                        .rows();
                System.out.println("found " + nearest[0] + " with " + library.bestSimd() + ", " + library.origin());
            }
            System.out.println(more + " more threads");
            for (String name : new String[] {"OMP_WAIT_POLICY", "OPENBLAS_NUM_THREADS"}) {
                System.out.println(name + "=" + Faiss.environment(name)); // Java's own is a copy from its start
            }
        } catch (FaissUnavailableException e) {
            System.out.println("unavailable: " + e.getMessage() + "; " + e.advice());
        }
    }

    private static long threads() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.count();
        }
    }
}
