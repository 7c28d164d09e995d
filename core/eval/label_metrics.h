// SPDX-License-Identifier: Apache-2.0
/// \file core/eval/label_metrics.h
/// How well vectors and trees agree with labels (method.md 9.2).
///
/// Inputs are plain: vectors [n x dim] of any length (cosine is meant throughout; zero rows have cosine 0 with
/// everything) and labels as integers, -1 = unknown: such documents are neither counted nor neighbours.
/// Everything is exact but for the sample of kLabelQueryLimit queries, and equal for any number of threads.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/jobs/job_context.h"

namespace espalier::eval {

using Labels = std::vector<std::int32_t>;  ///< one a document; any ids >= 0, or -1

constexpr std::int64_t kLabelQueryLimit = 20000;

struct LabelMetricsOptions {
    int k = 10;
    std::int64_t queryLimit = kLabelQueryLimit;  ///< over this many documents, a sample of that many against all
    std::uint64_t seed = 42;                     ///< of that sample
    int threads = 1;
};

/// One level. Values are absent where fewer than two documents (silhouette: two labels) can be compared.
struct LevelMetrics {
    int level = 0;
    std::int64_t n = 0;       ///< documents asked about
    std::int64_t labels = 0;  ///< different labels among all documents of the level
    /// Leave one out: the label with the largest sum of max(cosine, 0) over the k nearest labelled documents; ties by
    /// sum of cosines, then lower label id. Equally near neighbours: the lower row.
    std::optional<double> knnAccuracy;
    std::optional<double> purity;        ///< mean share of the k neighbours with the same label
    std::optional<double> purityChance;  ///< sum_c n_c (n_c - 1) / (n (n - 1))
    std::optional<double> silhouette;    ///< cosine distance; a label of one document gives 0
    std::vector<float> correct;          ///< 0 or 1 a document asked about: for the bootstrap
    std::vector<float> purities;         ///< beside it
};

struct HierarchicalScore {
    double precision = 0, recall = 0, f1 = 0;
};
struct HierarchicalScores {
    HierarchicalScore micro;  ///< counts summed over documents: the headline
    HierarchicalScore macro;  ///< means of precision and recall; f1 is the harmonic mean of those two
    double meanF1 = 0;        ///< mean of the documents' own F
    std::int64_t n = 0;       ///< pairs that are not both empty
};
/// A label path by ids, coarse first; an id stands for the label at its place in the tree.
using LabelPath = std::vector<std::int32_t>;
/// Ancestor-closed sets compared as path prefixes. Pairs that are both empty are skipped; 0/0 is 0.
/// \pre truth.size() == predicted.size()
HierarchicalScores hierarchicalScores(std::span<const LabelPath> truth, std::span<const LabelPath> predicted);

struct LabelReport {
    std::vector<LevelMetrics> levels;
    /// Paths predicted by a top-down vote of the same neighbours (those of level 0 that follow the chosen prefix; ends
    /// where the winner has less than half of their weight), against the true ones. Absent without a comparable
    /// document.
    std::optional<HierarchicalScores> hierarchical;
    bool sampled = false;
    std::string protocol;  ///< one sentence: leave one out, k, sample if any
};
/// \param labels  labels[l][d]: label of document d at level l, compared as path prefixes: equal ids at level l must
///                imply equal ids above (pathLabels() makes such ids). -1 at one level implies -1 at all deeper ones.
/// \retval InvalidArgument  sizes do not agree, k < 1, or a vector is not finite  \retval Cancelled
Result<LabelReport> evaluateLabels(const DenseRows& vectors, std::span<const Labels> labels,
                                   const LabelMetricsOptions& options, jobs::JobContext& context);

/// Ids of path prefixes: out[l][d] numbers the first l + 1 names of path d, in sorted order of the prefixes; -1 where
/// the path is shorter. Levels = the longest path.
std::vector<Labels> pathLabels(std::span<const std::vector<std::string>> paths);

// Agreement of two labellings; documents with -1 in either are skipped. Absent without a document in common.
/// Mutual information over the arithmetic mean of the entropies (two single-label sides: 1).
std::optional<double> normalizedMutualInformation(const Labels& a, const Labels& b);
/// Hubert & Arabie 1985 (two trivial equal partitions: 1).
std::optional<double> adjustedRandIndex(const Labels& a, const Labels& b);
/// Share of documents that have the commonest `truth` of their `clusters` label.
std::optional<double> clusterPurity(const Labels& clusters, const Labels& truth);

struct TreeAgreement {
    int level = 0;
    std::int64_t n = 0;
    std::optional<double> nmi, ari, purity;
    /// Micro hF of: true path to this level, against the commonest path (top down) of the document's tree label.
    std::optional<double> hf;
};
/// Tree labels against reference labels, for every level of the reference; the labels of the last level of the tree
/// stand for those below it.
std::vector<TreeAgreement> treeAgreement(std::span<const Labels> tree, std::span<const Labels> reference);

// T. Wang, P. Isola, "Understanding Contrastive Representation Learning through Alignment and Uniformity", 2020.
/// Mean squared distance of unit vectors over pairs that share a label; exact (closed form by label), no sample.
std::optional<double> alignment(const DenseRows& vectors, const Labels& labels);
/// ln of the mean of exp(-2 |z_i - z_j|^2) over i < j; over kLabelQueryLimit rows those of a fixed-seed sample of as
/// many.
std::optional<double> uniformity(const DenseRows& vectors, int threads = 1);

}  // namespace espalier::eval
