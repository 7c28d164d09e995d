// SPDX-License-Identifier: Apache-2.0
/// \file core/base/dot_products.h
/// Dot products of float rows with the widest vectors the processor has (core/base/simd).
///
/// The sum of a pair depends on the pair and the level alone: not on its place in a block, on the shape of the block,
/// on the order of the pair or on threads. So equal rows have equal scores, and dot(a, b) == dot(b, a).
/// Levels differ in the last bits. ESPALIER_SIMD=base|avx2|avx512 lowers the level (it never raises it above the
/// processor's). Thread-safe.
#pragma once
#include <cstdint>

namespace espalier {

/// "base", "avx2" or "avx512".
const char* dotProductLevel() noexcept;

float dot(const float* a, const float* b, std::int64_t dim) noexcept;

/// out[i * outStride + j] = a_i . b_j for i < aRows, j < bRows; rows are `dim` floats, contiguous; no alignment needed.
void dotProducts(const float* a, std::int64_t aRows, const float* b, std::int64_t bRows, std::int64_t dim, float* out,
                 std::int64_t outStride) noexcept;

}  // namespace espalier
