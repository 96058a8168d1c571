// The distance kernels that FAISS calls most, for the processor at hand. See kernels.cpp.
#pragma once

namespace ragd {

enum SimdLevel { SIMD_OFF = 0, SIMD_AVX2 = 1, SIMD_AVX512 = 2 };

// The highest level that this processor and operating system run.
int simd_best();

// Redirects the kernels to a level and tells the one in force: a level that the processor lacks is lowered. Meant to be
// called once, when the library is loaded; calls during a search are harmless, the search may use both.
int simd_select(int level);

} // namespace ragd
