// Sums in double precision, one order of additions on every processor and in Java.
#pragma once

#include <cstdint>

namespace ragd {

enum Measure { PRODUCT = 0, SQUARED_DIFFERENCE = 1, COSINE = 2 };

// For each of n rows of `all`, float[][d], its measure with x. Components are added up one after the other, so that the same
// operations in Java give the same bits. A cosine with a row of zeros is 0.
void measure_rows(Measure which, const float* all, int d, const float* x, int64_t n, const int64_t* rows, double* out);

// Chooses the instructions for a level of kernels.h; all give the same bits.
void measure_select(int level);

} // namespace ragd
