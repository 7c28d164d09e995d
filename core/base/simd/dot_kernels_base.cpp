// SPDX-License-Identifier: Apache-2.0
#if defined(__GNUC__)
#define ESPALIER_DOT_LANES 4
#define ESPALIER_DOT_ROWS 2
#define ESPALIER_DOT_NAME baseDotProducts
#include "core/base/simd/dot_kernels_impl.h"
#else
#include "core/base/simd/dot_kernels.h"
namespace espalier::simd {
DotProducts baseDotProducts() noexcept {
    return nullptr;
}
}  // namespace espalier::simd
#endif
