// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/detail/document_sets.h
/// Sets of documents as rows of a matrix: their rows, their mean, and which set goes on as which.
#pragma once
#include <cstdint>
#include <vector>

#include "core/base/sparse_matrix.h"

namespace espalier::nmf::detail {

using DocumentSet = std::vector<std::int32_t>;  ///< ascending

SparseRows picked(const SparseRows& rows, const DocumentSet& which);

/// Mean of some rows, length 1; all 0 where they have no word.
std::vector<float> meanOf(const SparseRows& x, const std::vector<std::int64_t>& rows);

/// Pairs of two families of sets that share the most documents of both (Jaccard, Hungarian), none below `least`: per
/// old set its new one, or -1.
std::vector<int> pairUp(const std::vector<const DocumentSet*>& old, const std::vector<const DocumentSet*>& now,
                        double least);

}  // namespace espalier::nmf::detail
