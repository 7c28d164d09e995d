// SPDX-License-Identifier: Apache-2.0
// Compiled with this level's flags (core/nn/CMakeLists.txt); empty where the compiler or the processor family has none.
#ifdef __AVX2__
#define ESPALIER_LANES 8
#define ESPALIER_ROWS 6
#include "core/nn/simd/attention_vector.h"

#include "core/nn/simd/attention_kernel_impl.h"  // needs Vec of the line above

namespace espalier::nn::simd {
extern const AttentionKernels kAttentionAvx2;
const AttentionKernels kAttentionAvx2{"avx2", &scratchFloats, &attentionForward, &attentionBackward};
}  // namespace espalier::nn::simd
#endif
