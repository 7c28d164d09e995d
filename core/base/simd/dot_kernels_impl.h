// SPDX-License-Identifier: Apache-2.0
/// \file core/base/simd/dot_kernels_impl.h
/// One source for every instruction set, on the vector extensions of GCC and Clang. Included once by each
/// dot_kernels_*.cpp, which defines ESPALIER_DOT_LANES (floats per register), ESPALIER_DOT_ROWS (rows of a in a block)
/// and ESPALIER_DOT_NAME. No function of the standard library may be instantiated here: the linker would be free to
/// take the copy that was compiled for a processor which is not there.
///
/// Every pair is summed in the same way whatever block it falls into: lane l takes the products at l, l + lanes, ...,
/// then halves of the register are added until one lane is left.
#pragma once
#include "core/base/simd/dot_kernels.h"

namespace espalier::simd {
namespace {

constexpr int kLanes = ESPALIER_DOT_LANES;
constexpr int kRows = ESPALIER_DOT_ROWS;
constexpr int kColumns = 4;
using Vector = float __attribute__((vector_size(kLanes * sizeof(float))));
using Unaligned = float __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));

inline Vector load(const float* from) {
    return *reinterpret_cast<const Unaligned*>(from);
}
inline Vector loadTail(const float* from, std::int64_t count) {
    Vector v = {};
    for (std::int64_t i = 0; i < count; ++i) v[i] = from[i];
    return v;
}
inline float sum(const Vector& v) {
    float lanes[kLanes];
    for (int i = 0; i < kLanes; ++i) lanes[i] = v[i];
    for (int half = kLanes / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    return lanes[0];
}

template <int M, int N>
inline void block(const float* a, const float* b, std::int64_t dim, float* out, std::int64_t outStride) {
    Vector sums[M][N] = {};
    std::int64_t k = 0;
    for (; k + kLanes <= dim; k += kLanes) {
        Vector left[M];
        for (int i = 0; i < M; ++i) left[i] = load(a + i * dim + k);
        for (int j = 0; j < N; ++j) {
            const Vector right = load(b + j * dim + k);
            for (int i = 0; i < M; ++i) sums[i][j] += left[i] * right;
        }
    }
    if (k < dim) {
        Vector left[M];
        for (int i = 0; i < M; ++i) left[i] = loadTail(a + i * dim + k, dim - k);
        for (int j = 0; j < N; ++j) {
            const Vector right = loadTail(b + j * dim + k, dim - k);
            for (int i = 0; i < M; ++i) sums[i][j] += left[i] * right;
        }
    }
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) out[i * outStride + j] = sum(sums[i][j]);
}

template <int M>
inline void stripe(const float* a, const float* b, std::int64_t bRows, std::int64_t dim, float* out,
                   std::int64_t outStride) {
    std::int64_t j = 0;
    for (; j + kColumns <= bRows; j += kColumns) block<M, kColumns>(a, b + j * dim, dim, out + j, outStride);
    for (; j < bRows; ++j) block<M, 1>(a, b + j * dim, dim, out + j, outStride);
}

void dotProductsHere(const float* a, std::int64_t aRows, const float* b, std::int64_t bRows, std::int64_t dim,
                     float* out, std::int64_t outStride) {
    std::int64_t i = 0;
    for (; i + kRows <= aRows; i += kRows) stripe<kRows>(a + i * dim, b, bRows, dim, out + i * outStride, outStride);
    for (; i < aRows; ++i) stripe<1>(a + i * dim, b, bRows, dim, out + i * outStride, outStride);
}

}  // namespace

DotProducts ESPALIER_DOT_NAME() noexcept {
    return dotProductsHere;
}

}  // namespace espalier::simd
