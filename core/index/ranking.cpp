// SPDX-License-Identifier: Apache-2.0
#include "core/index/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace espalier::index {
namespace {

/// NaN is no number to sort by: it counts as the smallest.
float sortable(float score) {
    return std::isnan(score) ? -std::numeric_limits<float>::infinity() : score;
}

}  // namespace

std::vector<std::int32_t> idOrder(std::span<const std::string> ids) {
    std::vector<std::int32_t> byId(ids.size());
    std::iota(byId.begin(), byId.end(), 0);
    std::sort(byId.begin(), byId.end(), [&](std::int32_t a, std::int32_t b) {
        return ids[static_cast<std::size_t>(a)] < ids[static_cast<std::size_t>(b)];
    });
    std::vector<std::int32_t> order(ids.size());
    for (std::size_t place = 0; place < byId.size(); ++place)
        order[static_cast<std::size_t>(byId[place])] = static_cast<std::int32_t>(place);
    return order;
}

std::vector<Hit> topK(std::span<const float> scores, const RowRanges& ranges, std::int64_t k,
                      std::span<const std::int32_t> order) {
    const auto place = [&](std::int64_t row) {
        return order.empty() ? row : static_cast<std::int64_t>(order[static_cast<std::size_t>(row)]);
    };
    const auto better = [&](const Hit& a, const Hit& b) {
        const float x = sortable(a.score);
        const float y = sortable(b.score);
        return x != y ? x > y : place(a.row) > place(b.row);
    };
    const RowRanges inside = ranges.clipped(static_cast<std::int64_t>(scores.size()));
    const auto wanted = static_cast<std::size_t>(std::clamp<std::int64_t>(k, 0, inside.rows()));
    std::vector<Hit> best;  // a heap with the worst of the best on top
    if (wanted == 0) return best;
    best.reserve(wanted);
    for (const RowRange& range : inside.ranges()) {
        for (std::int64_t row = range.begin; row < range.end; ++row) {
            const Hit hit{row, scores[static_cast<std::size_t>(row)]};
            if (best.size() < wanted) {
                best.push_back(hit);
                std::push_heap(best.begin(), best.end(), better);
            } else if (better(hit, best.front())) {
                std::pop_heap(best.begin(), best.end(), better);
                best.back() = hit;
                std::push_heap(best.begin(), best.end(), better);
            }
        }
    }
    std::sort_heap(best.begin(), best.end(), better);
    return best;
}

std::vector<std::int64_t> matchingRows(std::span<const float> scores, const RowRanges& ranges, MatchRule rule,
                                       std::span<const std::int32_t> order) {
    const std::int64_t most = rule == MatchRule::Best ? kDenseMatches : ranges.rows();
    std::vector<std::int64_t> rows;
    for (const Hit& hit : topK(scores, ranges, most, order)) {
        if (rule == MatchRule::Positive && !(hit.score > 0)) break;
        rows.push_back(hit.row);
    }
    return rows;
}

std::vector<std::int64_t> countByGroup(std::span<const std::int64_t> rows, std::span<const std::int64_t> offsets,
                                       std::span<const std::int32_t> groupOfRow, std::int64_t groups) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(groups), 0);
    for (const std::int64_t row : rows) {
        const auto begin = static_cast<std::size_t>(offsets[static_cast<std::size_t>(row)]);
        const auto end = static_cast<std::size_t>(offsets[static_cast<std::size_t>(row) + 1]);
        for (std::size_t i = begin; i < end; ++i) ++counts[static_cast<std::size_t>(groupOfRow[i])];
    }
    return counts;
}

}  // namespace espalier::index
