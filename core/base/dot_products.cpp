// SPDX-License-Identifier: Apache-2.0
#include "core/base/dot_products.h"

#include <cstdlib>
#include <string_view>

#include "core/base/simd/dot_kernels.h"

namespace espalier {
namespace simd {

void plainDotProducts(const float* a, std::int64_t aRows, const float* b, std::int64_t bRows, std::int64_t dim,
                      float* out, std::int64_t outStride) {
    for (std::int64_t i = 0; i < aRows; ++i) {
        for (std::int64_t j = 0; j < bRows; ++j) {
            float sum = 0;
            for (std::int64_t k = 0; k < dim; ++k) sum += a[i * dim + k] * b[j * dim + k];
            out[i * outStride + j] = sum;
        }
    }
}

DotChoice chooseDotProducts(const char* wanted) noexcept {
    const std::string_view name = wanted != nullptr ? wanted : "";
    bool avx2 = false;
    bool avx512 = false;
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
    avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    avx512 = avx2 && __builtin_cpu_supports("avx512f") != 0;
#endif
    avx2 = avx2 && name != "base" && avx2DotProducts() != nullptr;
    avx512 = avx512 && name != "base" && name != "avx2" && avx512DotProducts() != nullptr;
    if (avx512) return {"avx512", avx512DotProducts()};
    if (avx2) return {"avx2", avx2DotProducts()};
    return {"base", baseDotProducts() != nullptr ? baseDotProducts() : plainDotProducts};
}

}  // namespace simd

namespace {
const simd::DotChoice& choice() noexcept {
    static const simd::DotChoice kChoice = simd::chooseDotProducts(std::getenv("ESPALIER_SIMD"));
    return kChoice;
}
}  // namespace

const char* dotProductLevel() noexcept {
    return choice().level;
}

float dot(const float* a, const float* b, std::int64_t dim) noexcept {
    float out = 0;
    choice().kernel(a, 1, b, 1, dim, &out, 1);
    return out;
}

void dotProducts(const float* a, std::int64_t aRows, const float* b, std::int64_t bRows, std::int64_t dim, float* out,
                 std::int64_t outStride) noexcept {
    choice().kernel(a, aRows, b, bRows, dim, out, outStride);
}

}  // namespace espalier
