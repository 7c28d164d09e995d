// SPDX-License-Identifier: Apache-2.0
#include "core/eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/contract.h"
#include "core/base/rng.h"

namespace espalier::eval {
namespace {

double mean(std::span<const double> values) {
    return values.empty() ? 0.0
                          : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Means of the replicates, in order.
std::vector<double> replicateMeans(std::span<const double> values, const BootstrapOptions& options) {
    std::vector<double> means;
    means.reserve(static_cast<std::size_t>(std::max(options.replicates, 0)));
    SplitMix64 random(options.seed);
    for (int replicate = 0; replicate < options.replicates; ++replicate) {
        double sum = 0;
        for (std::size_t draw = 0; draw < values.size(); ++draw) sum += values[random.below(values.size())];
        means.push_back(sum / static_cast<double>(values.size()));
    }
    return means;
}

void interval(std::vector<double> means, double alpha, double& low, double& high) {
    if (means.empty()) return;
    std::sort(means.begin(), means.end());
    low = quantile(means, alpha / 2);
    high = quantile(means, 1 - alpha / 2);
}

}  // namespace

double quantile(std::span<const double> sorted, double q) {
    ESPALIER_EXPECTS(!sorted.empty() && q >= 0 && q <= 1) {
        return 0.0;
    }
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(std::floor(at));
    const std::size_t high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

Interval bootstrapMean(std::span<const double> values, const BootstrapOptions& options) {
    Interval result;
    result.n = static_cast<std::int64_t>(values.size());
    if (values.empty()) return result;
    result.mean = result.low = result.high = mean(values);
    interval(replicateMeans(values, options), options.alpha, result.low, result.high);
    return result;
}

Difference bootstrapDifference(std::span<const double> a, std::span<const double> b, const BootstrapOptions& options) {
    Difference result;
    ESPALIER_EXPECTS(a.size() == b.size()) {
        return result;
    }
    result.n = static_cast<std::int64_t>(a.size());
    if (a.empty()) return result;
    result.a = mean(a);
    result.b = mean(b);
    result.delta = result.low = result.high = result.b - result.a;
    std::vector<double> deltas(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) deltas[i] = b[i] - a[i];
    const std::vector<double> means = replicateMeans(deltas, options);
    std::int64_t notAbove = 1;
    std::int64_t notBelow = 1;
    for (const double m : means) {
        if (m <= 0) ++notAbove;
        if (m >= 0) ++notBelow;
    }
    result.p =
        std::min(1.0, 2.0 * static_cast<double>(std::min(notAbove, notBelow)) / static_cast<double>(means.size() + 1));
    interval(means, options.alpha, result.low, result.high);
    return result;
}

std::vector<double> holm(std::span<const double> pValues) {
    std::vector<std::size_t> order(pValues.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return pValues[a] < pValues[b]; });
    std::vector<double> adjusted(pValues.size());
    double last = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        last = std::max(last, std::min(1.0, pValues[order[i]] * static_cast<double>(order.size() - i)));
        adjusted[order[i]] = last;
    }
    return adjusted;
}

}  // namespace espalier::eval
