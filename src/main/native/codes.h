// Rows of floats as rows of bytes, to walk a graph by: a quarter of the memory, four times the components an instruction.
//
// Component x of a row becomes the integer c = round(x / scale). The scale is the row's own, its largest component divided
// by 127, so that rows of all lengths are kept equally well (symmetric scalar quantization). Rows and queries are rotated
// before that (rotation.h), which spreads out what is large in a few components. The product of two rows is about
// scale * scale' * sum(c * c'), and the sum is one of integers: the same on every processor.
//
// A row holds c + 128 as an unsigned byte, because the instruction made for this (VPDPBUSD) multiplies unsigned bytes with
// signed ones: sum((c + 128) * q) = sum(c * q) + 128 * sum(q), and the last is known once for a query.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rotation.h"

namespace ragd {

// sum(query[j] * row[j]) for four rows. n is a multiple of 64, query lies within [-127, 127].
void code_products(const int8_t* query, const uint8_t* const rows[4], size_t n, int32_t out[4]);

// The same for one row.
int32_t code_product(const int8_t* query, const uint8_t* row, size_t n);

// sum((a[j] - 128) * (b[j] - 128)) of two rows.
int32_t code_product_of_rows(const uint8_t* a, const uint8_t* b, size_t n);

// Chooses the instructions for a level of kernels.h; all give the same integers.
void code_select(int level);

// A query, or a row that others are compared with.
struct CodedQuery {
    std::vector<int8_t> bytes;  // zeros at the end, up to the stride
    std::vector<float> rotated; // room for the rotated query
    float scale = 0;
    float square = 0;  // squared length of what the bytes stand for
    int32_t shift = 0; // 128 * sum(bytes)
};

class Codes {
  public:
    // A product of more components may not fit into 32 bits, which would take 2^31 / (255 * 127) = 66,311 of them.
    static constexpr int MOST_COMPONENTS = 1 << 15;

    Codes(int d, bool l2) : d_(d), stride_(stride_of(d)), l2_(l2), rotation_(d) {}
    ~Codes();
    Codes(const Codes&) = delete;
    Codes& operator=(const Codes&) = delete;

    // Codes rows, float[n*d], and appends them. Not when mapped.
    void append(const float* x, size_t n, int threads);

    // Bytes in a file of n rows of d components: uint8[n][stride], float[n] scales, float[n] squared lengths.
    static size_t file_bytes(int d, size_t n) { return n * (stride_of(d) + 2 * sizeof(float)); }

    // Appends them to a file, after as many zeros as make its length a multiple of 64.
    void write(const char* file) const;

    // Takes n rows from a file, from a multiple of 64 on; there they stay when mapped.
    void read(const char* file, size_t from, size_t n, bool mapped);

    // Codes a query, float[d].
    void code(const float* x, CodedQuery& out) const;

    // A row as a query.
    void query_of(size_t row, CodedQuery& out) const;

    // About the squared distance or, for products, the negative product: smaller is nearer. Products of integers first, then
    // the same few operations on floats everywhere, so that every processor walks the same way.
    float distance(const CodedQuery& q, size_t row, int32_t product) const {
        float inner = scales_[row] * q.scale * static_cast<float>(product - q.shift);
        return l2_ ? squares_[row] + q.square - 2 * inner : -inner;
    }

    float distance(const CodedQuery& q, size_t row) const {
        return distance(q, row, code_product(q.bytes.data(), this->row(row), stride_));
    }

    size_t count() const { return count_; }
    size_t stride() const { return stride_; }
    const uint8_t* row(size_t i) const { return rows_ + i * stride_; }

    // About the distance of two rows, as distance() has it.
    float distance_of_rows(size_t i, size_t j) const {
        float inner = scales_[i] * scales_[j] * static_cast<float>(code_product_of_rows(row(i), row(j), stride_));
        return l2_ ? squares_[i] + squares_[j] - 2 * inner : -inner;
    }

    // False when a walk by codes would miss neighbours: more than one row in a hundred loses much, because a few of its
    // components outweigh the others by so much that these are as small as a step of the scale; or all rows point the same way,
    // so that rounding is large beside what distinguishes them.
    bool are_good() const { return good_; }

  private:
    static size_t stride_of(int d) { return (static_cast<size_t>(d) + 63) / 64 * 64; }
    void reserve(size_t rows);
    void encode(const float* rotated, size_t row);
    bool is_lossy(const float* x, const float* rotated, size_t row) const;
    void account(size_t row);
    bool judge() const;
    void release();

    const int d_;
    const size_t stride_;
    const bool l2_;
    const Rotation rotation_;
    size_t count_ = 0;
    size_t capacity_ = 0;
    const uint8_t* rows_ = nullptr;
    const float* scales_ = nullptr;
    const float* squares_ = nullptr;
    uint8_t* own_rows_ = nullptr; // what the three point to, unless they point into a mapped file
    std::vector<float> own_scales_, own_squares_;
    void* mapping_ = nullptr;
    size_t mapped_bytes_ = 0;
    // What are_good() is made of: rows that lose much, the sum of all rows, the sum of their squared lengths.
    size_t lossy_ = 0;
    std::vector<double> total_;
    double total_square_ = 0;
    bool good_ = true;
};

} // namespace ragd
