// See graph.h.

#include "graph.h"

#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/utils/random.h>
#include <xmmintrin.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace ragd {
namespace {

constexpr int ROWS_AHEAD = 8; // whose codes are on their way to the cache

// ---- building --------------------------------------------------------------------------------------------------------

// What FAISS asks for distances when it links a row.
struct CodeDistances final : faiss::DistanceComputer {
    const Codes& codes;
    CodedQuery query;

    explicit CodeDistances(const Codes& codes) : codes(codes) {}

    void set_query(const float*) override {} // see set_row

    void set_row(size_t row) { codes.query_of(row, query); }

    float operator()(faiss::idx_t row) override { return codes.distance(query, row); }

    void distances_batch_4(
            const faiss::idx_t i0, const faiss::idx_t i1, const faiss::idx_t i2, const faiss::idx_t i3,
            float& d0, float& d1, float& d2, float& d3) override {
        const uint8_t* const rows[4] = {codes.row(i0), codes.row(i1), codes.row(i2), codes.row(i3)};
        int32_t products[4];
        code_products(query.bytes.data(), rows, codes.stride(), products);
        d0 = codes.distance(query, i0, products[0]);
        d1 = codes.distance(query, i1, products[1]);
        d2 = codes.distance(query, i2, products[2]);
        d3 = codes.distance(query, i3, products[3]);
    }

    float symmetric_dis(faiss::idx_t i, faiss::idx_t j) override { return codes.distance_of_rows(i, j); }
};

// What a thread needs to link rows.
struct Linker {
    CodeDistances distances;
    faiss::VisitedTable visited;

    Linker(const Codes& codes, int64_t rows) : distances(codes), visited(static_cast<int>(rows)) {}
};

// Rows of the upper layers first, and within a layer in no order of the data, as FAISS does: {level, row}.
std::vector<std::pair<int, int>> linking_order(const faiss::HNSW& graph, int64_t first) {
    std::vector<std::pair<int, int>> order;
    for (size_t row = first; row < graph.levels.size(); row++) {
        order.emplace_back(graph.levels[row] - 1, static_cast<int>(row));
    }
    faiss::RandomGenerator random(789);
    for (size_t i = order.size(); i > 1; i--) {
        std::swap(order[i - 1], order[random.rand_int(static_cast<int>(i))]);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    return order;
}

// ---- searching -------------------------------------------------------------------------------------------------------

// A distance and a row as one number that orders like them; the lowest bit says that the walk has left the row.
inline uint64_t entry(float distance, int32_t row) {
    uint32_t bits;
    std::memcpy(&bits, &distance, sizeof bits);
    bits ^= static_cast<int32_t>(bits) < 0 ? 0xffffffffu : 0x80000000u;
    return static_cast<uint64_t>(bits) << 32 | static_cast<uint32_t>(row) << 1;
}

inline int32_t row_of(uint64_t entry) {
    return static_cast<int32_t>(static_cast<uint32_t>(entry) >> 1);
}

// The least entries of those offered, sorted.
struct Sorted {
    uint64_t* entries;
    int room;
    int size = 0;

    Sorted(std::vector<uint64_t>& memory, int room) : room(room) {
        if (memory.size() < static_cast<size_t>(room)) {
            memory.resize(room);
        }
        entries = memory.data();
    }

    // Where it stands now, or `room` where it has none.
    int offer(uint64_t e) {
        if (size == room) {
            if (room == 0 || e >= entries[size - 1]) {
                return room;
            }
            size--;
        }
        int at = static_cast<int>(std::lower_bound(entries, entries + size, e) - entries);
        std::memmove(entries + at + 1, entries + at, sizeof(uint64_t) * (size - at));
        entries[at] = e;
        size++;
        return at;
    }
};

inline void fetch(const Codes& codes, int32_t row) {
    const char* from = reinterpret_cast<const char*>(codes.row(row));
    for (size_t j = 0; j < codes.stride(); j += 64) {
        _mm_prefetch(from + j, _MM_HINT_T0);
    }
}

// The distances of rows to the query, four at a time, in their order: visit(row, distance).
template <class Visit>
inline void measure(const Codes& codes, const CodedQuery& query, const int32_t* rows, int n, Visit visit) {
    for (int i = 0; i < std::min(n, ROWS_AHEAD); i++) {
        fetch(codes, rows[i]);
    }
    const int8_t* x = query.bytes.data();
    const size_t stride = codes.stride();
    for (int i = 0; i < n; i += 4) {
        int some = std::min(4, n - i);
        for (int j = i + ROWS_AHEAD; j < std::min(n, i + ROWS_AHEAD + 4); j++) {
            fetch(codes, rows[j]);
        }
        const uint8_t* four[4];
        for (int j = 0; j < 4; j++) {
            four[j] = codes.row(rows[i + std::min(j, some - 1)]);
        }
        int32_t products[4];
        code_products(x, four, stride, products);
        for (int j = 0; j < some; j++) {
            visit(rows[i + j], codes.distance(query, rows[i + j], products[j]));
        }
    }
}

struct Links {
    const faiss::HNSW::storage_idx_t* begin;
    const faiss::HNSW::storage_idx_t* end;
};

inline Links links_of(const faiss::HNSW& graph, int32_t row, int layer) {
    size_t begin, end;
    graph.neighbor_range(row, layer, &begin, &end);
    const auto* all = graph.neighbors.data();
    return {all + begin, all + end};
}

void begin(Walk& walk, const faiss::HNSW& graph) {
    size_t rows = graph.levels.size();
    walk.number++;
    if (walk.number == 0 || walk.seen.size() < rows) {
        walk.seen.assign(std::max(rows, walk.seen.size()), 0);
        walk.number = 1;
    }
    size_t links = 0;
    for (int layer = 0; layer <= graph.max_level; layer++) {
        links = std::max(links, static_cast<size_t>(graph.nb_neighbors(layer)));
    }
    walk.fresh.resize(links);
}

// The nearest row that can be reached greedily above the lowest layer.
int32_t descend(const faiss::HNSW& graph, const Codes& codes, Walk& walk, float& distance) {
    int32_t nearest = graph.entry_point;
    distance = codes.distance(walk.query, nearest);
    for (int layer = graph.max_level; layer > 0; layer--) {
        int32_t before = -1;
        while (before != nearest) {
            before = nearest;
            Links links = links_of(graph, nearest, layer);
            auto end = std::find_if(links.begin, links.end, [](auto row) { return row < 0; });
            int n = static_cast<int>(end - links.begin);
            measure(codes, walk.query, links.begin, n, [&](int32_t row, float d) {
                if (d < distance) {
                    distance = d;
                    nearest = row;
                }
            });
        }
    }
    return nearest;
}

} // namespace

std::unique_ptr<Walk> Walks::take() {
    std::lock_guard<std::mutex> held(mutex_);
    if (idle_.empty()) {
        return std::make_unique<Walk>();
    }
    std::unique_ptr<Walk> walk = std::move(idle_.back());
    idle_.pop_back();
    return walk;
}

void Walks::give_back(std::unique_ptr<Walk> walk) {
    std::lock_guard<std::mutex> held(mutex_);
    idle_.push_back(std::move(walk));
}

LinkLocks::~LinkLocks() {
    for (omp_lock_t& lock : locks_) {
        omp_destroy_lock(&lock);
    }
}

std::vector<omp_lock_t>& LinkLocks::of(size_t rows) {
    size_t before = locks_.size();
    locks_.resize(std::max(before, rows));
    for (size_t i = before; i < locks_.size(); i++) {
        omp_init_lock(&locks_[i]);
    }
    return locks_;
}

void link_rows(faiss::IndexHNSW& index, const Codes& codes, LinkLocks& locks, int64_t first, int threads) {
    faiss::HNSW& graph = index.hnsw;
    graph.prepare_level_tab(index.ntotal - first, false);
    std::vector<omp_lock_t>& held = locks.of(index.ntotal);
    std::vector<std::pair<int, int>> order = linking_order(graph, first);
    Failure failure;
    size_t begin = 0;
    while (begin < order.size()) {
        int level = order[begin].first;
        size_t end = begin;
        while (end < order.size() && order[end].first == level) {
            end++;
        }
#pragma omp parallel num_threads(threads) if (end - begin > 100)
        {
            std::unique_ptr<Linker> linker;
            failure.guard([&] { linker = std::make_unique<Linker>(codes, index.ntotal); });
#pragma omp for schedule(dynamic, 16)
            for (size_t i = begin; i < end; i++) {
                failure.guard([&] {
                    linker->distances.set_row(order[i].second);
                    graph.add_with_locks(linker->distances, level, order[i].second, held, linker->visited);
                });
            }
        }
        failure.rethrow();
        begin = end;
    }
}

int walk_graph(
        const faiss::HNSW& graph, const Codes& codes, Walk& walk, const float* x, int width, int most,
        const Membership* membership, int64_t* rows) {
    if (graph.entry_point < 0) {
        return 0;
    }
    codes.code(x, walk.query);
    begin(walk, graph);
    Sorted nearest(walk.nearest, width);
    Sorted members(walk.members, membership ? most : 0);
    uint8_t* const seen = walk.seen.data();
    const uint8_t number = walk.number;
    int32_t* const fresh = walk.fresh.data();

    float distance;
    int32_t start = descend(graph, codes, walk, distance);
    seen[start] = number;
    nearest.offer(entry(distance, start));
    if (membership && membership->has(start)) {
        members.offer(entry(distance, start));
    }
    int next = 0; // all before have been left
    while (next < nearest.size) {
        uint64_t& left = nearest.entries[next];
        Links links = links_of(graph, row_of(left), 0);
        left |= 1;
        next++;
        int n = 0;
        for (const auto* link = links.begin; link < links.end && *link >= 0; link++) {
            int32_t row = *link;
            fresh[n] = row;
            n += seen[row] != number ? 1 : 0;
            seen[row] = number;
        }
        measure(codes, walk.query, fresh, n, [&](int32_t row, float d) {
            uint64_t e = entry(d, row);
            next = std::min(next, nearest.offer(e));
            if (membership && (members.size < members.room || e < members.entries[members.size - 1]) &&
                membership->has(row)) {
                members.offer(e);
            }
        });
        while (next < nearest.size && (nearest.entries[next] & 1)) {
            next++;
        }
        if (next < nearest.size) {
            const char* ahead = reinterpret_cast<const char*>(links_of(graph, row_of(nearest.entries[next]), 0).begin);
            _mm_prefetch(ahead, _MM_HINT_T0);
            _mm_prefetch(ahead + 64, _MM_HINT_T0);
        }
    }
    const Sorted& found = membership ? members : nearest;
    int n = std::min(found.size, most);
    for (int i = 0; i < n; i++) {
        rows[i] = row_of(found.entries[i]);
    }
    return n;
}

} // namespace ragd
