// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/nmf_solver.h
/// Nonnegative factorisation of one sparse matrix from a given start (method.md 4).
///
/// - Hals: A. Cichocki, A.-H. Phan, IEICE Trans. E92-A (2009), with several sweeps per product as in N. Gillis,
///   F. Glineur, Neural Computation 24 (2012), and extrapolation with restarts as in A. M. S. Ang, N. Gillis,
///   Neural Computation 31 (2019), algorithm 3. Deviation: where the objective would rise, the best pair so far is
///   taken up again, so that the objective after each iteration never rises.
/// - MultiplicativeFrobenius, MultiplicativeKl: D. D. Lee, H. S. Seung, NIPS 2000; H before W.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/result.h"
#include "core/nmf/factors.h"

namespace espalier::nmf {

enum class SolverKind { Hals, MultiplicativeFrobenius, MultiplicativeKl };

/// What an expert decided, as limits of a factorisation (Hals only). With it the objective that never rises is
///   ||X - H W'||^2 + sum over anchored columns c of lambda_c ||w_c - a_c||^2,
/// lambda_c = anchorWeight[c] times the sum of squares of column c of H at the start: at 1 an anchor weighs as much as
/// all documents of its label, whatever their number and scale.
struct SolverConstraints {
    Factor anchors;                    ///< a_c, terms x k; columns of weight 0 are not read
    std::vector<double> anchorWeight;  ///< k, >= 0; 0: the column is free
    std::vector<char> frozen;          ///< k; not 0: the column of W stays as it is, bit for bit
    struct Row {
        std::int64_t document = 0;
        std::vector<char> allowed;  ///< k; 0: the document has no weight in that column
        /// Empty, or k: from 0 on, that column holds this part of the document's mass; below 0: as it fits. Mass is
        /// weight times the sum of the column of W at the start, fixed from then on, so that the row stays linear and
        /// is solved exactly. Together at most 1; of columns that are not allowed they are not read.
        std::vector<double> shares{};
    };
    std::vector<Row> rows;  ///< ascending document, each once; others may be anywhere
};

struct SolverOptions {
    SolverKind kind = SolverKind::Hals;
    int maxIterations = 300;  ///< at least 1
    /// Stops when the objective fell by less than this share over the last 10 iterations; 0: never.
    double tolerance = 1e-4;
    int innerSweeps = 2;     ///< Hals: coordinate sweeps per product with X; 1 is textbook HALS
    int threads = 1;         ///< does not change any bit of the result
    bool keepTrace = false;  ///< fill SolverOutcome::trace (for KL this costs one more pass an iteration)
    const SolverConstraints* constraints = nullptr;  ///< must live as long as the call; none: free
    std::function<bool()> stop{};  ///< asked between iterations; true ends with what there is. May be empty.
};

struct SolverOutcome {
    int iterations = 0;
    bool converged = false;     ///< by the tolerance
    bool stopped = false;       ///< by SolverOptions::stop
    double objective = 0;       ///< squared Frobenius error, or generalised KL divergence
    std::vector<double> trace;  ///< objective after each iteration
};

/// Improves W (terms x k) and H (documents x k) in place; columns are not rescaled.
/// \pre shapes fit, X, W and H finite and >= 0 (multiplicative solvers lift entries below 1.2e-7 to that floor)
/// \retval InvalidArgument  shapes, options or constraints;  Numerical  the objective is not finite
Result<SolverOutcome> solve(const MatrixView& x, Factor& w, Factor& h, const SolverOptions& options);

/// Generalised Kullback-Leibler divergence sum x ln(x / (H W')) - x + (H W')_ij, float64.
double klDivergence(const SparseView& byDocument, const Factor& w, const Factor& h);

/// Name of the vector kernels in use: "base", "avx2" or "avx512" (the best the processor has, unless the environment
/// variable ESPALIER_SIMD names one), "plain" where the compiler has no vector types. Fixed at the first call.
const char* simdLevelName();

}  // namespace espalier::nmf
