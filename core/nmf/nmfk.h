// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/nmfk.h
/// One split: the number of topics of a matrix by the stability of its factorisations (method.md 5).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/nmf/alignment.h"
#include "core/nmf/factors.h"
#include "core/nmf/nmf_solver.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::nmf {

/// How one factorisation comes to differ from the next.
enum class Resampler {
    UniformNoise,       ///< each nonzero times 1 - noise + 2 noise U, U uniform on [0, 1): what T-ELF does
    LeaveOut,           ///< without a random share of the documents (leftOut, at least one)
    DocumentBootstrap,  ///< as many documents drawn with replacement
    PoissonNoise,       ///< each nonzero x becomes u Poisson(x / u): counts as they might have come out (poissonUnit)
    RandomStart,        ///< the data as they are, W and H from random numbers instead of singular vectors
};
// Under LeaveOut and DocumentBootstrap, H is then fitted to all documents, so that its silhouettes compare the same
// ones.

/// How k is chosen from the stability table.
enum class KRule {
    /// k whose topics have the largest sum of topicMean - threshold, the smaller k of equals; none above 0: no
    /// split. As many topics as come out alike each time: one that does pays for itself, one that does not
    /// costs what it lacks. Unlike a bound on the least topic, one topic of odds and ends does not forbid a k that the
    /// others bear out, and on planted topics a needless one makes two unstable (figures in tests/bench/README.md).
    Surplus,
    Ours,  ///< method.md 5.4: largest k with min(wMin, hMin) >= threshold; none: no split
    Telf,  ///< method.md 5.2: threshold lowered to what W and H reach, then min of the two largest k
};
inline constexpr double kSameSurplus = 1e-6;  ///< KRule::Surplus: differences up to this are none

/// Which k are tried, and in which order. The bisecting ones walk the binary tree over the sorted k, the middle one its
/// root, as T-ELF's bst_pre, bst_in and bst_post do: a stable k makes every smaller one needless, one that is ruled out
/// (NmfkOptions::ruleOut) every larger one. One k is judged after the other, so that what is skipped depends on no
/// timing (in T-ELF it does, with threads).
enum class KSearch { Linear, BisectPre, BisectIn, BisectPost };

struct NmfkOptions {
    int kMin = 2;            ///< at least 1; k = 1 is stable by definition
    int kMax = 15;           ///< at least kMin and 2; cut to less than both sides of the matrix
    int perturbations = 10;  ///< at least 2
    double noise = 0.015;    ///< of UniformNoise, in [0, 1)
    double leftOut = 0.15;   ///< of LeaveOut, in (0, 1)
    int exactK = 0;          ///< not 0: this number alone is tried, and taken whatever its stability; at least 2
    double poissonUnit = 0;  ///< of PoissonNoise: what one count weighs; 0: the mean of the nonzeros. T-ELF: 1 (counts)
    double threshold = 0.8;  ///< of the silhouette, in (0, 1]
    int iterations = 300;
    double tolerance = 1e-4;  ///< SolverOptions::tolerance; 0: exactly `iterations`, as in T-ELF
    SolverKind solver = SolverKind::Hals;
    Matching matching = Matching::Hungarian;
    Resampler resampler = Resampler::LeaveOut;
    KRule rule = KRule::Surplus;
    KSearch search = KSearch::Linear;
    /// Bisecting: a k that is not stable (KRule::Surplus: without a surplus) and whose hMin is at most this rules out
    /// every larger k. 1: each does, right where stability only falls with k; T-ELF's pipeline: 0.1; -1: none.
    double ruleOut = 1;
    bool earlyStop = true;  ///< Linear: three k in a row with both minima below 0 end the search
    /// Ours where true. T-ELF leaves H in the order that each run gave it, starts from exact singular vectors, and
    /// lifts the zeros of a multiplicative solver's start to its floor instead of 1 % of the mean.
    bool permuteH = true;
    bool scatterStart = true;  ///< UniformNoise only: singular vectors from two passes, which differ from copy to copy
    bool fillStart = true;
    std::uint64_t seed = 42;
    int threads = 0;  ///< 0: all processors; does not change any bit of the result
};

/// What is known about one k.
struct StabilityPoint {
    int k = 0;
    double wMin = 0, wMean = 0;         ///< silhouettes of the topics over the perturbations: least and mean topic
    double hMin = 0, hMean = 0;         ///< the same of the topics as vectors over the documents
    double topicMean = 0;               ///< over the topics, of the lesser of its two silhouettes
    double stableShare = 0;             ///< of the topics whose W and H silhouettes both reach the threshold
    double threshold = 0;               ///< that one, as it was asked for
    bool chosen = false;                ///< this is the k of the split; of one table at most one point
    double errorMean = 0, errorSd = 0;  ///< relative error against the unperturbed matrix
};

struct NmfkResult {
    int k = 1;                              ///< 1: no stable split
    std::vector<StabilityPoint> stability;  ///< ascending k
    Factor w;                               ///< terms x k, columns sum 1; empty when k = 1
    Factor h;                               ///< documents x k, least squares against the unperturbed matrix
    double relativeError = 1;               ///< of (w, h)
    double rankOneError = 1;                ///< of the best factorisation with k = 1
};

/// k that a rule picks; 1 when none does. \param table  ascending k
int chooseK(std::span<const StabilityPoint> table, KRule rule, double threshold);

/// \param x  documents x terms, finite and >= 0; empty rows and columns are allowed and stay zero
/// \retval InvalidArgument  options out of range, or a value that is negative or not finite (the message names the row)
/// \retval Cancelled        within one solver iteration of the request
Result<NmfkResult> nmfk(const SparseRows& x, const NmfkOptions& options, jobs::JobContext& context);

}  // namespace espalier::nmf
