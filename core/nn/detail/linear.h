// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/detail/linear.h
/// y = x W' + b on whichever of LibTorch's matrix libraries is fastest: on the CPU in float32 oneDNN, which measures
/// 1.2 times MKL on AMD processors and equal to it on Intel's; anything else is torch's own.
#pragma once
#include "core/nn/detail/torch.h"

namespace espalier::nn::detail {

/// Differentiable. \param x [rows, in]  \param weight [out, in]  \param bias [out]
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

/// A layer whose weights no longer change, laid out for the processor: inference only, no gradients.
class FrozenLinear {
public:
    FrozenLinear() = default;
    FrozenLinear(const torch::Tensor& weight, const torch::Tensor& bias);
    torch::Tensor apply(const torch::Tensor& x) const;
    torch::Tensor applyGelu(const torch::Tensor& x) const;                             ///< gelu(apply(x)), erf form
    torch::Tensor applyAdd(const torch::Tensor& x, const torch::Tensor& other) const;  ///< apply(x) + other

private:
    torch::Tensor m_weight;
    torch::Tensor m_bias;
    bool m_packed = false;
};

}  // namespace espalier::nn::detail
