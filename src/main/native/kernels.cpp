// Inner product and squared distance with AVX2 and AVX-512.
//
// A distribution builds FAISS for the oldest x86-64, where these functions use SSE. The library's file stays as it is: the
// linker's --wrap sends its calls here, and the table in force, chosen by what the processor can do, sends them on - to the
// library's own code (__real_...) when there is nothing better.
//
// Each kernel keeps several independent sums to hide the latency of the multiply-add; results differ from the library's by
// float rounding only.

#include "kernels.h"

#include "codes.h"
#include "measures.h"

#include <immintrin.h>

#include <atomic>
#include <cstddef>

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")))

extern "C" {
float __real__ZN5faiss18fvec_inner_productEPKfS1_m(const float*, const float*, size_t);
float __real__ZN5faiss10fvec_L2sqrEPKfS1_m(const float*, const float*, size_t);
float __real__ZN5faiss15fvec_norm_L2sqrEPKfm(const float*, size_t);
void __real__ZN5faiss26fvec_inner_product_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_(
        const float*, const float*, const float*, const float*, const float*, size_t, float&, float&, float&, float&);
void __real__ZN5faiss18fvec_L2sqr_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_(
        const float*, const float*, const float*, const float*, const float*, size_t, float&, float&, float&, float&);
}

namespace ragd {
namespace {

using Pair = float (*)(const float*, const float*, size_t);
using Norm = float (*)(const float*, size_t);
using Batch = void (*)(
        const float*, const float*, const float*, const float*, const float*, size_t, float&, float&, float&, float&);

struct Kernels {
    Pair inner_product;
    Pair l2sqr;
    Norm norm;
    Batch inner_product_4;
    Batch l2sqr_4;
};

// How two components enter the sum.
struct Product {
    AVX2 static __m256 add(__m256 sum, __m256 x, __m256 y) { return _mm256_fmadd_ps(x, y, sum); }
    AVX512 static __m512 add(__m512 sum, __m512 x, __m512 y) { return _mm512_fmadd_ps(x, y, sum); }
};

struct SquaredDifference {
    AVX2 static __m256 add(__m256 sum, __m256 x, __m256 y) {
        __m256 d = _mm256_sub_ps(x, y);
        return _mm256_fmadd_ps(d, d, sum);
    }
    AVX512 static __m512 add(__m512 sum, __m512 x, __m512 y) {
        __m512 d = _mm512_sub_ps(x, y);
        return _mm512_fmadd_ps(d, d, sum);
    }
};

// ---- AVX2: 8 floats at a time; the rest is read through a mask, as zeros beyond the end ------------------------------

AVX2 inline float sum8(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

AVX2 inline __m256i mask8(size_t rest) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(rest)), lanes);
}

template <class Op>
AVX2 float pair_avx2(const float* x, const float* y, size_t d) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 32 <= d; i += 32) {
        s0 = Op::add(s0, _mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i));
        s1 = Op::add(s1, _mm256_loadu_ps(x + i + 8), _mm256_loadu_ps(y + i + 8));
        s2 = Op::add(s2, _mm256_loadu_ps(x + i + 16), _mm256_loadu_ps(y + i + 16));
        s3 = Op::add(s3, _mm256_loadu_ps(x + i + 24), _mm256_loadu_ps(y + i + 24));
    }
    for (; i + 8 <= d; i += 8) {
        s0 = Op::add(s0, _mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i));
    }
    if (i < d) {
        __m256i mask = mask8(d - i);
        s1 = Op::add(s1, _mm256_maskload_ps(x + i, mask), _mm256_maskload_ps(y + i, mask));
    }
    return sum8(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));
}

template <class Op>
AVX2 void batch_avx2(
        const float* x, const float* y0, const float* y1, const float* y2, const float* y3, size_t d,
        float& r0, float& r1, float& r2, float& r3) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 8 <= d; i += 8) {
        __m256 v = _mm256_loadu_ps(x + i);
        s0 = Op::add(s0, v, _mm256_loadu_ps(y0 + i));
        s1 = Op::add(s1, v, _mm256_loadu_ps(y1 + i));
        s2 = Op::add(s2, v, _mm256_loadu_ps(y2 + i));
        s3 = Op::add(s3, v, _mm256_loadu_ps(y3 + i));
    }
    if (i < d) {
        __m256i mask = mask8(d - i);
        __m256 v = _mm256_maskload_ps(x + i, mask);
        s0 = Op::add(s0, v, _mm256_maskload_ps(y0 + i, mask));
        s1 = Op::add(s1, v, _mm256_maskload_ps(y1 + i, mask));
        s2 = Op::add(s2, v, _mm256_maskload_ps(y2 + i, mask));
        s3 = Op::add(s3, v, _mm256_maskload_ps(y3 + i, mask));
    }
    r0 = sum8(s0);
    r1 = sum8(s1);
    r2 = sum8(s2);
    r3 = sum8(s3);
}

AVX2 float norm_avx2(const float* x, size_t d) {
    return pair_avx2<Product>(x, x, d);
}

// ---- AVX-512: 16 floats at a time ------------------------------------------------------------------------------------

AVX512 inline __mmask16 mask16(size_t rest) {
    return static_cast<__mmask16>((1u << rest) - 1);
}

template <class Op>
AVX512 float pair_avx512(const float* x, const float* y, size_t d) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 64 <= d; i += 64) {
        s0 = Op::add(s0, _mm512_loadu_ps(x + i), _mm512_loadu_ps(y + i));
        s1 = Op::add(s1, _mm512_loadu_ps(x + i + 16), _mm512_loadu_ps(y + i + 16));
        s2 = Op::add(s2, _mm512_loadu_ps(x + i + 32), _mm512_loadu_ps(y + i + 32));
        s3 = Op::add(s3, _mm512_loadu_ps(x + i + 48), _mm512_loadu_ps(y + i + 48));
    }
    for (; i + 16 <= d; i += 16) {
        s0 = Op::add(s0, _mm512_loadu_ps(x + i), _mm512_loadu_ps(y + i));
    }
    if (i < d) {
        __mmask16 mask = mask16(d - i);
        s1 = Op::add(s1, _mm512_maskz_loadu_ps(mask, x + i), _mm512_maskz_loadu_ps(mask, y + i));
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));
}

template <class Op>
AVX512 void batch_avx512(
        const float* x, const float* y0, const float* y1, const float* y2, const float* y3, size_t d,
        float& r0, float& r1, float& r2, float& r3) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 16 <= d; i += 16) {
        __m512 v = _mm512_loadu_ps(x + i);
        s0 = Op::add(s0, v, _mm512_loadu_ps(y0 + i));
        s1 = Op::add(s1, v, _mm512_loadu_ps(y1 + i));
        s2 = Op::add(s2, v, _mm512_loadu_ps(y2 + i));
        s3 = Op::add(s3, v, _mm512_loadu_ps(y3 + i));
    }
    if (i < d) {
        __mmask16 mask = mask16(d - i);
        __m512 v = _mm512_maskz_loadu_ps(mask, x + i);
        s0 = Op::add(s0, v, _mm512_maskz_loadu_ps(mask, y0 + i));
        s1 = Op::add(s1, v, _mm512_maskz_loadu_ps(mask, y1 + i));
        s2 = Op::add(s2, v, _mm512_maskz_loadu_ps(mask, y2 + i));
        s3 = Op::add(s3, v, _mm512_maskz_loadu_ps(mask, y3 + i));
    }
    r0 = _mm512_reduce_add_ps(s0);
    r1 = _mm512_reduce_add_ps(s1);
    r2 = _mm512_reduce_add_ps(s2);
    r3 = _mm512_reduce_add_ps(s3);
}

AVX512 float norm_avx512(const float* x, size_t d) {
    return pair_avx512<Product>(x, x, d);
}

// ---- the choice ------------------------------------------------------------------------------------------------------

const Kernels LIBRARY = {
        __real__ZN5faiss18fvec_inner_productEPKfS1_m,
        __real__ZN5faiss10fvec_L2sqrEPKfS1_m,
        __real__ZN5faiss15fvec_norm_L2sqrEPKfm,
        __real__ZN5faiss26fvec_inner_product_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_,
        __real__ZN5faiss18fvec_L2sqr_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_,
};

const Kernels WITH_AVX2 = {
        pair_avx2<Product>,
        pair_avx2<SquaredDifference>,
        norm_avx2,
        batch_avx2<Product>,
        batch_avx2<SquaredDifference>,
};

const Kernels WITH_AVX512 = {
        pair_avx512<Product>,
        pair_avx512<SquaredDifference>,
        norm_avx512,
        batch_avx512<Product>,
        batch_avx512<SquaredDifference>,
};

// Read by every thread at every call: relaxed, which costs as much as an ordinary read.
std::atomic<const Kernels*> in_force{&LIBRARY};

inline const Kernels& kernels() {
    return *in_force.load(std::memory_order_relaxed);
}

} // namespace

int simd_best() {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
        return SIMD_AVX512;
    }
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? SIMD_AVX2 : SIMD_OFF;
}

int simd_select(int level) {
    int best = simd_best();
    int chosen = level < best ? level : best;
    in_force.store(
            chosen >= SIMD_AVX512     ? &WITH_AVX512
                    : chosen == SIMD_AVX2 ? &WITH_AVX2
                                          : &LIBRARY,
            std::memory_order_relaxed);
    code_select(chosen);
    measure_select(chosen);
    return chosen > SIMD_OFF ? chosen : SIMD_OFF;
}

} // namespace ragd

// ---- where the linker sends FAISS's calls ----------------------------------------------------------------------------

extern "C" {

float __wrap__ZN5faiss18fvec_inner_productEPKfS1_m(const float* x, const float* y, size_t d) {
    return ragd::kernels().inner_product(x, y, d);
}

float __wrap__ZN5faiss10fvec_L2sqrEPKfS1_m(const float* x, const float* y, size_t d) {
    return ragd::kernels().l2sqr(x, y, d);
}

float __wrap__ZN5faiss15fvec_norm_L2sqrEPKfm(const float* x, size_t d) {
    return ragd::kernels().norm(x, d);
}

void __wrap__ZN5faiss26fvec_inner_product_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_(
        const float* x, const float* y0, const float* y1, const float* y2, const float* y3, size_t d,
        float& r0, float& r1, float& r2, float& r3) {
    ragd::kernels().inner_product_4(x, y0, y1, y2, y3, d, r0, r1, r2, r3);
}

void __wrap__ZN5faiss18fvec_L2sqr_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_(
        const float* x, const float* y0, const float* y1, const float* y2, const float* y3, size_t d,
        float& r0, float& r1, float& r2, float& r3) {
    ragd::kernels().l2sqr_4(x, y0, y1, y2, y3, d, r0, r1, r2, r3);
}

} // extern "C"
