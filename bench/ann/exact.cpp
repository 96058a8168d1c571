// What the machine can do, and what is right.
//
//   exact truth BASE QUERIES DIMENSION K FILE    the neighbours of each query: a line of numbers of vectors, separated by spaces
//   exact stream MEGABYTES                       bytes per second that one core reads from a buffer, and all cores
//
// The truth is computed by comparing everything with everything, a block of queries at a time. A line holds every vector
// whose inner product is not less than that of the k-th, but for rounding: among equals any answer is right.

#include "vectors.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <thread>

namespace {

constexpr size_t BLOCK = 8;
constexpr float ROUNDING = 1e-6f;

float inner(const float* a, const float* b, size_t d) {
    float sum = 0;
    for (size_t i = 0; i < d; i++) sum += a[i] * b[i];
    return sum;
}

int truth(const Vectors& base, const Vectors& queries, size_t k, const char* path) {
    std::vector<std::vector<int>> lines(queries.count);
    std::atomic<size_t> next{0};
    auto work = [&] {
        std::vector<float> scores(BLOCK * base.count);
        std::vector<float> sorted(base.count);
        for (size_t first = next.fetch_add(BLOCK); first < queries.count; first = next.fetch_add(BLOCK)) {
            size_t n = std::min(BLOCK, queries.count - first);
            for (size_t v = 0; v < base.count; v++)
                for (size_t q = 0; q < n; q++)
                    scores[q * base.count + v] = inner(base.row(v), queries.row(first + q), base.dimension);
            for (size_t q = 0; q < n; q++) {
                const float* s = scores.data() + q * base.count;
                std::copy(s, s + base.count, sorted.begin());
                std::nth_element(sorted.begin(), sorted.begin() + (k - 1), sorted.end(), std::greater<float>());
                for (size_t v = 0; v < base.count; v++)
                    if (s[v] >= sorted[k - 1] - ROUNDING) lines[first + q].push_back(int(v));
            }
        }
    };
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < std::thread::hardware_concurrency(); t++) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
    FILE* file = std::fopen(path, "w");
    if (!file) {
        std::perror(path);
        return 1;
    }
    for (const auto& line : lines) {
        for (size_t i = 0; i < line.size(); i++) std::fprintf(file, i ? " %d" : "%d", line[i]);
        std::fputc('\n', file);
    }
    return std::fclose(file);
}

// Adds up a buffer with as many sums at once as keep the memory busy.
float read(const float* buffer, size_t n) {
    float sums[128] = {};
    for (size_t i = 0; i + 128 <= n; i += 128)
        for (size_t j = 0; j < 128; j++) sums[j] += buffer[i + j];
    float sum = 0;
    for (float s : sums) sum += s;
    return sum;
}

// The best of some rounds: other work on the machine only ever slows it.
double stream(std::vector<float>& buffer, unsigned count) {
    double best = 0;
    std::atomic<float> sink{0};
    for (int round = 0; round < 9; round++) {
        size_t share = buffer.size() / count;
        std::clock_t start = std::clock();
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < count; t++)
            threads.emplace_back([&, t] { sink = read(buffer.data() + t * share, share); });
        for (auto& thread : threads) thread.join();
        double seconds = double(std::clock() - start) / CLOCKS_PER_SEC / count; // of processors, as searches are measured
        best = std::max(best, share * count * sizeof(float) / seconds);
    }
    return best;
}

}  // namespace

int main(int count, char** words) {
    if (count == 7 && !std::strcmp(words[1], "truth")) {
        size_t dimension = std::stoul(words[4]);
        return truth(Vectors(words[2], dimension), Vectors(words[3], dimension), std::stoul(words[5]), words[6]);
    }
    if (count == 3 && !std::strcmp(words[1], "stream")) {
        std::vector<float> buffer(std::stoul(words[2]) * 1000000 / sizeof(float), 1.0f);
        std::printf("%.0f %.0f\n", stream(buffer, 1), stream(buffer, std::thread::hardware_concurrency()));
        return 0;
    }
    std::fputs("usage: exact truth BASE QUERIES DIMENSION K FILE | exact stream MEGABYTES\n", stderr);
    return 64;
}
