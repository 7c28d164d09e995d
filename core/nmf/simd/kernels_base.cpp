// SPDX-License-Identifier: Apache-2.0
// The instruction set every processor of the target has (SSE2 on x86-64, NEON on 64-bit ARM).
#if defined(__GNUC__)
#define ESPALIER_SIMD_FLOATS 8
#define ESPALIER_SIMD_DOUBLES 2
#include "core/nmf/simd/kernels_impl.h"

namespace espalier::nmf::simd {
const Kernels* baseKernels() {
    static constexpr Kernels kTable = makeTable("base");
    return &kTable;
}
}  // namespace espalier::nmf::simd
#else
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::simd {
const Kernels* baseKernels() {
    return nullptr;
}
}  // namespace espalier::nmf::simd
#endif
