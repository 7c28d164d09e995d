// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/silhouette.h
/// How well the topics of several runs hold together: silhouettes with the angle as distance (method.md 5.1, 10.4).
#pragma once
#include <span>
#include <vector>

namespace espalier::nmf {

struct Silhouettes {
    std::vector<double> values;      ///< k x runs, row-major: cluster c, run p
    std::vector<double> perCluster;  ///< k means over the runs
    double min = 0;                  ///< over the clusters
    double mean = 0;
};

/// \param cosines      as columnCosines() gives them, (k runs) x (k runs)
/// \param permutations as alignColumns() gives them; the identity where empty
/// With k = 1 every value is 1. With one run a member has no other: its own distance counts as 0.
Silhouettes silhouettes(std::span<const double> cosines, int k, int runs,
                        std::span<const std::vector<int>> permutations = {});

}  // namespace espalier::nmf
