// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/detail/document_sets.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/nmf/alignment.h"

namespace espalier::nmf::detail {
namespace {
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}
}  // namespace

SparseRows picked(const SparseRows& rows, const DocumentSet& which) {
    SparseRows some;
    some.cols = rows.cols;
    some.rows = static_cast<std::int64_t>(which.size());
    for (const auto row : which) {
        const auto columns = rows.rowColumns(row);
        const auto values = rows.rowValues(row);
        some.columns.insert(some.columns.end(), columns.begin(), columns.end());
        some.values.insert(some.values.end(), values.begin(), values.end());
        some.offsets.push_back(static_cast<std::int64_t>(some.columns.size()));
    }
    return some;
}

std::vector<float> meanOf(const SparseRows& x, const std::vector<std::int64_t>& rows) {
    std::vector<double> sum(at(x.cols), 0.0);
    for (const auto row : rows) {
        const auto columns = x.rowColumns(row);
        const auto values = x.rowValues(row);
        for (std::size_t i = 0; i < columns.size(); ++i) sum[at(columns[i])] += double{values[i]};
    }
    double square = 0;
    for (const double value : sum) square += value * value;
    const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
    std::vector<float> mean(sum.size());
    for (std::size_t t = 0; t < sum.size(); ++t) mean[t] = static_cast<float>(sum[t] * scale);
    return mean;
}

std::vector<int> pairUp(const std::vector<const DocumentSet*>& old, const std::vector<const DocumentSet*>& now,
                        double least) {
    const auto n = std::max(old.size(), now.size());
    std::vector<int> pairs(old.size(), -1);
    if (old.empty() || now.empty()) return pairs;
    std::vector<double> similarity(n * n, 0.0);
    for (std::size_t i = 0; i < old.size(); ++i) {
        for (std::size_t j = 0; j < now.size(); ++j) {
            DocumentSet both;
            std::set_intersection(old[i]->begin(), old[i]->end(), now[j]->begin(), now[j]->end(),
                                  std::back_inserter(both));
            const auto either = old[i]->size() + now[j]->size() - both.size();
            if (either > 0) similarity[i * n + j] = static_cast<double>(both.size()) / static_cast<double>(either);
        }
    }
    const auto matched = match(similarity, static_cast<int>(n), Matching::Hungarian);
    for (std::size_t i = 0; i < old.size(); ++i) {
        const auto j = at(matched[i]);
        if (j < now.size() && similarity[i * n + j] >= least) pairs[i] = static_cast<int>(j);
    }
    return pairs;
}

}  // namespace espalier::nmf::detail
