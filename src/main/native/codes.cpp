// See codes.h.

#include "codes.h"

#include <fcntl.h>
#include <immintrin.h>
#include <omp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "kernels.h"

#define AVX2 __attribute__((target("avx2")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,avx2")))

namespace ragd {
namespace {

struct CodeKernels {
    void (*products)(const int8_t*, const uint8_t* const*, size_t, int32_t*);
    int32_t (*product)(const int8_t*, const uint8_t*, size_t);
    int32_t (*of_rows)(const uint8_t*, const uint8_t*, size_t);
};

// ---- for every processor ---------------------------------------------------------------------------------------------

int32_t product_plain(const int8_t* query, const uint8_t* row, size_t n) {
    int32_t sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += static_cast<int16_t>(query[j]) * static_cast<int16_t>(row[j]);
    }
    return sum;
}

void products_plain(const int8_t* query, const uint8_t* const* rows, size_t n, int32_t* out) {
    for (int i = 0; i < 4; i++) {
        out[i] = product_plain(query, rows[i], n);
    }
}

int32_t of_rows_plain(const uint8_t* a, const uint8_t* b, size_t n) {
    int32_t sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += static_cast<int16_t>(a[j] - 128) * static_cast<int16_t>(b[j] - 128);
    }
    return sum;
}

// ---- AVX2: 16 components at a time, widened to 16 bits ---------------------------------------------------------------

AVX2 inline __m256i unsigned16(const uint8_t* p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

AVX2 inline __m256i signed16(const int8_t* p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

AVX2 inline int32_t sum8(__m256i v) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

AVX2 int32_t product_avx2(const int8_t* query, const uint8_t* row, size_t n) {
    __m256i s0 = _mm256_setzero_si256(), s1 = s0;
    for (size_t j = 0; j < n; j += 32) {
        s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(signed16(query + j), unsigned16(row + j)));
        s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(signed16(query + j + 16), unsigned16(row + j + 16)));
    }
    return sum8(_mm256_add_epi32(s0, s1));
}

AVX2 void products_avx2(const int8_t* query, const uint8_t* const* rows, size_t n, int32_t* out) {
    const uint8_t *y0 = rows[0], *y1 = rows[1], *y2 = rows[2], *y3 = rows[3];
    __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
    for (size_t j = 0; j < n; j += 16) {
        __m256i x = signed16(query + j);
        s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(x, unsigned16(y0 + j)));
        s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(x, unsigned16(y1 + j)));
        s2 = _mm256_add_epi32(s2, _mm256_madd_epi16(x, unsigned16(y2 + j)));
        s3 = _mm256_add_epi32(s3, _mm256_madd_epi16(x, unsigned16(y3 + j)));
    }
    out[0] = sum8(s0);
    out[1] = sum8(s1);
    out[2] = sum8(s2);
    out[3] = sum8(s3);
}

AVX2 int32_t of_rows_avx2(const uint8_t* a, const uint8_t* b, size_t n) {
    const __m256i half = _mm256_set1_epi16(128);
    __m256i s = _mm256_setzero_si256();
    for (size_t j = 0; j < n; j += 16) {
        __m256i x = _mm256_sub_epi16(unsigned16(a + j), half), y = _mm256_sub_epi16(unsigned16(b + j), half);
        s = _mm256_add_epi32(s, _mm256_madd_epi16(x, y));
    }
    return sum8(s);
}

// ---- AVX-512 VNNI: 64 components an instruction ----------------------------------------------------------------------

VNNI inline __m512i bytes64(const void* p) {
    return _mm512_loadu_si512(p);
}

VNNI int32_t product_vnni(const int8_t* query, const uint8_t* row, size_t n) {
    __m512i s = _mm512_setzero_si512();
    for (size_t j = 0; j < n; j += 64) {
        s = _mm512_dpbusd_epi32(s, bytes64(row + j), bytes64(query + j));
    }
    return _mm512_reduce_add_epi32(s);
}

VNNI void products_vnni(const int8_t* query, const uint8_t* const* rows, size_t n, int32_t* out) {
    const uint8_t *y0 = rows[0], *y1 = rows[1], *y2 = rows[2], *y3 = rows[3];
    __m512i s0 = _mm512_setzero_si512(), s1 = s0, s2 = s0, s3 = s0;
    for (size_t j = 0; j < n; j += 64) {
        __m512i x = bytes64(query + j);
        s0 = _mm512_dpbusd_epi32(s0, bytes64(y0 + j), x);
        s1 = _mm512_dpbusd_epi32(s1, bytes64(y1 + j), x);
        s2 = _mm512_dpbusd_epi32(s2, bytes64(y2 + j), x);
        s3 = _mm512_dpbusd_epi32(s3, bytes64(y3 + j), x);
    }
    // Four sums of 16 become one of 4.
    __m512i low = _mm512_add_epi32(_mm512_unpacklo_epi32(s0, s1), _mm512_unpackhi_epi32(s0, s1));
    __m512i high = _mm512_add_epi32(_mm512_unpacklo_epi32(s2, s3), _mm512_unpackhi_epi32(s2, s3));
    __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(low, high), _mm512_unpackhi_epi64(low, high));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), four);
}

VNNI int32_t of_rows_vnni(const uint8_t* a, const uint8_t* b, size_t n) {
    const __m512i half = _mm512_set1_epi8(-128), halves = _mm512_set1_epi8(static_cast<char>(128));
    __m512i s = _mm512_setzero_si512(), shift = s;
    for (size_t j = 0; j < n; j += 64) {
        __m512i x = _mm512_xor_si512(bytes64(a + j), half); // less 128, as a signed byte
        s = _mm512_dpbusd_epi32(s, bytes64(b + j), x);
        shift = _mm512_dpbusd_epi32(shift, halves, x);
    }
    return _mm512_reduce_add_epi32(_mm512_sub_epi32(s, shift));
}

// ---- the choice ------------------------------------------------------------------------------------------------------

const CodeKernels PLAIN = {products_plain, product_plain, of_rows_plain};
const CodeKernels WITH_AVX2 = {products_avx2, product_avx2, of_rows_avx2};
const CodeKernels WITH_VNNI = {products_vnni, product_vnni, of_rows_vnni};

std::atomic<const CodeKernels*> in_force{&PLAIN};

inline const CodeKernels& kernels() {
    return *in_force.load(std::memory_order_relaxed);
}

// When codes are good, see Codes::are_good: the part of its length that a row may lose, the share of its components that may
// be as small as the steps of the scale, and the part of all squared lengths that is due to differences between rows.
constexpr double LARGEST_LOSS = 0.03;
constexpr double MOST_SMALL = 0.67;
constexpr double SMALLEST_SPREAD = 1.0 / 16;

// Outside of these, products of scales leave the range of floats.
constexpr float SMALLEST = 1e-16f, LARGEST = 1e18f;

constexpr size_t HUGE_PAGE = size_t(2) << 20;

[[noreturn]] void fail(const std::string& what, const char* file) {
    throw std::runtime_error(what + " " + file + ": " + std::strerror(errno));
}

float largest_of(const float* x, int d) {
    __m128 most = _mm_setzero_ps();
    const __m128 sign = _mm_set1_ps(-0.0f);
    int j = 0;
    for (; j + 4 <= d; j += 4) {
        most = _mm_max_ps(most, _mm_andnot_ps(sign, _mm_loadu_ps(x + j)));
    }
    float four[4];
    _mm_storeu_ps(four, most);
    float largest = std::max(std::max(four[0], four[1]), std::max(four[2], four[3]));
    for (; j < d; j++) {
        largest = std::max(largest, std::fabs(x[j]));
    }
    return largest;
}

// Rounds to nearest, ties to even.
__m128i rounded4(const float* x, __m128 inverse) {
    return _mm_cvtps_epi32(_mm_mul_ps(_mm_loadu_ps(x), inverse));
}

// Writes d bytes, and zeros up to the stride; returns the scale.
float quantize(const float* x, int d, size_t stride, int8_t* out) {
    float largest = largest_of(x, d);
    if (!(largest >= SMALLEST)) {
        std::memset(out, 0, stride);
        return 0;
    }
    float scale = largest / 127;
    const __m128 inverse = _mm_set1_ps(1 / scale);
    for (size_t j = 0; j < stride; j += 16) {
        float last[16] = {};
        const float* from = x + j;
        if (j + 16 > static_cast<size_t>(d)) {
            if (j < static_cast<size_t>(d)) {
                std::memcpy(last, from, sizeof(float) * (d - j));
            }
            from = last;
        }
        __m128i low = _mm_packs_epi32(rounded4(from, inverse), rounded4(from + 4, inverse));
        __m128i high = _mm_packs_epi32(rounded4(from + 8, inverse), rounded4(from + 12, inverse));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + j), _mm_packs_epi16(low, high));
    }
    return scale;
}

} // namespace

void code_select(int level) {
    bool vnni = level >= SIMD_AVX512 && __builtin_cpu_supports("avx512vnni");
    in_force.store(vnni ? &WITH_VNNI : level >= SIMD_AVX2 ? &WITH_AVX2 : &PLAIN, std::memory_order_relaxed);
}

void code_products(const int8_t* query, const uint8_t* const rows[4], size_t n, int32_t out[4]) {
    kernels().products(query, rows, n, out);
}

int32_t code_product(const int8_t* query, const uint8_t* row, size_t n) {
    return kernels().product(query, row, n);
}

int32_t code_product_of_rows(const uint8_t* a, const uint8_t* b, size_t n) {
    return kernels().of_rows(a, b, n);
}

// ---- rows ------------------------------------------------------------------------------------------------------------

Codes::~Codes() {
    release();
}

void Codes::release() {
    std::free(own_rows_);
    if (mapping_ != nullptr) {
        munmap(mapping_, mapped_bytes_);
    }
}

void Codes::reserve(size_t rows) {
    if (rows > capacity_) {
        size_t wanted = std::max(rows, capacity_ + capacity_ / 2);
        size_t bytes = wanted * stride_;
        // A walk jumps through all of them: large pages spare it most of the misses of the page tables.
        size_t alignment = bytes >= 4 * HUGE_PAGE ? HUGE_PAGE : 64;
        void* memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        if (alignment == HUGE_PAGE) {
            madvise(memory, bytes, MADV_HUGEPAGE);
        }
        if (count_ > 0) {
            std::memcpy(memory, own_rows_, count_ * stride_);
        }
        std::free(own_rows_);
        own_rows_ = static_cast<uint8_t*>(memory);
        capacity_ = wanted;
    }
    own_scales_.resize(rows);
    own_squares_.resize(rows);
    rows_ = own_rows_;
    scales_ = own_scales_.data();
    squares_ = own_squares_.data();
}

void Codes::append(const float* x, size_t n, int threads) {
    if (mapping_ != nullptr) {
        throw std::logic_error("the codes are mapped from a file");
    }
    reserve(count_ + n);
    const size_t before = count_, d = d_;
    std::vector<float> rooms(d * threads); // made here, as no exception may leave the parallel region
    size_t lossy = 0;
#pragma omp parallel for num_threads(threads) if (n > 100) reduction(+ : lossy)
    for (size_t i = 0; i < n; i++) {
        float* rotated = rooms.data() + d * omp_get_thread_num();
        rotation_.apply(x + i * d, rotated);
        encode(rotated, before + i);
        lossy += is_lossy(x + i * d, rotated, before + i) ? 1 : 0;
    }
    count_ += n;
    lossy_ += lossy;
    for (size_t i = before; i < count_; i++) {
        account(i);
    }
    good_ = judge();
}

// A row whose length is due to a few components keeps it, and may lose all the others: rotated back, each has an error of about
// a third of a step.
bool Codes::is_lossy(const float* x, const float* rotated, size_t i) const {
    const uint8_t* coded = row(i);
    float scale = scales_[i];
    double loss = 0, square = 0;
    int there = 0, small = 0;
    for (int j = 0; j < d_; j++) {
        float e = rotated[j] - scale * (coded[j] - 128);
        loss += static_cast<double>(e) * e;
        square += static_cast<double>(x[j]) * x[j];
        there += x[j] != 0 ? 1 : 0;
        small += x[j] != 0 && std::fabs(x[j]) <= 1.5f * scale ? 1 : 0;
    }
    return !(loss <= LARGEST_LOSS * LARGEST_LOSS * square) || small > MOST_SMALL * there || scale > LARGEST / 127;
}

void Codes::encode(const float* rotated, size_t row) {
    uint8_t* out = own_rows_ + row * stride_;
    own_scales_[row] = quantize(rotated, d_, stride_, reinterpret_cast<int8_t*>(out));
    for (size_t j = 0; j < stride_; j++) {
        out[j] ^= 0x80;
    }
    own_squares_[row] = own_scales_[row] * own_scales_[row] * static_cast<float>(of_rows_plain(out, out, stride_));
}

// What are_good() must know of a row.
void Codes::account(size_t i) {
    total_.resize(d_);
    const uint8_t* from = row(i);
    float scale = scales_[i];
    for (int j = 0; j < d_; j++) {
        total_[j] += scale * (from[j] - 128);
    }
    total_square_ += squares_[i];
}

bool Codes::judge() const {
    double square_of_mean = 0;
    double n = static_cast<double>(count_);
    for (double t : total_) {
        square_of_mean += t / n * (t / n);
    }
    double square = total_square_ / n;
    bool apart = count_ < 1000 || square - square_of_mean >= SMALLEST_SPREAD * square;
    return apart && lossy_ * 100 <= count_;
}

void Codes::code(const float* x, CodedQuery& out) const {
    out.bytes.resize(stride_);
    out.rotated.resize(d_);
    rotation_.apply(x, out.rotated.data());
    out.scale = quantize(out.rotated.data(), d_, stride_, out.bytes.data());
    int32_t sum = 0, square = 0;
    for (int8_t c : out.bytes) {
        sum += c;
        square += c * c;
    }
    out.shift = 128 * sum;
    out.square = out.scale * out.scale * static_cast<float>(square);
}

void Codes::query_of(size_t i, CodedQuery& out) const {
    out.bytes.resize(stride_);
    const uint8_t* from = row(i);
    int32_t sum = 0;
    for (size_t j = 0; j < stride_; j++) {
        out.bytes[j] = static_cast<int8_t>(from[j] ^ 0x80);
        sum += out.bytes[j];
    }
    out.shift = 128 * sum;
    out.scale = scales_[i];
    out.square = squares_[i];
}

// ---- files -----------------------------------------------------------------------------------------------------------

void Codes::write(const char* file) const {
    std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file, "ab"), std::fclose);
    if (!out || std::fseek(out.get(), 0, SEEK_END) != 0) {
        fail("cannot open", file);
    }
    const char zeros[64] = {};
    size_t padding = (64 - std::ftell(out.get()) % 64) % 64;
    bool done = std::fwrite(zeros, 1, padding, out.get()) == padding &&
            std::fwrite(rows_, stride_, count_, out.get()) == count_ &&
            std::fwrite(scales_, sizeof(float), count_, out.get()) == count_ &&
            std::fwrite(squares_, sizeof(float), count_, out.get()) == count_ && std::fflush(out.get()) == 0;
    if (!done || std::fclose(out.release()) != 0) {
        fail("cannot write", file);
    }
}

void Codes::read(const char* file, size_t from, size_t n, bool mapped) {
    int descriptor = open(file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        fail("cannot open", file);
    }
    struct stat facts;
    size_t bytes = file_bytes(d_, n);
    size_t start = from / 4096 * 4096;
    bool whole = fstat(descriptor, &facts) == 0 && from % 64 == 0 && from + bytes <= static_cast<size_t>(facts.st_size);
    void* memory = whole ? mmap(nullptr, from - start + bytes, PROT_READ, MAP_SHARED, descriptor, start) : MAP_FAILED;
    int reason = whole ? errno : EINVAL;
    close(descriptor);
    if (memory == MAP_FAILED) {
        errno = reason;
        fail("cannot read the codes of", file);
    }
    mapping_ = memory;
    mapped_bytes_ = from - start + bytes;
    const uint8_t* rows = static_cast<const uint8_t*>(memory) + (from - start);
    const float* scales = reinterpret_cast<const float*>(rows + n * stride_);
    if (mapped) {
        rows_ = rows;
        scales_ = scales;
        squares_ = scales + n;
        count_ = n;
        return;
    }
    reserve(n);
    std::memcpy(own_rows_, rows, n * stride_);
    std::copy(scales, scales + n, own_scales_.begin());
    std::copy(scales + n, scales + 2 * n, own_squares_.begin());
    munmap(mapping_, mapped_bytes_);
    mapping_ = nullptr;
    count_ = n;
    for (size_t i = 0; i < n; i++) {
        account(i);
    }
    good_ = judge();
}

} // namespace ragd
