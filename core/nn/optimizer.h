// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/optimizer.h
/// AdamW as one pass over memory: clipping, weight decay, both moments and the update of a parameter in one loop (the
/// separate passes of torch::optim::AdamW and clip_grad_norm_ take more than twice the time).
///
/// Source: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019; the same arithmetic as
/// torch.optim.AdamW:  p <- p (1 - rate decay);  m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;
/// p <- p - rate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps), with g the clipped gradient.
/// Pure functions; elements are independent of each other, so any division over threads gives equal bits.
#pragma once
#include <cstdint>
#include <span>

namespace espalier::nn {

struct AdamWOptions {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
};

/// Factors of one update, the same for all elements of a parameter.
struct AdamWStep {
    float gradientScale = 1;  ///< clipping
    float keep = 1;           ///< 1 - rate * decay
    float beta1 = 0.9F;
    float beta2 = 0.999F;
    float rate = 0;              ///< rate / (1 - beta1^t)
    float inverseRootBias2 = 1;  ///< 1 / sqrt(1 - beta2^t)
    float epsilon = 1e-8F;
};

/// \param update  number of this update, 1 for the first
AdamWStep adamWStep(const AdamWOptions& options, std::int64_t update, double learningRate, double weightDecay,
                    double gradientScale);

/// \pre all spans of the same size
void adamWUpdate(std::span<float> parameters, std::span<const float> gradients, std::span<float> firstMoments,
                 std::span<float> secondMoments, const AdamWStep& step);

/// Sum of squares in double; not finite where an entry is not.
double sumOfSquares(std::span<const float> values);

/// Factor that brings a gradient of this norm down to `clipNorm` (0 = no clipping): min(1, clip / (norm + 1e-6)).
double clipScale(double norm, double clipNorm);

}  // namespace espalier::nn
