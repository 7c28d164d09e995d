// SPDX-License-Identifier: Apache-2.0
// The level every processor has, and the choice between the levels.
#include <cstdlib>
#include <cstring>

#if defined(__GNUC__)
#define ESPALIER_LANES 4
#define ESPALIER_ROWS 6
#include "core/nn/simd/attention_vector.h"
#else
#include "core/nn/simd/attention_plain.h"
#endif

#include "core/nn/simd/attention_kernel_impl.h"

namespace espalier::nn::simd {
#ifdef ESPALIER_SIMD_X86
extern const AttentionKernels kAttentionAvx2;
extern const AttentionKernels kAttentionAvx512;
#endif

namespace {
const AttentionKernels kAttentionBase{"base", &scratchFloats, &attentionForward, &attentionBackward};

const AttentionKernels& choose() {
    if (const char* wanted = std::getenv("ESPALIER_SIMD")) {
        if (const AttentionKernels* kernels = attentionKernels(wanted)) return *kernels;
    }
    if (const AttentionKernels* kernels = attentionKernels("avx512")) return *kernels;
    if (const AttentionKernels* kernels = attentionKernels("avx2")) return *kernels;
    return kAttentionBase;
}
}  // namespace

const AttentionKernels* attentionKernels(const char* level) {
#ifdef ESPALIER_SIMD_X86
    if (std::strcmp(level, "avx512") == 0) {
        const bool there = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
        return there ? &kAttentionAvx512 : nullptr;
    }
    if (std::strcmp(level, "avx2") == 0) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &kAttentionAvx2 : nullptr;
    }
#endif
    return std::strcmp(level, "base") == 0 ? &kAttentionBase : nullptr;
}

const AttentionKernels& attentionKernels() {
    static const AttentionKernels& kernels = choose();
    return kernels;
}

}  // namespace espalier::nn::simd
