// See rotation.h.

#include "rotation.h"

#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace ragd {
namespace {

size_t largest_power(size_t d) {
    size_t p = 1;
    while (p * 2 <= d) {
        p *= 2;
    }
    return p;
}

// The n-th output of SplitMix64 from seed 0, with the mixing function that Java's SplittableRandom has.
uint64_t splitmix64(uint64_t n) {
    uint64_t z = (n + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

// Files depend on these signs: they may never change.
std::vector<float> signs(size_t p, uint64_t round) {
    std::vector<float> out(p);
    float one = 1 / std::sqrt(static_cast<float>(p));
    for (size_t j = 0; j < p; j++) {
        out[j] = splitmix64(round << 32 | j / 64) >> j % 64 & 1 ? -one : one;
    }
    return out;
}

// (a, b, c, d) becomes (a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d).
inline __m128 transformed4(__m128 x) {
    const __m128 odd = _mm_castsi128_ps(_mm_set_epi32(INT32_MIN, 0, INT32_MIN, 0));
    const __m128 upper = _mm_castsi128_ps(_mm_set_epi32(INT32_MIN, INT32_MIN, 0, 0));
    x = _mm_add_ps(_mm_shuffle_ps(x, x, _MM_SHUFFLE(2, 3, 0, 1)), _mm_xor_ps(x, odd));
    return _mm_add_ps(_mm_shuffle_ps(x, x, _MM_SHUFFLE(1, 0, 3, 2)), _mm_xor_ps(x, upper));
}

// The Walsh-Hadamard transform of p floats, each multiplied by its sign before.
void transform(float* x, const float* sign, size_t p) {
    if (p < 4) {
        for (size_t j = 0; j < p; j++) {
            x[j] *= sign[j];
        }
        if (p == 2) {
            float a = x[0], b = x[1];
            x[0] = a + b;
            x[1] = a - b;
        }
        return;
    }
    for (size_t j = 0; j < p; j += 4) {
        _mm_storeu_ps(x + j, transformed4(_mm_mul_ps(_mm_loadu_ps(x + j), _mm_loadu_ps(sign + j))));
    }
    for (size_t half = 4; half < p; half *= 2) {
        for (size_t from = 0; from < p; from += 2 * half) {
            for (size_t j = from; j < from + half; j += 4) {
                __m128 a = _mm_loadu_ps(x + j), b = _mm_loadu_ps(x + j + half);
                _mm_storeu_ps(x + j, _mm_add_ps(a, b));
                _mm_storeu_ps(x + j + half, _mm_sub_ps(a, b));
            }
        }
    }
}

} // namespace

Rotation::Rotation(int d) : d_(d), p_(largest_power(d_)), first_(signs(p_, 0)), last_(signs(p_, 1)) {}

void Rotation::apply(const float* x, float* out) const {
    std::memcpy(out, x, sizeof(float) * d_);
    transform(out, first_.data(), p_);
    transform(out + (d_ - p_), last_.data(), p_);
}

} // namespace ragd
