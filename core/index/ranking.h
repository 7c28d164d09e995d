// SPDX-License-Identifier: Apache-2.0
/// \file core/index/ranking.h
/// From scores to hits: the best k of a branch, and which documents count as matches for the facets.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/index/row_ranges.h"

namespace espalier::index {

struct Hit {
    std::int64_t row = 0;
    float score = 0;
    friend bool operator==(const Hit&, const Hit&) = default;
};

/// Place of each row when all document ids are sorted by their bytes, ascending: what ties are broken by.
std::vector<std::int32_t> idOrder(std::span<const std::string> ids);

/// The best min(k, rows of `ranges`) rows, best first; equal scores by document id bytes descending, that is by larger
/// place. NaN ranks last. \param scores  one a row of the index \param order  of idOrder(); empty: rows are in
/// ascending id order already
std::vector<Hit> topK(std::span<const float> scores, const RowRanges& ranges, std::int64_t k,
                      std::span<const std::int32_t> order = {});

constexpr std::int64_t kDenseMatches = 1000;  ///< how many documents "match" where every document has a score

enum class MatchRule {
    Positive,  ///< words: score above 0
    Best,      ///< dense and hybrid: the best kDenseMatches
};
/// The rows that count as matches, best first, over `ranges` (facets: RowRanges::all).
std::vector<std::int64_t> matchingRows(std::span<const float> scores, const RowRanges& ranges, MatchRule rule,
                                       std::span<const std::int32_t> order = {});

/// Facet counts: for every group 0..groups-1 the number of `rows` r with group in groupsOfRow(r). A document counts
/// under each label of its path, so a row may have several groups.
/// \param offsets,groupOfRow  compressed rows: groups of row r are groupOfRow[offsets[r] .. offsets[r+1])
std::vector<std::int64_t> countByGroup(std::span<const std::int64_t> rows, std::span<const std::int64_t> offsets,
                                       std::span<const std::int32_t> groupOfRow, std::int64_t groups);

}  // namespace espalier::index
