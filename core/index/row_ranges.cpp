// SPDX-License-Identifier: Apache-2.0
#include "core/index/row_ranges.h"

#include <algorithm>

namespace espalier::index {

void RowRanges::append(std::int64_t begin, std::int64_t end) {
    if (begin >= end) return;
    m_rows += end - begin;
    if (!m_ranges.empty() && m_ranges.back().end == begin) {
        m_ranges.back().end = end;
    } else {
        m_ranges.push_back({begin, end});
    }
}

RowRanges RowRanges::all(std::int64_t rows) {
    RowRanges ranges;
    ranges.append(0, rows);
    return ranges;
}

RowRanges RowRanges::fromRows(std::vector<std::int64_t> rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    RowRanges ranges;
    for (const std::int64_t row : rows) ranges.append(row, row + 1);
    return ranges;
}

RowRanges RowRanges::where(std::int64_t rows, const std::function<bool(std::int64_t)>& inside) {
    RowRanges ranges;
    for (std::int64_t row = 0; row < rows; ++row)
        if (inside(row)) ranges.append(row, row + 1);
    return ranges;
}

bool RowRanges::contains(std::int64_t row) const noexcept {
    const auto after = std::upper_bound(m_ranges.begin(), m_ranges.end(), row,
                                        [](std::int64_t r, const RowRange& range) { return r < range.begin; });
    return after != m_ranges.begin() && row < std::prev(after)->end;
}

RowRanges RowRanges::clipped(std::int64_t rowCount) const {
    RowRanges ranges;
    for (const RowRange& range : m_ranges) ranges.append(range.begin, std::min(range.end, rowCount));
    return ranges;
}

}  // namespace espalier::index
