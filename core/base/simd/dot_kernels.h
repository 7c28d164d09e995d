// SPDX-License-Identifier: Apache-2.0
/// \file core/base/simd/dot_kernels.h
/// One dot-product kernel per instruction set; core/base/dot_products.h chooses among them.
#pragma once
#include <cstdint>

namespace espalier::simd {

/// As espalier::dotProducts().
using DotProducts = void (*)(const float* a, std::int64_t aRows, const float* b, std::int64_t bRows, std::int64_t dim,
                             float* out, std::int64_t outStride);

/// Scalar loops: the twin the others are tested against, and what runs where the compiler has no vector types.
void plainDotProducts(const float* a, std::int64_t aRows, const float* b, std::int64_t bRows, std::int64_t dim,
                      float* out, std::int64_t outStride);
/// Null where this build does not have them; whether the processor does is asked elsewhere.
DotProducts baseDotProducts() noexcept;
DotProducts avx2DotProducts() noexcept;
DotProducts avx512DotProducts() noexcept;

struct DotChoice {
    const char* level;
    DotProducts kernel;
};
/// What a value of ESPALIER_SIMD (null: unset) leads to on this processor.
DotChoice chooseDotProducts(const char* wanted) noexcept;

}  // namespace espalier::simd
