// SPDX-License-Identifier: Apache-2.0
/// \file core/index/row_ranges.h
/// A set of rows as sorted, disjoint, non-touching ranges: what a branch of the tree is to an index.
///
/// Vectors are never moved by an edit of the tree; only these ranges are computed anew.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace espalier::index {

struct RowRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;  ///< one past the last row
    friend bool operator==(const RowRange&, const RowRange&) = default;
};

class RowRanges {
public:
    RowRanges() = default;
    /// Rows 0..rows-1.
    static RowRanges all(std::int64_t rows);
    /// Any order, duplicates allowed.
    static RowRanges fromRows(std::vector<std::int64_t> rows);
    /// The rows of 0..rows-1 that `inside` accepts: a branch, given the hard label of each row.
    static RowRanges where(std::int64_t rows, const std::function<bool(std::int64_t row)>& inside);

    std::span<const RowRange> ranges() const noexcept { return m_ranges; }
    std::int64_t rows() const noexcept { return m_rows; }  ///< number of rows in the set
    bool empty() const noexcept { return m_rows == 0; }
    bool contains(std::int64_t row) const noexcept;
    /// The part below `rowCount`.
    RowRanges clipped(std::int64_t rowCount) const;
    friend bool operator==(const RowRanges&, const RowRanges&) = default;

private:
    void append(std::int64_t begin, std::int64_t end);
    std::vector<RowRange> m_ranges;
    std::int64_t m_rows = 0;
};

}  // namespace espalier::index
