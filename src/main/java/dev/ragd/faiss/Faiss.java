package dev.ragd.faiss;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Opaque;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.StdString;
import org.jspecify.annotations.Nullable;

/**
 * The native functions, as {@code src/main/native/bridge.h} declares and describes them. JavaCPP makes the C++ side of this
 * class. Arguments are trusted: only the classes of this package, which check them, call here.
 */
@Platform(include = "bridge.h", library = "jnifaiss")
@Namespace("ragd")
final class Faiss {

    private Faiss() {}

    /** {@code ragd::Index}. */
    @Opaque
    static final class Index extends Pointer {
        Index(Pointer address) {
            super(address);
        }
    }

    /** {@code faiss::ProductQuantizer}. */
    @Opaque
    @Name("ProductQuantizer")
    static final class Pq extends Pointer {
        Pq(Pointer address) {
            super(address);
        }
    }

    // ---- the library ----

    static native @StdString String faiss_version();

    static native @StdString String environment(@StdString String name);

    @NoException(true)
    static native int simd_best();

    @NoException(true)
    static native int simd_select(int level);

    @NoException(true)
    static native void kernel(int which, int d, @Const float[] x, @Const float[] y, float[] out);

    static native void rotate(int d, @Const float[] x, float[] out) throws FaissException;

    @NoException(true)
    static native void code_kernel(
            @Cast("int64_t") long n,
            @Cast("const int8_t*") byte[] query,
            @Cast("const uint8_t*") byte[] rows,
            @Cast("int32_t*") int[] out);

    // ---- indexes ----

    static native Index new_flat(int d, @Cast("bool") boolean l2) throws FaissException;

    static native Index new_hnsw(int d, @Cast("bool") boolean l2, int m, int efConstruction) throws FaissException;

    static native Index new_ivf_flat(int d, @Cast("bool") boolean l2, int lists) throws FaissException;

    @NoException(true)
    static native void delete_index(Index index);

    @NoException(true)
    static native int kind_of(@Const Index index);

    @NoException(true)
    static native int dimension_of(@Const Index index);

    @NoException(true)
    @Cast("int64_t")
    static native long count_of(@Const Index index);

    @NoException(true)
    @Cast("bool")
    static native boolean is_l2(@Const Index index);

    @NoException(true)
    @Cast("bool")
    static native boolean is_trained(@Const Index index);

    @NoException(true)
    @Cast("bool")
    static native boolean is_coded(@Const Index index);

    static native void train(Index index, @Cast("int64_t") long n, @Const FloatBuffer x, int threads)
            throws FaissException;

    static native void add(Index index, @Cast("int64_t") long n, @Const float[] x, int threads) throws FaissException;

    static native void search(
            @Const Index index,
            @Cast("int64_t") long n,
            @Const float[] x,
            @Cast("int64_t") long k,
            float[] distances,
            @Cast("int64_t*") long[] rows,
            int effort,
            @Cast("const uint64_t*") long @Nullable [] words,
            @Cast("int64_t") long bits,
            @Cast("const int32_t*") @Nullable IntBuffer ids,
            int threads)
            throws FaissException;

    static native void scan(
            @Const Index index,
            @Const float[] x,
            @Cast("int64_t") long k,
            float[] distances,
            @Cast("int64_t*") long[] rows,
            @Cast("const uint64_t*") long @Nullable [] words,
            @Cast("int64_t") long bits,
            @Cast("const int32_t*") @Nullable IntBuffer ids)
            throws FaissException;

    static native void measures(
            @Const Index index,
            @Const float[] x,
            @Cast("int64_t") long n,
            @Cast("const int64_t*") long[] rows,
            int which,
            double[] out)
            throws FaissException;

    static native void nearest(
            @Const Index index,
            @Const float[] x,
            @Const float[] query,
            @Cast("int64_t") long k,
            @Cast("int64_t*") long[] rows,
            double[] out,
            int which,
            int effort,
            @Cast("const uint64_t*") long @Nullable [] words,
            @Cast("int64_t") long bits,
            @Cast("const int32_t*") @Nullable IntBuffer ids)
            throws FaissException;

    static native void read_rows(@Const Index index, @Cast("int64_t") long first, @Cast("int64_t") long n, float[] out)
            throws FaissException;

    static native void read_degrees(@Const Index index, @Cast("int32_t*") int[] out) throws FaissException;

    @Cast("int64_t")
    static native long entry_of(@Const Index index) throws FaissException;

    // ---- files ----

    static native void write_index(@Const Index index, @Cast("const char*") byte[] file) throws FaissException;

    static native Index read_index(@Cast("const char*") byte[] file, @Cast("bool") boolean mapped)
            throws FaissException;

    static native void write_codes(@Const Index index, @Cast("const char*") byte[] file) throws FaissException;

    static native void read_codes(
            Index index, @Cast("const char*") byte[] file, @Cast("int64_t") long from, @Cast("bool") boolean mapped)
            throws FaissException;

    // ---- quantizers ----

    static native Pq new_pq(int d, int m, int bits) throws FaissException;

    @NoException(true)
    static native void delete_pq(Pq pq);

    static native void train_pq(Pq pq, @Cast("int64_t") long n, @Const float[] x, int iterations, int threads)
            throws FaissException;

    @NoException(true)
    @Cast("int64_t")
    static native long code_size(@Const Pq pq);

    static native void encode(
            @Const Pq pq, @Cast("int64_t") long n, @Const float[] x, @Cast("uint8_t*") byte[] codes, int threads)
            throws FaissException;

    static native void decode(@Const Pq pq, @Cast("int64_t") long n, @Cast("const uint8_t*") byte[] codes, float[] x)
            throws FaissException;

    static native void distance_table(@Const Pq pq, @Const float[] x, @Cast("bool") boolean l2, float[] table)
            throws FaissException;

    @NoException(true)
    static native void get_centroids(@Const Pq pq, float[] out);

    @NoException(true)
    static native void set_centroids(Pq pq, @Const float[] in);

    static native void train_opq(
            int d, int m, @Cast("int64_t") long n, @Const float[] x, int iterations, int threads, float[] matrix)
            throws FaissException;
}
