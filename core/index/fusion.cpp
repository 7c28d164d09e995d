// SPDX-License-Identifier: Apache-2.0
#include "core/index/fusion.h"

#include <cmath>

#include "core/base/contract.h"

namespace espalier::index {
namespace {

struct Moments {
    double mean = 0;
    double deviation = 0;
};

Moments momentsOf(std::span<const float> scores) {
    Moments moments;
    if (scores.empty()) return moments;
    for (const float score : scores) moments.mean += static_cast<double>(score);
    moments.mean /= static_cast<double>(scores.size());
    double squares = 0;
    for (const float score : scores) {
        const double distance = static_cast<double>(score) - moments.mean;
        squares += distance * distance;
    }
    moments.deviation = std::sqrt(squares / static_cast<double>(scores.size()));
    return moments;
}

/// Rounding leaves a tiny deviation where every score is equal: that is no scale to divide by.
double scaleOf(const Moments& moments) {
    return moments.deviation > 1e-9 * std::abs(moments.mean) && moments.deviation > 0 ? 1.0 / moments.deviation : 0.0;
}

}  // namespace

std::vector<float> standardised(std::span<const float> scores) {
    const Moments moments = momentsOf(scores);
    const double scale = scaleOf(moments);
    std::vector<float> out;
    out.reserve(scores.size());
    for (const float score : scores)
        out.push_back(static_cast<float>((static_cast<double>(score) - moments.mean) * scale));
    return out;
}

std::vector<float> fused(std::span<const float> a, std::span<const float> b, double share) {
    ESPALIER_EXPECTS(a.size() == b.size() && share >= 0 && share <= 1) {
        return standardised(a);
    }
    const Moments ma = momentsOf(a);
    const Moments mb = momentsOf(b);
    const double scaleA = share * scaleOf(ma);
    const double scaleB = (1 - share) * scaleOf(mb);
    std::vector<float> out;
    out.reserve(a.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        out.push_back(static_cast<float>((static_cast<double>(a[i]) - ma.mean) * scaleA +
                                         (static_cast<double>(b[i]) - mb.mean) * scaleB));
    return out;
}

}  // namespace espalier::index
