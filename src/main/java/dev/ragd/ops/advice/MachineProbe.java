package dev.ragd.ops.advice;

import dev.ragd.embed.EmbedException;
import dev.ragd.embed.Embedder;
import dev.ragd.ops.KernelFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/** Measures a machine in some seconds. Not precise: a factor of two is good enough for advice. */
public final class MachineProbe {

    private static final int DIMENSION = 384;

    /** 48 MB: more than what most processors cache. */
    private static final int VECTORS = 32_768;

    private static final int SYNCS = 20;
    private static final int ROUNDS = 5;

    private static final String TEXT =
            "The reader parses on one thread and embeds on others, behind bounded queues. ".repeat(10);

    private MachineProbe() {}

    /**
     * Measures.
     *
     * @param folder where the stores' files are or would be; what does not exist of it is not created
     * @param model opens the configured model
     */
    public static Machine measure(Path folder, Supplier<Embedder> model) {
        Path there = folder;
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return new Machine(
                    Runtime.getRuntime().availableProcessors(),
                    memory(),
                    Files.getFileStore(there).getUsableSpace(),
                    scan(),
                    sync(there),
                    embed(model),
                    System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
                            && List.of("amd64", "x86_64").contains(System.getProperty("os.arch")));
        } catch (IOException e) {
            throw new UncheckedIOException(there + " cannot be written to; a store could not either", e);
        }
    }

    private static long memory() {
        long available = KernelFile.bytes(Path.of("/proc/meminfo"), "MemAvailable");
        return available >= 0 ? available : Runtime.getRuntime().maxMemory();
    }

    /** Inner products in eight lanes, which a compiler turns into vector instructions if it can. */
    private static double scan() {
        float[] all = new float[VECTORS * DIMENSION];
        Random random = new Random(1);
        for (int i = 0; i < all.length; i++) {
            all[i] = random.nextFloat();
        }
        double best = Double.MAX_VALUE;
        float sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            sum += products(all);
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        if (Float.isNaN(sum)) {
            throw new IllegalStateException("numbers between 0 and 1 have a product");
        }
        return 4.0 * all.length / best;
    }

    private static float products(float[] all) {
        float[] lanes = new float[8];
        for (int i = 0; i < all.length; i += 8) {
            int q = i % DIMENSION;
            for (int lane = 0; lane < 8; lane++) {
                lanes[lane] += all[q + lane] * all[i + lane];
            }
        }
        float sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    private static double sync(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, ".ragd-probe", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            double[] times = new double[SYNCS];
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096), 4096L * i);
                channel.force(true);
                times[i] = (System.nanoTime() - start) / 1e6;
            }
            Arrays.sort(times);
            return times[SYNCS / 2];
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static double embed(Supplier<Embedder> model) {
        try (Embedder embedder = model.get()) {
            embedder.embedDocuments(List.of(TEXT));
            double best = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                embedder.embedDocuments(List.of(TEXT));
                best = Math.min(best, (System.nanoTime() - start) / 1e6);
            }
            return best;
        } catch (EmbedException e) {
            return Double.NaN;
        }
    }
}
