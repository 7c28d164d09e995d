// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/detail/branch_rows.h
/// Rows of some documents of a tree as its build saw them, for what grows in it later: splits, re-fits, assign.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/sparse_matrix.h"
#include "core/nmf/hierarchy.h"
#include "core/pipeline/semantic_rows.h"
#include "core/project/project.h"
#include "core/text/tfidf.h"

namespace espalier::pipeline::detail {

/// Term counts of documents, in the order of their keys.
Result<SparseRows> countsOf(project::Project& project, const text::TfidfModel& tfidf, std::span<const DocumentKey> keys,
                            jobs::JobContext& context);

/// The model that made the tree semantic, if its vectors are still there; else a warning says what that means.
Result<std::optional<project::ModelInfo>> lendersNow(project::Project& project, const SemanticSettings& settings,
                                                     jobs::JobContext& context);

struct BranchRows {
    std::vector<DocumentKey> keys;  ///< ascending text hash: the canonical order
    SparseRows counts;              ///< keys x vocabulary
    SparseRows rows;                ///< what is factorised (nmf::buildHierarchy): smoothed, or the counts
};

/// \param wanted    any order
/// \param semantic  how the rows are smoothed; none: words alone. Lenders are all documents with a vector: of a later
///                  document its neighbours may be later ones too, unlike in `assign`
Result<BranchRows> readBranchRows(project::Project& project, const text::TfidfModel& tfidf,
                                  const std::optional<SemanticSettings>& semantic,
                                  const std::vector<DocumentKey>& wanted, int threads, jobs::JobContext& context);
/// Some rows of a matrix, in the order of `picked`.
SparseRows pickRows(const SparseRows& rows, std::span<const std::int64_t> picked);

/// Deals mass out by the shares of a fold-in (nmf::FoldIn): mass under kSmallestSplitMass stays at node 0, what would
/// come to less than kSmallestShare climbs to the parent. Ascending node; sums to `mass`.
std::vector<std::pair<int, double>> dealOut(double mass, const std::vector<std::pair<int, float>>& shares,
                                            const nmf::Hierarchy& hierarchy);

}  // namespace espalier::pipeline::detail
