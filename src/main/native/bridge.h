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

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "codes.h"
#include "graph.h"
#include "kernels.h"
#include "measures.h"
#include "rotation.h"

namespace ragd {

// An index of FAISS and what goes with it.
struct Index {
    std::unique_ptr<faiss::Index> faiss;
    std::unique_ptr<Codes> codes; // of a graph's rows; null where there are none
    LinkLocks locks;
    mutable Walks walks;

    explicit Index(std::unique_ptr<faiss::Index> index) : faiss(std::move(index)) {}

    const faiss::IndexHNSW* graph() const { return dynamic_cast<const faiss::IndexHNSW*>(faiss.get()); }

    // True when the graph is walked by codes.
    bool is_coded() const {
        return codes && codes->are_good() && codes->count() == static_cast<size_t>(faiss->ntotal);
    }
};

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

// See rotation.h.
inline void rotate(int d, const float* x, float* out) {
    Rotation(d).apply(x, out);
}

// Those of codes.h: rows holds four rows of n bytes, out gets 4 products, that of the first row alone, and that of the first
// two rows.
inline void code_kernel(int64_t n, const int8_t* query, const uint8_t* rows, int32_t* out) {
    const uint8_t* const four[4] = {rows, rows + n, rows + 2 * n, rows + 3 * n};
    code_products(query, four, n, out);
    out[4] = code_product(query, rows, n);
    out[5] = code_product_of_rows(rows, rows + n, n);
}

// ---- indexes ---------------------------------------------------------------------------------------------------------

inline faiss::MetricType metric_of(bool l2) {
    return l2 ? faiss::METRIC_L2 : faiss::METRIC_INNER_PRODUCT;
}

inline Index* new_flat(int d, bool l2) {
    return new Index(std::make_unique<faiss::IndexFlat>(d, metric_of(l2)));
}

inline Index* new_hnsw(int d, bool l2, int m, int ef_construction) {
    auto graph = std::make_unique<faiss::IndexHNSWFlat>(d, m, metric_of(l2));
    graph->hnsw.efConstruction = ef_construction;
    return new Index(std::move(graph));
}

inline Index* new_ivf_flat(int d, bool l2, int lists) {
    auto quantizer = std::make_unique<faiss::IndexFlat>(d, metric_of(l2));
    auto index = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), d, lists, metric_of(l2));
    quantizer.release();
    index->own_fields = true;
    index->cp.min_points_per_centroid = 1; // FAISS would warn on standard error; the caller decides how many are enough
    return new Index(std::move(index));
}

inline void delete_index(Index* index) {
    delete index;
}

// 0 flat, 1 HNSW over flat, 2 IVF of whole vectors, -1 anything else: no other type is let in.
inline int kind_of(const Index* index) {
    const faiss::Index* of = index->faiss.get();
    if (dynamic_cast<const faiss::IndexFlat*>(of)) {
        return 0;
    }
    if (auto hnsw = dynamic_cast<const faiss::IndexHNSWFlat*>(of)) {
        return dynamic_cast<const faiss::IndexFlat*>(hnsw->storage) ? 1 : -1;
    }
    return dynamic_cast<const faiss::IndexIVFFlat*>(of) ? 2 : -1;
}

inline int dimension_of(const Index* index) {
    return index->faiss->d;
}

inline int64_t count_of(const Index* index) {
    return index->faiss->ntotal;
}

inline bool is_l2(const Index* index) {
    return index->faiss->metric_type == faiss::METRIC_L2;
}

inline bool is_trained(const Index* index) {
    return index->faiss->is_trained;
}

inline bool is_coded(const Index* index) {
    return index->is_coded();
}

// The whole vectors in the order they were added, or null where the index keeps them in another order.
inline const float* rows_of(const Index* index) {
    const faiss::Index* of = index->faiss.get();
    if (auto hnsw = dynamic_cast<const faiss::IndexHNSWFlat*>(of)) {
        of = hnsw->storage;
    }
    auto flat = dynamic_cast<const faiss::IndexFlat*>(of);
    return flat ? flat->get_xb() : nullptr;
}

inline void train(Index* index, int64_t n, const float* x, int threads) {
    use_threads(threads);
    index->faiss->train(n, x);
}

// A graph is linked by codes where these are good, otherwise by FAISS.
inline void add(Index* index, int64_t n, const float* x, int threads) {
    use_threads(threads);
    auto graph = dynamic_cast<faiss::IndexHNSWFlat*>(index->faiss.get());
    if (!graph || graph->d > Codes::MOST_COMPONENTS) {
        index->faiss->add(n, x);
        return;
    }
    int64_t before = graph->ntotal;
    if (!index->codes || index->codes->count() != static_cast<size_t>(before)) {
        // Nothing is in it yet, or it comes from a file without codes, or an addition failed half-way.
        index->codes = std::make_unique<Codes>(graph->d, is_l2(index));
        index->codes->append(rows_of(index), before, threads);
    }
    index->codes->append(x, n, threads);
    if (!index->codes->are_good()) {
        graph->add(n, x);
        return;
    }
    graph->storage->add(n, x);
    graph->ntotal = graph->storage->ntotal;
    link_rows(*graph, *index->codes, index->locks, before, threads);
}

// Rows whose id has its bit set, as FAISS asks for them.
struct Members final : faiss::IDSelector {
    Membership membership;

    explicit Members(const Membership& membership) : membership(membership) {}

    bool is_member(faiss::idx_t row) const override { return membership.has(row); }
};

// Rows that a walk by codes is asked for beyond those that are wanted, because the order of codes is not quite the true one.
inline int64_t with_more(int64_t k) {
    return k + 8 + k / 2;
}

// One query in a graph with codes: the k best by their true distances.
inline void search_coded(
        const Index* index, const float* x, int64_t k, float* distances, int64_t* rows, int effort,
        const Membership* members) {
    const faiss::IndexHNSW* graph = index->graph();
    int64_t most = std::min(with_more(k), index->faiss->ntotal);
    std::vector<int64_t> found(most);
    auto walk = index->walks.take();
    int width = static_cast<int>(std::min<int64_t>(std::max<int64_t>(effort, k), index->faiss->ntotal));
    int n = walk_graph(graph->hnsw, *index->codes, *walk, x, width, static_cast<int>(most), members, found.data());
    index->walks.give_back(std::move(walk));
    bool l2 = is_l2(index);
    const int d = graph->d;
    const float* all = rows_of(index);
    std::vector<std::pair<float, int64_t>> exact(n);
    for (int i = 0; i < n; i++) {
        const float* y = all + found[i] * d;
        float distance = l2 ? faiss::fvec_L2sqr(x, y, d) : -faiss::fvec_inner_product(x, y, d);
        exact[i] = {std::isnan(distance) ? HUGE_VALF : distance, found[i]}; // a NaN cannot be sorted
    }
    std::sort(exact.begin(), exact.end());
    for (int64_t i = 0; i < k; i++) {
        bool there = i < n;
        rows[i] = there ? exact[i].second : -1;
        distances[i] = !there ? 0 : l2 ? exact[i].first : -exact[i].first;
    }
}

inline void scan(
        const Index* index, const float* x, int64_t k, float* distances, int64_t* rows,
        const uint64_t* words, int64_t bits, const int32_t* ids);

// k nearest of n queries: distances float[n*k] and rows int64[n*k], best first, row -1 where there are no more.
// effort: efSearch of HNSW, nprobe of IVF.
inline void search(
        const Index* index, int64_t n, const float* x, int64_t k, float* distances, int64_t* rows,
        int effort, const uint64_t* words, int64_t bits, const int32_t* ids, int threads) {
    use_threads(threads);
    Members members(Membership{words, bits, ids});
    faiss::IDSelector* selector = words ? &members : nullptr;
    const faiss::Index* of = index->faiss.get();
    if (index->is_coded()) {
        const Membership* only = words ? &members.membership : nullptr;
        Failure failure;
#pragma omp parallel for num_threads(threads) if (n > 1)
        for (int64_t i = 0; i < n; i++) {
            failure.guard(
                    [&] { search_coded(index, x + i * of->d, k, distances + i * k, rows + i * k, effort, only); });
        }
        failure.rethrow();
    } else if (index->graph()) {
        faiss::SearchParametersHNSW parameters;
        parameters.efSearch = effort;
        parameters.sel = selector;
        of->search(n, x, k, distances, rows, &parameters);
    } else if (dynamic_cast<const faiss::IndexIVF*>(of)) {
        faiss::SearchParametersIVF parameters;
        parameters.nprobe = effort;
        parameters.sel = selector;
        of->search(n, x, k, distances, rows, &parameters);
    } else if (n == 1) {
        scan(index, x, k, distances, rows, words, bits, ids);
    } else {
        faiss::SearchParameters parameters;
        parameters.sel = selector;
        of->search(n, x, k, distances, rows, &parameters);
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

// The processor fetches ahead by itself within a page of memory only; rows are asked for while the ones before are measured,
// which is as fast as memory can be read.
template <class C>
void scan_rows(
        const float* y, int64_t n, int d, const float* x, const Membership* members, int64_t k, float* values,
        int64_t* rows) {
    constexpr bool products = !C::is_max;
    constexpr int AHEAD = 4;
    Best<C> best(k, values, rows);
    int64_t asked[AHEAD];
    int64_t count = 0;
    auto measure = [&](int64_t row) {
        const float* z = y + row * d;
        best.offer(products ? faiss::fvec_inner_product(x, z, d) : faiss::fvec_L2sqr(x, z, d), row);
    };
    for (int64_t row = 0; row < n; row++) {
        if (members && !members->has(row)) {
            continue;
        }
        for (int j = 0; j < d; j += 16) {
            __builtin_prefetch(y + row * d + j);
        }
        if (count >= AHEAD) {
            measure(asked[count % AHEAD]);
        }
        asked[count++ % AHEAD] = row;
    }
    for (int64_t i = std::max<int64_t>(0, count - AHEAD); i < count; i++) {
        measure(asked[i % AHEAD]);
    }
    best.finish();
}

// The same for one query, exactly: compares the query with every member, whatever the type of the index.
inline void scan(
        const Index* index, const float* x, int64_t k, float* distances, int64_t* rows,
        const uint64_t* words, int64_t bits, const int32_t* ids) {
    const float* y = rows_of(index);
    if (y == nullptr) {
        auto ivf = dynamic_cast<const faiss::IndexIVF*>(index->faiss.get());
        search(index, 1, x, k, distances, rows, ivf ? static_cast<int>(ivf->nlist) : 0, words, bits, ids, 1);
        return;
    }
    Membership members{words, bits, ids};
    const Membership* only = words ? &members : nullptr;
    if (is_l2(index)) {
        scan_rows<faiss::CMax<float, int64_t>>(y, count_of(index), dimension_of(index), x, only, k, distances, rows);
    } else {
        scan_rows<faiss::CMin<float, int64_t>>(y, count_of(index), dimension_of(index), x, only, k, distances, rows);
    }
}

// See measures.h.
inline void measures(const Index* index, const float* x, int64_t n, const int64_t* rows, int which, double* out) {
    const float* all = rows_of(index);
    FAISS_THROW_IF_NOT_MSG(all, "this index does not keep its vectors in order");
    measure_rows(static_cast<Measure>(which), all, dimension_of(index), x, n, rows, out);
}

// The k rows that seem nearest to x in a graph, in no particular order, with their measures to another form of the query.
inline void nearest(
        const Index* index, const float* x, const float* query, int64_t k, int64_t* rows, double* out, int which,
        int effort, const uint64_t* words, int64_t bits, const int32_t* ids) {
    int64_t n = 0;
    if (index->is_coded()) {
        Membership members{words, bits, ids};
        int width = static_cast<int>(std::min<int64_t>(effort, count_of(index)));
        auto walk = index->walks.take();
        n = walk_graph(
                index->graph()->hnsw, *index->codes, *walk, x, width, static_cast<int>(k), words ? &members : nullptr, rows);
        index->walks.give_back(std::move(walk));
    } else {
        std::vector<float> distances(k);
        search(index, 1, x, k, distances.data(), rows, effort, words, bits, ids, 1);
        n = std::find(rows, rows + k, -1) - rows;
    }
    measures(index, query, n, rows, which, out);
}

// Copies rows first to first + n - 1 into out, float[n*d].
inline void read_rows(const Index* index, int64_t first, int64_t n, float* out) {
    const float* all = rows_of(index);
    FAISS_THROW_IF_NOT_MSG(all, "this index does not keep its vectors in order");
    std::memcpy(out, all + first * dimension_of(index), sizeof(float) * n * dimension_of(index));
}

// To how many rows each row of a graph is linked in the lowest layer, int32[count].
inline void read_degrees(const Index* index, int32_t* out) {
    const faiss::IndexHNSW* graph = index->graph();
    FAISS_THROW_IF_NOT_MSG(graph, "this index is no graph");
    for (int64_t row = 0; row < graph->ntotal; row++) {
        size_t begin, end;
        graph->hnsw.neighbor_range(row, 0, &begin, &end);
        size_t at = begin;
        while (at < end && graph->hnsw.neighbors[at] >= 0) {
            at++;
        }
        out[row] = static_cast<int32_t>(at - begin);
    }
}

// The row that walks through a graph start from; -1 when it is empty.
inline int64_t entry_of(const Index* index) {
    const faiss::IndexHNSW* graph = index->graph();
    FAISS_THROW_IF_NOT_MSG(graph, "this index is no graph");
    return graph->hnsw.entry_point;
}

// ---- files -----------------------------------------------------------------------------------------------------------

inline void write_index(const Index* index, const char* file) {
    faiss::write_index(index->faiss.get(), file);
}

// Appends the codes, from the next multiple of 64 on.
inline void write_codes(const Index* index, const char* file) {
    index->codes->write(file);
}

// mapped: leaves the vectors and links in the file, where this FAISS can (1.11 and newer; not IVF).
inline Index* read_index(const char* file, bool mapped) {
#if FAISS_VERSION_MAJOR > 1 || FAISS_VERSION_MINOR >= 11
    return new Index(std::unique_ptr<faiss::Index>(faiss::read_index(file, mapped ? faiss::IO_FLAG_MMAP_IFC : 0)));
#else
    (void)mapped;
    return new Index(std::unique_ptr<faiss::Index>(faiss::read_index(file)));
#endif
}

inline void read_codes(Index* index, const char* file, int64_t from, bool mapped) {
    auto codes = std::make_unique<Codes>(dimension_of(index), is_l2(index));
    codes->read(file, from, count_of(index), mapped);
    index->codes = std::move(codes);
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
