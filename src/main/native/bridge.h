// What Java calls: FAISS's C++ classes as functions on whole batches. See dev.ragd.faiss.Faiss.
//
// Nothing is checked here that Java can check: dimensions, counts and rows are right when they arrive. Every function may
// throw; the generated code turns what it throws into a FaissException.
#pragma once

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/impl/ProductQuantizer.h>
#include <faiss/index_io.h>
#include <faiss/utils/Heap.h>
#include <faiss/utils/distances.h>
#include <omp.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "kernels.h"

namespace ragd {

using Index = faiss::Index;
using ProductQuantizer = faiss::ProductQuantizer;

// ---- the library -----------------------------------------------------------------------------------------------------

inline std::string faiss_version() {
    return VERSION_STRING;
}

// OpenMP counts threads per calling thread.
inline void use_threads(int threads) {
    if (omp_get_max_threads() != threads) {
        omp_set_num_threads(threads);
    }
}

// The environment as libraries see it, for tests.
inline std::string environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value ? value : "";
}

// The kernels in force, for tests: 0 inner product, 1 squared distance, 2 squared norm of x, 3 and 4 the first two in
// FAISS's form of four rows at once; y holds four rows of d floats.
inline void kernel(int which, int d, const float* x, const float* y, float* out) {
    const float *y1 = y + d, *y2 = y1 + d, *y3 = y2 + d;
    switch (which) {
        case 0: out[0] = faiss::fvec_inner_product(x, y, d); break;
        case 1: out[0] = faiss::fvec_L2sqr(x, y, d); break;
        case 2: out[0] = faiss::fvec_norm_L2sqr(x, d); break;
        case 3: faiss::fvec_inner_product_batch_4(x, y, y1, y2, y3, d, out[0], out[1], out[2], out[3]); break;
        default: faiss::fvec_L2sqr_batch_4(x, y, y1, y2, y3, d, out[0], out[1], out[2], out[3]); break;
    }
}

// ---- indexes ---------------------------------------------------------------------------------------------------------

inline faiss::MetricType metric_of(bool l2) {
    return l2 ? faiss::METRIC_L2 : faiss::METRIC_INNER_PRODUCT;
}

inline faiss::Index* new_flat(int d, bool l2) {
    return new faiss::IndexFlat(d, metric_of(l2));
}

inline faiss::Index* new_hnsw(int d, bool l2, int m, int ef_construction) {
    auto index = std::make_unique<faiss::IndexHNSWFlat>(d, m, metric_of(l2));
    index->hnsw.efConstruction = ef_construction;
    return index.release();
}

inline faiss::Index* new_ivf_flat(int d, bool l2, int lists) {
    auto quantizer = std::make_unique<faiss::IndexFlat>(d, metric_of(l2));
    auto index = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), d, lists, metric_of(l2));
    quantizer.release();
    index->own_fields = true;
    index->cp.min_points_per_centroid = 1; // FAISS would warn on standard error; the caller decides how many are enough
    return index.release();
}

inline void delete_index(faiss::Index* index) {
    delete index;
}

// 0 flat, 1 HNSW over flat, 2 IVF of whole vectors, -1 anything else: no other type is let in.
inline int kind_of(const faiss::Index* index) {
    if (dynamic_cast<const faiss::IndexFlat*>(index)) {
        return 0;
    }
    if (auto hnsw = dynamic_cast<const faiss::IndexHNSWFlat*>(index)) {
        return dynamic_cast<const faiss::IndexFlat*>(hnsw->storage) ? 1 : -1;
    }
    return dynamic_cast<const faiss::IndexIVFFlat*>(index) ? 2 : -1;
}

inline int dimension_of(const faiss::Index* index) {
    return index->d;
}

inline int64_t count_of(const faiss::Index* index) {
    return index->ntotal;
}

inline bool is_l2(const faiss::Index* index) {
    return index->metric_type == faiss::METRIC_L2;
}

inline bool is_trained(const faiss::Index* index) {
    return index->is_trained;
}

// The whole vectors in the order they were added, or null where the index keeps them in another order.
inline const float* rows_of(const faiss::Index* index) {
    if (auto hnsw = dynamic_cast<const faiss::IndexHNSWFlat*>(index)) {
        index = hnsw->storage;
    }
    auto flat = dynamic_cast<const faiss::IndexFlat*>(index);
    return flat ? flat->get_xb() : nullptr;
}

inline void train(faiss::Index* index, int64_t n, const float* x, int threads) {
    use_threads(threads);
    index->train(n, x);
}

inline void add(faiss::Index* index, int64_t n, const float* x, int threads) {
    use_threads(threads);
    index->add(n, x);
}

// Rows whose id has its bit set. Without ids a row is its own id; without words every row belongs.
struct Members final : faiss::IDSelector {
    const uint64_t* words;
    int64_t bits;
    const int32_t* ids;

    Members(const uint64_t* words, int64_t bits, const int32_t* ids) : words(words), bits(bits), ids(ids) {}

    bool is_member(faiss::idx_t row) const override {
        int64_t id = ids ? ids[row] : row;
        return id < bits && (words[id >> 6] >> (id & 63) & 1);
    }
};

// k nearest of n queries: distances float[n*k] and rows int64[n*k], best first, row -1 where there are no more.
// effort: efSearch of HNSW, nprobe of IVF.
inline void search(
        const faiss::Index* index, int64_t n, const float* x, int64_t k, float* distances, int64_t* rows,
        int effort, const uint64_t* words, int64_t bits, const int32_t* ids, int threads) {
    use_threads(threads);
    Members members(words, bits, ids);
    faiss::IDSelector* selector = words ? &members : nullptr;
    if (dynamic_cast<const faiss::IndexHNSW*>(index)) {
        faiss::SearchParametersHNSW parameters;
        parameters.efSearch = effort;
        parameters.sel = selector;
        index->search(n, x, k, distances, rows, &parameters);
    } else if (dynamic_cast<const faiss::IndexIVF*>(index)) {
        faiss::SearchParametersIVF parameters;
        parameters.nprobe = effort;
        parameters.sel = selector;
        index->search(n, x, k, distances, rows, &parameters);
    } else {
        faiss::SearchParameters parameters;
        parameters.sel = selector;
        index->search(n, x, k, distances, rows, &parameters);
    }
}

// The k best of what is offered, kept in FAISS's heap: C is CMax for distances, CMin for products.
template <class C>
struct Best {
    int64_t k;
    float* values;
    int64_t* rows;

    Best(int64_t k, float* values, int64_t* rows) : k(k), values(values), rows(rows) {
        faiss::heap_heapify<C>(k, values, rows);
    }

    void offer(float value, int64_t row) {
        if (C::cmp(values[0], value)) {
            faiss::heap_replace_top<C>(k, values, rows, value, row);
        }
    }

    void finish() {
        faiss::heap_reorder<C>(k, values, rows);
    }
};

template <class C>
void scan_rows(
        const float* y, int64_t n, int d, const float* x, const Members* members, int64_t k, float* values, int64_t* rows) {
    constexpr bool products = !C::is_max;
    Best<C> best(k, values, rows);
    int64_t four[4];
    int waiting = 0;
    auto measure_four = [&] {
        float v[4];
        const float *y0 = y + four[0] * d, *y1 = y + four[1] * d, *y2 = y + four[2] * d, *y3 = y + four[3] * d;
        if (products) {
            faiss::fvec_inner_product_batch_4(x, y0, y1, y2, y3, d, v[0], v[1], v[2], v[3]);
        } else {
            faiss::fvec_L2sqr_batch_4(x, y0, y1, y2, y3, d, v[0], v[1], v[2], v[3]);
        }
        for (int i = 0; i < 4; i++) {
            best.offer(v[i], four[i]);
        }
    };
    for (int64_t row = 0; row < n; row++) {
        if (members && !members->is_member(row)) {
            continue;
        }
        four[waiting++] = row;
        if (waiting == 4) {
            measure_four();
            waiting = 0;
        }
    }
    for (int i = 0; i < waiting; i++) {
        const float* row = y + four[i] * d;
        best.offer(products ? faiss::fvec_inner_product(x, row, d) : faiss::fvec_L2sqr(x, row, d), four[i]);
    }
    best.finish();
}

// The same for one query, exactly: compares the query with every member, whatever the type of the index.
inline void scan(
        const faiss::Index* index, const float* x, int64_t k, float* distances, int64_t* rows,
        const uint64_t* words, int64_t bits, const int32_t* ids) {
    const float* y = rows_of(index);
    if (y == nullptr) {
        auto ivf = dynamic_cast<const faiss::IndexIVF*>(index);
        search(index, 1, x, k, distances, rows, ivf ? static_cast<int>(ivf->nlist) : 0, words, bits, ids, 1);
        return;
    }
    Members members(words, bits, ids);
    const Members* only = words ? &members : nullptr;
    if (is_l2(index)) {
        scan_rows<faiss::CMax<float, int64_t>>(y, index->ntotal, index->d, x, only, k, distances, rows);
    } else {
        scan_rows<faiss::CMin<float, int64_t>>(y, index->ntotal, index->d, x, only, k, distances, rows);
    }
}

// Adds up in double precision, in the order of the components, so that the same operations in Java give the same bits. Four
// rows at a time: each sum waits for its last addition, four sums wait together.
template <class Term>
void sum_rows(const float* all, int d, const float* x, int64_t n, const int64_t* rows, double* out, Term term) {
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const float *y0 = all + rows[i] * d, *y1 = all + rows[i + 1] * d;
        const float *y2 = all + rows[i + 2] * d, *y3 = all + rows[i + 3] * d;
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int j = 0; j < d; j++) {
            s0 += term(x[j], y0[j]);
            s1 += term(x[j], y1[j]);
            s2 += term(x[j], y2[j]);
            s3 += term(x[j], y3[j]);
        }
        out[i] = s0;
        out[i + 1] = s1;
        out[i + 2] = s2;
        out[i + 3] = s3;
    }
    for (; i < n; i++) {
        const float* y = all + rows[i] * d;
        double s = 0;
        for (int j = 0; j < d; j++) {
            s += term(x[j], y[j]);
        }
        out[i] = s;
    }
}

// For each of n rows a sum over the components of x and the row y: 0 of x*y, 1 of (x-y)^2, 2 of y*y.
inline void sums(const faiss::Index* index, const float* x, int64_t n, const int64_t* rows, int which, double* out) {
    const float* all = rows_of(index);
    FAISS_THROW_IF_NOT_MSG(all, "this index does not keep its vectors in order");
    switch (which) {
        case 0:
            sum_rows(all, index->d, x, n, rows, out, [](double a, double b) { return a * b; });
            break;
        case 1:
            sum_rows(all, index->d, x, n, rows, out, [](double a, double b) { return (a - b) * (a - b); });
            break;
        default:
            sum_rows(all, index->d, x, n, rows, out, [](double, double b) { return b * b; });
            break;
    }
}

// Copies rows first to first + n - 1 into out, float[n*d].
inline void read_rows(const faiss::Index* index, int64_t first, int64_t n, float* out) {
    const float* all = rows_of(index);
    FAISS_THROW_IF_NOT_MSG(all, "this index does not keep its vectors in order");
    std::memcpy(out, all + first * index->d, sizeof(float) * n * index->d);
}

// ---- files -----------------------------------------------------------------------------------------------------------

inline void write_index(const faiss::Index* index, const char* file) {
    faiss::write_index(index, file);
}

// mapped: leaves the vectors and links in the file, where this FAISS can (1.11 and newer; not IVF).
inline faiss::Index* read_index(const char* file, bool mapped) {
#if FAISS_VERSION_MAJOR > 1 || FAISS_VERSION_MINOR >= 11
    return faiss::read_index(file, mapped ? faiss::IO_FLAG_MMAP_IFC : 0);
#else
    (void)mapped;
    return faiss::read_index(file);
#endif
}

// ---- quantizers ------------------------------------------------------------------------------------------------------

inline faiss::ProductQuantizer* new_pq(int d, int m, int bits) {
    auto pq = std::make_unique<faiss::ProductQuantizer>(d, m, bits);
    pq->cp.min_points_per_centroid = 1;
    return pq.release();
}

inline void delete_pq(faiss::ProductQuantizer* pq) {
    delete pq;
}

inline void train_pq(faiss::ProductQuantizer* pq, int64_t n, const float* x, int iterations, int threads) {
    use_threads(threads);
    pq->cp.niter = iterations;
    pq->train(n, x);
}

inline int64_t code_size(const faiss::ProductQuantizer* pq) {
    return pq->code_size;
}

inline void encode(const faiss::ProductQuantizer* pq, int64_t n, const float* x, uint8_t* codes, int threads) {
    use_threads(threads);
    pq->compute_codes(x, codes, n);
}

inline void decode(const faiss::ProductQuantizer* pq, int64_t n, const uint8_t* codes, float* x) {
    pq->decode(codes, x, n);
}

// The distances (or products) of a query's parts to all centroids, float[m * 2^bits].
inline void distance_table(const faiss::ProductQuantizer* pq, const float* x, bool l2, float* table) {
    if (l2) {
        pq->compute_distance_table(x, table);
    } else {
        pq->compute_inner_prod_table(x, table);
    }
}

inline void get_centroids(const faiss::ProductQuantizer* pq, float* out) {
    std::memcpy(out, pq->centroids.data(), sizeof(float) * pq->centroids.size());
}

inline void set_centroids(faiss::ProductQuantizer* pq, const float* in) {
    std::memcpy(pq->centroids.data(), in, sizeof(float) * pq->centroids.size());
}

// Learns the rotation of optimised product quantization: matrix gets d*d floats, y = matrix * x.
inline void train_opq(int d, int m, int64_t n, const float* x, int iterations, int threads, float* matrix) {
    use_threads(threads);
    faiss::OPQMatrix opq(d, m);
    opq.niter = iterations;
    opq.verbose = false;
    // FAISS warns on standard error when there are few points for each of the inner quantizer's 256 centroids.
    faiss::ProductQuantizer pq(d, m, 8);
    pq.cp.min_points_per_centroid = 1;
    opq.pq = &pq;
    opq.train(n, x);
    std::memcpy(matrix, opq.A.data(), sizeof(float) * d * d);
}

} // namespace ragd
