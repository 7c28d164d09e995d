// SPDX-License-Identifier: Apache-2.0
/// \file core/eval/bootstrap.h
/// Percentile bootstrap over queries or documents (method.md 9.2, 10.8): how sure a mean or a difference is.
///
/// Index of a draw = floor(u * n) with u from SplitMix64; n draws a replicate, replicates in order; type-7 quantiles.
/// Pure functions, equal on every platform.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace espalier::eval {

struct BootstrapOptions {
    int replicates = 1000;
    double alpha = 0.05;
    std::uint64_t seed = 42;
};

struct Interval {
    double mean = 0, low = 0, high = 0;
    std::int64_t n = 0;  ///< 0: not applicable, the figures are 0; 1: zero width, to be flagged
};
Interval bootstrapMean(std::span<const double> values, const BootstrapOptions& options = {});

struct Difference {
    double a = 0, b = 0;       ///< means
    double delta = 0;          ///< b - a
    double low = 0, high = 0;  ///< of delta
    double p = 1;              ///< 2 min(#(d <= 0) + 1, #(d >= 0) + 1) / (B + 1), at most 1
    std::int64_t n = 0;
};
/// Paired: the same draws for both. \pre a.size() == b.size()
Difference bootstrapDifference(std::span<const double> a, std::span<const double> b,
                               const BootstrapOptions& options = {});

/// Type 7 (linear between order statistics). \pre sorted ascending, not empty, 0 <= q <= 1
double quantile(std::span<const double> sorted, double q);
/// Holm's step-down correction; the answer is in the order given, capped at 1.
std::vector<double> holm(std::span<const double> pValues);

}  // namespace espalier::eval
