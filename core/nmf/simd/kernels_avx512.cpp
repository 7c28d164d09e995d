// SPDX-License-Identifier: Apache-2.0
// Compiled for AVX-512 (CMakeLists.txt); nothing of this file runs on a processor without it.
#if defined(__GNUC__) && defined(__AVX512F__) && defined(__AVX512VL__)
#define ESPALIER_SIMD_FLOATS 16
#define ESPALIER_SIMD_DOUBLES 8
#include "core/nmf/simd/kernels_impl.h"

namespace espalier::nmf::simd {
const Kernels* avx512Kernels() {
    static constexpr Kernels kTable = makeTable("avx512");
    return &kTable;
}
}  // namespace espalier::nmf::simd
#else
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::simd {
const Kernels* avx512Kernels() {
    return nullptr;
}
}  // namespace espalier::nmf::simd
#endif
