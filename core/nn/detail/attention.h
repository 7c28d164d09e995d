// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/detail/attention.h
/// Multi-head self-attention over packed sequences of different lengths: each token attends to its own sequence.
#pragma once
#include <cstdint>
#include <vector>

#include "core/nn/detail/torch.h"

namespace espalier::nn::detail {

/// Differentiable. softmax(q k' / sqrt(d)) v per sequence and head. On the CPU in float32 by our own kernels (no
/// padding; equal for any number of threads); elsewhere, and in double, padded through LibTorch.
/// \param qkv      [tokens, 3 * width]: queries, keys, values of all heads side by side
/// \param offsets  first token of each sequence, and the number of tokens at the end
/// \param heads    divides width
/// \param dropout  probability in [0, 1); drawn from LibTorch's CPU generator
/// \returns [tokens, width]
torch::Tensor attention(const torch::Tensor& qkv, const std::vector<std::int32_t>& offsets, int heads, double dropout);

/// The padded way, for any device and type: what the packed one is tested against.
torch::Tensor paddedAttention(const torch::Tensor& qkv, const std::vector<std::int32_t>& offsets, int heads,
                              double dropout);

}  // namespace espalier::nn::detail
