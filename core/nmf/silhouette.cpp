// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/silhouette.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier::nmf {

Silhouettes silhouettes(std::span<const double> cosines, int k, int runs,
                        std::span<const std::vector<int>> permutations) {
    const auto clusters = static_cast<std::size_t>(k);
    const auto members = static_cast<std::size_t>(runs);
    const std::size_t count = clusters * members;
    Silhouettes result;
    result.values.assign(count, 1.0);
    result.perCluster.assign(clusters, 1.0);
    result.min = result.mean = 1;
    if (k <= 1) return result;

    const auto place = [&](std::size_t cluster, std::size_t run) {
        const std::size_t column =
            permutations.empty() ? cluster : static_cast<std::size_t>(permutations[run][cluster]);
        return run * clusters + column;
    };
    constexpr double kLeast = std::numeric_limits<double>::epsilon();
    std::vector<double> distance(clusters);
    for (std::size_t c = 0; c < clusters; ++c) {
        double total = 0;
        for (std::size_t p = 0; p < members; ++p) {
            const double* row = cosines.data() + place(c, p) * count;
            std::fill(distance.begin(), distance.end(), 0.0);
            for (std::size_t other = 0; other < clusters; ++other) {
                for (std::size_t q = 0; q < members; ++q) {
                    if (other == c && q == p) continue;
                    distance[other] += std::acos(std::clamp(row[place(other, q)], -1.0, 1.0));
                }
            }
            const double within = members > 1 ? distance[c] / static_cast<double>(members - 1) : 0.0;
            double nearest = std::numeric_limits<double>::infinity();
            for (std::size_t other = 0; other < clusters; ++other) {
                if (other != c) nearest = std::min(nearest, distance[other] / static_cast<double>(members));
            }
            const double a = std::max(within, kLeast);
            const double b = std::max(nearest, kLeast);
            const double value = (b - a) / std::max(a, b);
            result.values[c * members + p] = value;
            total += value;
        }
        result.perCluster[c] = total / static_cast<double>(members);
    }
    result.min = *std::min_element(result.perCluster.begin(), result.perCluster.end());
    result.mean = 0;
    for (const double value : result.perCluster) result.mean += value / static_cast<double>(k);
    return result;
}

}  // namespace espalier::nmf
