// SPDX-License-Identifier: Apache-2.0
// Compiled for AVX2 (CMakeLists.txt); nothing of this file runs on a processor without it.
#if defined(__GNUC__) && defined(__AVX2__) && defined(__FMA__)
#define ESPALIER_SIMD_FLOATS 8
#define ESPALIER_SIMD_DOUBLES 4
#include "core/nmf/simd/kernels_impl.h"

namespace espalier::nmf::simd {
const Kernels* avx2Kernels() {
    static constexpr Kernels kTable = makeTable("avx2");
    return &kTable;
}
}  // namespace espalier::nmf::simd
#else
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::simd {
const Kernels* avx2Kernels() {
    return nullptr;
}
}  // namespace espalier::nmf::simd
#endif
