// SPDX-License-Identifier: Apache-2.0
#if defined(__GNUC__) && defined(__AVX512F__)
#define ESPALIER_DOT_LANES 16
#define ESPALIER_DOT_ROWS 4
#define ESPALIER_DOT_NAME avx512DotProducts
#include "core/base/simd/dot_kernels_impl.h"
#else
#include "core/base/simd/dot_kernels.h"
namespace espalier::simd {
DotProducts avx512DotProducts() noexcept {
    return nullptr;
}
}  // namespace espalier::simd
#endif
