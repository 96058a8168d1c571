// A file of vectors: float32, little-endian, one vector after the other.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

struct Vectors {
    std::vector<float> values;
    size_t dimension;
    size_t count;

    Vectors(const char* path, size_t dimension) : dimension(dimension) {
        FILE* file = std::fopen(path, "rb");
        if (!file) {
            std::perror(path);
            std::exit(1);
        }
        std::fseek(file, 0, SEEK_END);
        values.resize(size_t(std::ftell(file)) / sizeof(float));
        std::rewind(file);
        if (std::fread(values.data(), sizeof(float), values.size(), file) != values.size()) {
            std::perror(path);
            std::exit(1);
        }
        std::fclose(file);
        count = values.size() / dimension;
    }

    const float* row(size_t i) const { return values.data() + i * dimension; }
};
