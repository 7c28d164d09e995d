// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/alignment.h
/// Which topic of one run is which topic of another: matching of columns over perturbations (method.md 5.1, 5.4).
///
/// Everything works on the matrix of cosines between all columns of all runs, so that the data are read once.
#pragma once
#include <span>
#include <vector>

#include "core/nmf/factors.h"

namespace espalier::nmf {

enum class Matching {
    Hungarian,  ///< largest total similarity (H. W. Kuhn 1955; O(k^3) shortest augmenting paths)
    Greedy,     ///< largest entry first, then its row and column are struck: what T-ELF does
};

/// Square similarity matrix, row-major n x n. Returns for each row its column. Ties go to the lower index.
std::vector<int> match(std::span<const double> similarity, int n, Matching how);

/// Cosines between the columns of `runs` matrices with k columns each, row-major (k runs) x (k runs); column j of run p
/// has place p * k + j. A zero column has cosine 0 with everything, itself included.
std::vector<double> columnCosines(std::span<const Factor* const> runs);

/// One permutation per run: column permutation[p][c] of run p belongs to cluster c. Clusters start as the columns of
/// run 0 and become the normalised means of their members until no permutation changes (at most 100 rounds).
std::vector<std::vector<int>> alignColumns(std::span<const double> cosines, int k, int runs, Matching how);

}  // namespace espalier::nmf
