// FAISS's HNSW graph, built and walked by the codes of its rows instead of the rows themselves. The graph stays FAISS's own
// structure: FAISS could search the same index.
#pragma once

#include <faiss/IndexHNSW.h>
#include <omp.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include "codes.h"

namespace ragd {

// The first exception of several threads: none may leave a parallel region. After it nothing more is done.
class Failure {
  public:
    template <class Work>
    void guard(Work work) {
        if (failed_.load(std::memory_order_relaxed)) {
            return;
        }
        try {
            work();
        } catch (...) {
            if (!failed_.exchange(true)) {
                first_ = std::current_exception();
            }
        }
    }

    void rethrow() {
        if (failed_) {
            std::rethrow_exception(first_);
        }
    }

  private:
    std::atomic<bool> failed_{false};
    std::exception_ptr first_;
};

// Rows whose id has its bit set. Without ids a row is its own id.
struct Membership {
    const uint64_t* words;
    int64_t bits;
    const int32_t* ids;

    bool has(int64_t row) const {
        int64_t id = ids ? ids[row] : row;
        return id < bits && (words[id >> 6] >> (id & 63) & 1);
    }
};

// What a walk needs besides the graph; reused, because making it would take as long as a short walk.
struct Walk {
    CodedQuery query;
    std::vector<uint8_t> seen; // of each row the number of the last walk that met it
    uint8_t number = 0;
    std::vector<uint64_t> nearest;
    std::vector<uint64_t> members;
    std::vector<int32_t> fresh;
};

// Walks that nobody uses at the moment. Safe for use by several threads.
class Walks {
  public:
    std::unique_ptr<Walk> take();
    void give_back(std::unique_ptr<Walk> walk);

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Walk>> idle_;
};

// Locks of rows while links are added.
class LinkLocks {
  public:
    LinkLocks() = default;
    ~LinkLocks();
    LinkLocks(const LinkLocks&) = delete;
    LinkLocks& operator=(const LinkLocks&) = delete;
    std::vector<omp_lock_t>& of(size_t rows);

  private:
    std::vector<omp_lock_t> locks_;
};

// Links the rows from `first` on, which storage and codes have already.
void link_rows(faiss::IndexHNSW& index, const Codes& codes, LinkLocks& locks, int64_t first, int threads);

// The rows near to a query, best first by their codes: at most `most` of the `width` nearest that a walk meets or, with a
// membership, of all members that it meets. Returns how many.
//
// The walk is the one of Malkov and Yashunin, algorithm 5 ("Efficient and robust approximate nearest neighbor search using
// Hierarchical Navigable Small World graphs", 2016): greedy above the lowest layer; there it always goes on from the nearest
// row not yet left, until the width nearest rows have all been left. Rows that are no members are walked through.
int walk_graph(
        const faiss::HNSW& graph, const Codes& codes, Walk& walk, const float* x, int width, int most,
        const Membership* membership, int64_t* rows);

} // namespace ragd
