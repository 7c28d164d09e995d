// SPDX-License-Identifier: Apache-2.0
#include "core/base/rng.h"

#include <cmath>
#include <numbers>

namespace espalier {

double SplitMix64::normal() noexcept {
    const double u = 1.0 - uniform();  // (0, 1]: the logarithm stays finite
    const double v = uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

}  // namespace espalier
