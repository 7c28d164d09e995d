// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/simd/attention_kernels.h
/// Attention of one head over one sequence, float32, forward and backward, at the instruction level of this machine.
///
/// The same source is compiled once per level; every level gives the same value for any number of threads. The
/// environment variable ESPALIER_SIMD (base, avx2, avx512) forces a level.
#pragma once
#include <cstddef>
#include <cstdint>

namespace espalier::nn::simd {

/// One head of one sequence inside a packed [tokens, 3 * heads * headDim] matrix of queries, keys and values.
struct AttentionTask {
    const float* query = nullptr;  ///< first token's query of this head; keys and values of the same layout
    const float* key = nullptr;
    const float* value = nullptr;
    std::int64_t stride = 0;  ///< floats from one token to the next, in the three above
    int length = 0;           ///< tokens
    int headDim = 0;
    float scale = 1.0F;             ///< of the products query . key
    float dropout = 0.0F;           ///< probability that a share is set to 0, in [0, 1)
    std::uint64_t dropoutSeed = 0;  ///< equal in forward and backward
};

struct AttentionKernels {
    const char* name;  ///< "base", "avx2", "avx512"
    /// Floats of scratch memory (64-byte aligned) that one call needs.
    std::size_t (*scratchFloats)(int length, int headDim);
    /// out [length, headDim] with row stride outStride; logSums [length]: per query log of the sum of exp(score).
    /// logSums may be null.
    void (*forward)(const AttentionTask& task, float* out, std::int64_t outStride, float* logSums, float* scratch);
    /// Gradients of query, key and value (row stride task.stride, overwritten) from that of out.
    void (*backward)(const AttentionTask& task, const float* gradOut, std::int64_t gradOutStride, const float* logSums,
                     float* gradQuery, float* gradKey, float* gradValue, float* scratch);
};

/// The widest level that this processor has (or ESPALIER_SIMD asks for). Chosen once.
const AttentionKernels& attentionKernels();

/// Of one level, nullptr where this build or this processor does not have it: "base", "avx2", "avx512".
const AttentionKernels* attentionKernels(const char* level);

}  // namespace espalier::nn::simd
