// SPDX-License-Identifier: Apache-2.0
#include "core/nn/optimizer.h"

#include <algorithm>
#include <cmath>

#include "core/base/contract.h"

namespace espalier::nn {

AdamWStep adamWStep(const AdamWOptions& options, std::int64_t update, double learningRate, double weightDecay,
                    double gradientScale) {
    const auto t = static_cast<double>(update);
    AdamWStep step;
    step.gradientScale = static_cast<float>(gradientScale);
    step.keep = static_cast<float>(1.0 - learningRate * weightDecay);
    step.beta1 = static_cast<float>(options.beta1);
    step.beta2 = static_cast<float>(options.beta2);
    step.rate = static_cast<float>(learningRate / (1.0 - std::pow(options.beta1, t)));
    step.inverseRootBias2 = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(options.beta2, t)));
    step.epsilon = static_cast<float>(options.epsilon);
    return step;
}

void adamWUpdate(std::span<float> parameters, std::span<const float> gradients, std::span<float> firstMoments,
                 std::span<float> secondMoments, const AdamWStep& step) {
    const std::size_t n = parameters.size();
    ESPALIER_EXPECTS(gradients.size() == n && firstMoments.size() == n && secondMoments.size() == n) {
        return;
    }
    float* __restrict p = parameters.data();
    const float* __restrict gradient = gradients.data();
    float* __restrict m = firstMoments.data();
    float* __restrict v = secondMoments.data();
    const AdamWStep s = step;  // a local copy: the compiler knows that no store changes it
    for (std::size_t i = 0; i < n; ++i) {
        const float g = gradient[i] * s.gradientScale;
        const float first = s.beta1 * m[i] + (1.0F - s.beta1) * g;
        const float second = s.beta2 * v[i] + (1.0F - s.beta2) * g * g;
        m[i] = first;
        v[i] = second;
        p[i] = p[i] * s.keep - s.rate * first / (std::sqrt(second) * s.inverseRootBias2 + s.epsilon);
    }
}

double sumOfSquares(std::span<const float> values) {
    // Eight running sums: the loop is not held up by the latency of one addition.
    double sums[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= values.size(); i += 8)
        for (std::size_t k = 0; k < 8; ++k)
            sums[k] += static_cast<double>(values[i + k]) * static_cast<double>(values[i + k]);
    for (; i < values.size(); ++i) sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

double clipScale(double norm, double clipNorm) {
    return clipNorm > 0 ? std::min(1.0, clipNorm / (norm + 1e-6)) : 1.0;
}

}  // namespace espalier::nn
