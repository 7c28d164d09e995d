// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/nnls.h
/// Nonnegative least squares for few unknowns: min ||x - W h||, h >= 0, from the normal equations.
/// Source: C. L. Lawson, R. J. Hanson, Solving Least Squares Problems (1974), algorithm NNLS.
#pragma once
#include <span>
#include <vector>

namespace espalier::nmf {

/// Scratch memory, so that many small problems need no allocation each. One per thread.
struct NnlsWorkspace {
    std::vector<double> factor, solution, gradient;
    std::vector<int> free;
    std::vector<char> barred;
};

/// \param gram  W'W, row-major k x k
/// \param rhs   W'x, k entries
/// \param h     k entries, overwritten with the answer
/// Directions that the columns before them already span are left out (h = 0 there).
void nnls(std::span<const double> gram, std::span<const double> rhs, std::span<double> h, NnlsWorkspace& workspace);

/// The same for one problem.
std::vector<double> nnls(std::span<const double> gram, std::span<const double> rhs);

}  // namespace espalier::nmf
