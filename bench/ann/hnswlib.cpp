// hnswlib under the driver of bench/ann.py; the commands are those of AnnSession.java.
//
//   hnswlib BASE QUERIES DIMENSION FOLDER M EF-CONSTRUCTION

#include "vectors.h"

#include <hnswlib/hnswlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

namespace {

constexpr size_t K = 10;

using Clock = std::chrono::steady_clock;

long nanosSince(Clock::time_point start) {
    return long(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

void inParallel(unsigned count, const std::function<void(unsigned)>& work) {
    std::vector<std::thread> threads;
    for (unsigned t = 1; t < count; t++) threads.emplace_back(work, t);
    work(0);
    for (auto& thread : threads) thread.join();
}

}  // namespace

int main(int count, char** words) {
    if (count != 7) {
        std::cerr << "usage: hnswlib BASE QUERIES DIMENSION FOLDER M EF-CONSTRUCTION\n";
        return 64;
    }
    size_t dimension = std::stoul(words[3]);
    Vectors queries(words[2], dimension);
    hnswlib::InnerProductSpace space(dimension);
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> index;
    std::cout << "ready" << std::endl;

    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream in(line);
        std::string command;
        in >> command;
        if (command == "build") {
            Vectors base(words[1], dimension);
            auto start = Clock::now();
            index = std::make_unique<hnswlib::HierarchicalNSW<float>>(
                &space, base.count, std::stoul(words[5]), std::stoul(words[6]));
            index->addPoint(base.row(0), 0);
            std::atomic<size_t> next{1};
            inParallel(std::thread::hardware_concurrency(), [&](unsigned) {
                for (size_t i = next++; i < base.count; i = next++) index->addPoint(base.row(i), i);
            });
            long nanos = nanosSince(start);
            std::string file = std::string(words[4]) + "/index";
            index->saveIndex(file);
            std::cout << nanos << ' ' << std::filesystem::file_size(file) << std::endl;
        } else if (command == "ids") {
            size_t width;
            std::string path;
            in >> width >> path;
            index->setEf(width);
            std::vector<int> found(queries.count * K, -1);
            for (size_t q = 0; q < queries.count; q++) {
                auto hits = index->searchKnn(queries.row(q), K);
                for (size_t i = hits.size(); i-- > 0; hits.pop()) found[q * K + i] = int(hits.top().second);
            }
            FILE* file = std::fopen(path.c_str(), "wb");
            if (!file || std::fwrite(found.data(), sizeof(int), found.size(), file) != found.size()
                || std::fclose(file)) {
                std::perror(path.c_str());
                return 1;
            }
            std::cout << "written" << std::endl;
        } else if (command == "search") {
            unsigned threads;
            size_t width, total;
            in >> threads >> width >> total;
            index->setEf(width);
            auto start = Clock::now();
            inParallel(threads, [&](unsigned first) {
                size_t found[K];
                for (size_t q = first; q < total; q += threads) {
                    auto hits = index->searchKnn(queries.row(q % queries.count), K);
                    for (size_t i = hits.size(); i-- > 0; hits.pop()) found[i] = hits.top().second;
                    if (found[0] > index->max_elements_) std::abort();
                }
            });
            std::cout << nanosSince(start) << std::endl;
        } else {
            std::cerr << "unknown command: " << line << '\n';
            return 64;
        }
    }
    return 0;
}
