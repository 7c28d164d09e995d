// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/detail/label_rows.h"

#include <algorithm>
#include <cmath>

namespace espalier::nmf::detail {
namespace {

SparseRows weighed(const SparseRows& rows, std::span<const std::int32_t> documents, std::span<const float> idf,
                   std::span<const std::int32_t> local, std::size_t terms) {
    SparseRows x;
    std::size_t entries = 0;
    for (const auto d : documents) entries += rows.rowSize(d);
    x.columns.reserve(entries);
    x.values.reserve(entries);
    x.rows = static_cast<std::int64_t>(documents.size());
    x.cols = static_cast<std::int64_t>(terms);
    for (const auto d : documents) {
        const auto columns = rows.rowColumns(d);
        const auto values = rows.rowValues(d);
        double square = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto term = static_cast<std::size_t>(columns[i]);
            if (local[term] < 0) continue;  // lent, and said by no document here
            const double weight = double{values[i]} * double{idf[term]};
            square += weight * weight;
        }
        const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto term = static_cast<std::size_t>(columns[i]);
            if (!(values[i] > 0) || local[term] < 0) continue;
            x.columns.push_back(local[term]);
            x.values.push_back(static_cast<float>(double{values[i]} * double{idf[term]} * scale));
        }
        x.offsets.push_back(static_cast<std::int64_t>(x.columns.size()));
    }
    return x;
}

}  // namespace

LabelRows weighRows(const SparseRows& counts, const SparseRows& rows, std::span<const std::int32_t> documents) {
    const auto n = static_cast<double>(documents.size());
    std::vector<std::int32_t> df(static_cast<std::size_t>(counts.cols), 0);
    for (const auto d : documents) {
        const auto columns = counts.rowColumns(d);
        const auto values = counts.rowValues(d);
        for (std::size_t i = 0; i < columns.size(); ++i) df[static_cast<std::size_t>(columns[i])] += values[i] > 0;
    }
    LabelRows label;
    label.idf.resize(df.size());
    std::vector<std::int32_t> local(df.size(), -1);
    for (std::size_t t = 0; t < df.size(); ++t) {
        label.idf[t] = static_cast<float>(std::log((1 + n) / (1.0 + df[t])) + 1);
        if (df[t] == 0) continue;
        local[t] = static_cast<std::int32_t>(label.terms.size());
        label.terms.push_back(static_cast<std::int32_t>(t));
    }
    label.x = weighed(rows, documents, label.idf, local, label.terms.size());
    return label;
}

SparseRows weighedLike(const LabelRows& label, const SparseRows& rows, std::span<const std::int32_t> documents) {
    std::vector<std::int32_t> local(label.idf.size(), -1);
    for (std::size_t t = 0; t < label.terms.size(); ++t)
        local[static_cast<std::size_t>(label.terms[t])] = static_cast<std::int32_t>(t);
    return weighed(rows, documents, label.idf, local, label.terms.size());
}

std::vector<std::vector<std::pair<std::int32_t, float>>> strongestTerms(const Factor& w,
                                                                        std::span<const std::int32_t> terms,
                                                                        const std::unordered_set<std::int32_t>& taken,
                                                                        int count) {
    std::vector<std::vector<std::pair<std::int32_t, float>>> all(static_cast<std::size_t>(w.k));
    std::vector<double> mean(terms.size(), 0.0);
    for (int c = 0; c < w.k; ++c) {
        for (std::size_t t = 0; t < mean.size(); ++t)
            mean[t] += double{w.at(static_cast<std::int64_t>(t), c)} / static_cast<double>(w.k);
    }
    for (int c = 0; c < w.k; ++c) {
        std::vector<std::pair<std::int64_t, std::int32_t>> scored;  // score in steps of 1e-9: ties to the lower index
        for (std::size_t t = 0; t < mean.size(); ++t) {
            const double weight = double{w.at(static_cast<std::int64_t>(t), c)};
            if (!(weight > mean[t]) || taken.contains(terms[t])) continue;
            const auto steps = std::llround(weight * std::log(weight / mean[t]) * 1e9);
            if (steps > 0) scored.emplace_back(-steps, terms[t]);
        }
        const auto size = std::min(scored.size(), static_cast<std::size_t>(count));
        std::partial_sort(scored.begin(), scored.begin() + static_cast<std::ptrdiff_t>(size), scored.end());
        auto& strongest = all[static_cast<std::size_t>(c)];
        for (std::size_t i = 0; i < size; ++i)
            strongest.emplace_back(scored[i].second, static_cast<float>(static_cast<double>(-scored[i].first) * 1e-9));
    }
    return all;
}

}  // namespace espalier::nmf::detail
