// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/detail/label_rows.h
/// What is factorised at one label, and the terms that tell its parts apart.
#pragma once
#include <cstdint>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/sparse_matrix.h"
#include "core/nmf/factors.h"

namespace espalier::nmf::detail {

struct LabelRows {
    std::vector<std::int32_t> terms;  ///< vocabulary index of each local term, ascending
    std::vector<float> idf;           ///< of the whole vocabulary
    SparseRows x;                     ///< documents x local terms, weighted, unit rows
};

/// Terms weighed by how many of the documents have them in `counts`; a term that none of them has is left out.
/// \param rows  what is factorised once weighed (buildHierarchy)
LabelRows weighRows(const SparseRows& counts, const SparseRows& rows, std::span<const std::int32_t> documents);
/// Rows of other documents under the weights of a label.
SparseRows weighedLike(const LabelRows& label, const SparseRows& rows, std::span<const std::int32_t> documents);

/// Per column of W its terms by w ln(w / mean over the columns), strongest first, all > 0.
/// \param w      local terms x parts, columns sum 1
/// \param taken  terms that are left out
std::vector<std::vector<std::pair<std::int32_t, float>>> strongestTerms(const Factor& w,
                                                                        std::span<const std::int32_t> terms,
                                                                        const std::unordered_set<std::int32_t>& taken,
                                                                        int count);

}  // namespace espalier::nmf::detail
