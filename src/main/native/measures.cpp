// See measures.h.
//
// Each sum waits for its last addition, so rows are summed up side by side: AVX2 has four of them in a register, which needs
// their components transposed, and two registers at a time.

#include "measures.h"

#include <immintrin.h>

#include <atomic>
#include <cmath>
#include <vector>

#include "kernels.h"

#define AVX2 __attribute__((target("avx2,fma")))

namespace ragd {
namespace {

// The sums of a row: of what is asked for and, for a cosine, of its squares.
struct Sums {
    double* first;
    double* squares; // null when not asked for
};

template <bool differences>
inline double added(double sum, double x, double y) {
    return differences ? sum + (x - y) * (x - y) : sum + x * y;
}

template <bool differences, bool squares>
inline void add_rest(const float* y, int from, int d, const double* x, double& sum, double& square) {
    for (int j = from; j < d; j++) {
        double b = y[j];
        sum = added<differences>(sum, x[j], b);
        if (squares) {
            square += b * b;
        }
    }
}

template <bool differences, bool squares>
void sums_plain(const float* all, int d, const double* x, int64_t n, const int64_t* rows, Sums out) {
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const float *y0 = all + rows[i] * d, *y1 = all + rows[i + 1] * d;
        const float *y2 = all + rows[i + 2] * d, *y3 = all + rows[i + 3] * d;
        double s[4] = {}, q[4] = {};
        for (int j = 0; j < d; j++) {
            const double b[4] = {y0[j], y1[j], y2[j], y3[j]};
            for (int r = 0; r < 4; r++) {
                s[r] = added<differences>(s[r], x[j], b[r]);
                if (squares) {
                    q[r] += b[r] * b[r];
                }
            }
        }
        for (int r = 0; r < 4; r++) {
            out.first[i + r] = s[r];
            if (squares) {
                out.squares[i + r] = q[r];
            }
        }
    }
    for (; i < n; i++) {
        double s = 0, q = 0;
        add_rest<differences, squares>(all + rows[i] * d, 0, d, x, s, q);
        out.first[i] = s;
        if (squares) {
            out.squares[i] = q;
        }
    }
}

// A product of two floats is exact in double precision, so that a multiply-add rounds once, as an addition does. The square
// of a difference is not.
template <bool differences>
AVX2 inline __m256d added4(__m256d sum, double x, __m256d y) {
    __m256d a = _mm256_set1_pd(x);
    if (differences) {
        __m256d e = _mm256_sub_pd(a, y);
        return _mm256_add_pd(sum, _mm256_mul_pd(e, e));
    }
    return _mm256_fmadd_pd(a, y, sum);
}

// Sums of four rows, going on where they stand.
template <bool differences, bool squares>
struct Four {
    const float* y[4];
    __m256d sum, square;

    AVX2 void start(const float* all, int d, const int64_t* rows) {
        for (int r = 0; r < 4; r++) {
            y[r] = all + rows[r] * d;
        }
        sum = square = _mm256_setzero_pd();
    }

    // Components j to j + 3.
    AVX2 void add(const double* x, int j) {
        __m128 c0 = _mm_loadu_ps(y[0] + j), c1 = _mm_loadu_ps(y[1] + j);
        __m128 c2 = _mm_loadu_ps(y[2] + j), c3 = _mm_loadu_ps(y[3] + j);
        _MM_TRANSPOSE4_PS(c0, c1, c2, c3);
        add(x[j], _mm256_cvtps_pd(c0));
        add(x[j + 1], _mm256_cvtps_pd(c1));
        add(x[j + 2], _mm256_cvtps_pd(c2));
        add(x[j + 3], _mm256_cvtps_pd(c3));
    }

    AVX2 void add(double x, __m256d b) {
        sum = added4<differences>(sum, x, b);
        if (squares) {
            square = _mm256_fmadd_pd(b, b, square);
        }
    }

    AVX2 void finish(const double* x, int from, int d, double* first, double* second) const {
        double s[4], q[4];
        _mm256_storeu_pd(s, sum);
        _mm256_storeu_pd(q, square);
        for (int r = 0; r < 4; r++) {
            add_rest<differences, squares>(y[r], from, d, x, s[r], q[r]);
            first[r] = s[r];
            if (squares) {
                second[r] = q[r];
            }
        }
    }
};

template <bool differences, bool squares>
AVX2 void sums_avx2(const float* all, int d, const double* x, int64_t n, const int64_t* rows, Sums out) {
    for (int64_t i = 0; i < n; i += 8) {
        int64_t eight[8]; // the last row again where there are fewer
        for (int r = 0; r < 8; r++) {
            eight[r] = rows[i + r < n ? i + r : n - 1];
        }
        Four<differences, squares> a, b;
        a.start(all, d, eight);
        b.start(all, d, eight + 4);
        bool both = i + 4 < n;
        int j = 0;
        for (; j + 4 <= d; j += 4) {
            a.add(x, j);
            if (both) {
                b.add(x, j);
            }
        }
        double first[8], second[8];
        a.finish(x, j, d, first, second);
        b.finish(x, j, d, first + 4, second + 4);
        for (int r = 0; r < 8 && i + r < n; r++) {
            out.first[i + r] = first[r];
            if (squares) {
                out.squares[i + r] = second[r];
            }
        }
    }
}

using Function = void (*)(const float*, int, const double*, int64_t, const int64_t*, Sums);

const Function PLAIN[] = {sums_plain<false, false>, sums_plain<true, false>, sums_plain<false, true>};
const Function WITH_AVX2[] = {sums_avx2<false, false>, sums_avx2<true, false>, sums_avx2<false, true>};

std::atomic<const Function*> in_force{PLAIN};

} // namespace

void measure_select(int level) {
    in_force.store(level >= SIMD_AVX2 ? WITH_AVX2 : PLAIN, std::memory_order_relaxed);
}

void measure_rows(Measure which, const float* all, int d, const float* x, int64_t n, const int64_t* rows, double* out) {
    std::vector<double> query(x, x + d);
    std::vector<double> squares(which == COSINE ? n : 0);
    in_force.load(std::memory_order_relaxed)[which](all, d, query.data(), n, rows, Sums{out, squares.data()});
    if (which == COSINE) {
        double own = 0;
        for (double a : query) {
            own += a * a;
        }
        for (int64_t i = 0; i < n; i++) {
            out[i] = own == 0 || squares[i] == 0 ? 0 : out[i] / std::sqrt(own * squares[i]);
        }
    }
}

} // namespace ragd
