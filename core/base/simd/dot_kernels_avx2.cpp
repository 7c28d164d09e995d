// SPDX-License-Identifier: Apache-2.0
#if defined(__GNUC__) && defined(__AVX2__)
#define ESPALIER_DOT_LANES 8
#define ESPALIER_DOT_ROWS 2
#define ESPALIER_DOT_NAME avx2DotProducts
#include "core/base/simd/dot_kernels_impl.h"
#else
#include "core/base/simd/dot_kernels.h"
namespace espalier::simd {
DotProducts avx2DotProducts() noexcept {
    return nullptr;
}
}  // namespace espalier::simd
#endif
