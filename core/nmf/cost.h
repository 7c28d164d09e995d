// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/cost.h
/// What growing a tree will cost, told before it starts: the work from the size of the corpus and the options, the time
/// from a short probe of this machine, the memory from what the engine holds at its widest point.
///
/// The probe grows the first level of a small sample of the documents with few perturbations. It tells what one unit of
/// work takes here and now (with this many threads, beside whatever else the machine does), and after how many numbers
/// of topics the search of this corpus ends. What it cannot know is how much of the corpus is split on below the first
/// level: that is assumed, and bounded by `low` (the first level alone) and `high` (every level searched by all).
#pragma once
#include <cstdint>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/nmf/hierarchy.h"

namespace espalier::nmf {

struct TreeCost {
    double work = 0, lowWork = 0, highWork = 0;  ///< Hierarchy::work
    double seconds = 0, low = 0, high = 0;       ///< growing and folding in
    std::int64_t peakBytes = 0;                  ///< at the widest point, beyond the arguments of buildHierarchy()
};

/// \param counts, rows  as for buildHierarchy(): of the corpus, or of a fair sample of it
/// \param documents     of the corpus, those with a word and those without
/// \retval InvalidArgument  as buildHierarchy()  \retval Cancelled
/// Takes about a second (a fifth of the build where that is shorter). Not deterministic: it measures.
Result<TreeCost> estimateTree(const SparseRows& counts, const SparseRows& rows, std::int64_t documents,
                              const HierarchyOptions& options, jobs::JobContext& context);

/// The part that needs no measuring: bytes the engine holds at its widest point.
/// \param nonZeros  of the rows  \param terms  of the vocabulary
std::int64_t peakBytesOfTree(std::int64_t documents, std::int64_t terms, std::int64_t nonZeros,
                             const HierarchyOptions& options);

}  // namespace espalier::nmf
