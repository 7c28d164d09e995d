// SPDX-License-Identifier: Apache-2.0
/// \file tests/core/nmf/made_data.h
/// Small matrices for the tests of the tree engine, and slow exact twins of what it does.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/rng.h"
#include "core/base/sparse_matrix.h"
#include "core/nmf/factors.h"

namespace espalier::test {

/// Dense rows, double: what the naive twins compute with.
using Rows = std::vector<std::vector<double>>;

inline SparseRows sparse(const Rows& dense) {
    SparseRows m;
    m.cols = dense.empty() ? 0 : static_cast<std::int64_t>(dense.front().size());
    for (const auto& row : dense) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (row[c] == 0) continue;
            m.columns.push_back(static_cast<std::int32_t>(c));
            m.values.push_back(static_cast<float>(row[c]));
        }
        m.offsets.push_back(static_cast<std::int64_t>(m.columns.size()));
        ++m.rows;
    }
    return m;
}

inline Rows transposed(const Rows& m) {
    Rows t(m.empty() ? 0 : m.front().size(), std::vector<double>(m.size()));
    for (std::size_t r = 0; r < m.size(); ++r)
        for (std::size_t c = 0; c < t.size(); ++c) t[c][r] = m[r][c];
    return t;
}

inline nmf::Factor factor(const Rows& dense) {
    nmf::Factor f(static_cast<std::int64_t>(dense.size()), static_cast<int>(dense.front().size()));
    for (std::size_t r = 0; r < dense.size(); ++r)
        for (std::size_t c = 0; c < dense[r].size(); ++c)
            f.at(static_cast<std::int64_t>(r), static_cast<int>(c)) = static_cast<float>(dense[r][c]);
    return f;
}

inline Rows dense(const nmf::Factor& f) {
    Rows rows(static_cast<std::size_t>(f.rows), std::vector<double>(static_cast<std::size_t>(f.k)));
    for (std::size_t r = 0; r < rows.size(); ++r)
        for (std::size_t c = 0; c < rows[r].size(); ++c)
            rows[r][c] = double{f.at(static_cast<std::int64_t>(r), static_cast<int>(c))};
    return rows;
}

inline Rows randomRows(std::size_t rows, std::size_t cols, double density, std::uint64_t seed) {
    SplitMix64 random(seed);
    Rows m(rows, std::vector<double>(cols, 0.0));
    for (auto& row : m)
        for (auto& value : row)
            if (random.uniform() < density) value = double{static_cast<float>(random.uniform() + 0.1)};
    return m;
}

/// Squared error of X - H W'.
inline double squaredError(const Rows& x, const Rows& w, const Rows& h) {
    double total = 0;
    for (std::size_t d = 0; d < x.size(); ++d) {
        for (std::size_t t = 0; t < w.size(); ++t) {
            double fitted = 0;
            for (std::size_t c = 0; c < w[t].size(); ++c) fitted += h[d][c] * w[t][c];
            total += (x[d][t] - fitted) * (x[d][t] - fitted);
        }
    }
    return total;
}

inline double norm(const Rows& x) {
    double total = 0;
    for (const auto& row : x)
        for (const double value : row) total += value * value;
    return std::sqrt(total);
}

/// Documents of `topics` subjects with `termsEach` words of their own and a few shared ones: raw counts.
inline Rows plantedCounts(std::size_t documents, std::size_t topics, std::size_t termsEach, std::uint64_t seed,
                          std::size_t sharedTerms = 10) {
    SplitMix64 random(seed);
    Rows m(documents, std::vector<double>(topics * termsEach + sharedTerms, 0.0));
    for (std::size_t d = 0; d < documents; ++d) {
        const std::size_t topic = d % topics;
        for (int word = 0; word < 30; ++word) {
            // Frequent words first, as in text.
            const std::size_t pick = random.below(termsEach) * random.below(termsEach) / termsEach;
            m[d][topic * termsEach + pick] += 1;
        }
        for (int word = 0; word < 5 && sharedTerms > 0; ++word)
            m[d][topics * termsEach + random.below(sharedTerms)] += 1;
    }
    return m;
}

}  // namespace espalier::test
