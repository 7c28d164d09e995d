// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/nnls.h
/// Nonnegative least squares for few unknowns: min ||x - W h||, h >= 0, from the normal equations.
/// Source: C. L. Lawson, R. J. Hanson, Solving Least Squares Problems (1974), algorithm NNLS.
#pragma once
#include <span>
#include <vector>

namespace espalier::nmf {

/// \param gram  W'W, row-major k x k
/// \param rhs   W'x, k entries
/// Returns h. Directions that the columns before them already span are left out (h = 0 there).
std::vector<double> nnls(std::span<const double> gram, std::span<const double> rhs);

}  // namespace espalier::nmf
