// A fixed random rotation of rows: distances and products stay what they are, but for rounding, and what was large in a
// few components is spread over at least half of them.
//
// Embeddings have components that outweigh the others, and codes of a byte a component (codes.h) then have steps too wide for
// the rest. After a rotation at random the components of most rows are about normally distributed.
//
// The rotation is made of signs and Walsh-Hadamard transforms (Ailon and Chazelle, "The fast Johnson-Lindenstrauss transform
// and approximate nearest neighbors", 2009), which take d log d additions and no memory: the first p components, p being the
// largest power of two that is not above d, get signs and are transformed, then the last p.
#pragma once

#include <cstddef>
#include <vector>

namespace ragd {

class Rotation {
  public:
    explicit Rotation(int d);

    // Rotates x, float[d], into out, float[d]: the same bits on every processor. Finite when the length of x is. Safe for use by
    // several threads.
    void apply(const float* x, float* out) const;

  private:
    const size_t d_;
    const size_t p_;
    std::vector<float> first_, last_; // p signs each, divided by the square root of p
};

} // namespace ragd
