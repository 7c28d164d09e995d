// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/randomized_svd.h
/// Leading singular triplets of a sparse matrix by a random sketch with power iterations.
/// Source: N. Halko, P.-G. Martinsson, J. A. Tropp, SIAM Review 53 (2011), algorithms 4.4 and 5.1.
#pragma once
#include <cstdint>
#include <vector>

#include "core/nmf/factors.h"

namespace espalier::nmf {

struct SvdOptions {
    int rank = 15;  ///< at least 1; fewer come back when the matrix has no more
    int oversample = 10;
    int powerIterations = 2;
    std::uint64_t seed = 0;
    int threads = 1;  ///< does not change any bit of the result
};

/// X = documents diag(singular) terms'.
struct Svd {
    Factor terms;                  ///< terms x r
    Factor documents;              ///< documents x r
    std::vector<double> singular;  ///< r values, descending, all > 0
};

/// Signs are fixed: the entry of largest magnitude in each column of `terms` (the first of equals) is positive.
Svd randomizedSvd(const MatrixView& x, const SvdOptions& options);

}  // namespace espalier::nmf
