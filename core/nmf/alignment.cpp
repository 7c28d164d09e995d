// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/alignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/contract.h"
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf {
namespace {

constexpr int kMostRounds = 100;
constexpr std::int64_t kPackedRows = 256;

std::size_t at(int row, int column, int n) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(n) + static_cast<std::size_t>(column);
}

/// Shortest augmenting paths with potentials on the cost -similarity.
std::vector<int> hungarian(std::span<const double> similarity, int n) {
    const auto size = static_cast<std::size_t>(n) + 1;
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> rowPotential(size, 0), columnPotential(size, 0), slack(size);
    std::vector<int> rowOf(size, 0), way(size, 0);
    std::vector<char> used(size);
    for (int row = 1; row <= n; ++row) {
        rowOf[0] = row;
        int column = 0;
        std::fill(slack.begin(), slack.end(), infinity);
        std::fill(used.begin(), used.end(), char{0});
        do {
            used[static_cast<std::size_t>(column)] = 1;
            const int i = rowOf[static_cast<std::size_t>(column)];
            double delta = infinity;
            int next = 0;
            for (int j = 1; j <= n; ++j) {
                const auto place = static_cast<std::size_t>(j);
                if (used[place]) continue;
                const double reduced = -similarity[at(i - 1, j - 1, n)] - rowPotential[static_cast<std::size_t>(i)] -
                                       columnPotential[place];
                if (reduced < slack[place]) {
                    slack[place] = reduced;
                    way[place] = column;
                }
                if (slack[place] < delta) {
                    delta = slack[place];
                    next = j;
                }
            }
            for (int j = 0; j <= n; ++j) {
                const auto place = static_cast<std::size_t>(j);
                if (used[place]) {
                    rowPotential[static_cast<std::size_t>(rowOf[place])] += delta;
                    columnPotential[place] -= delta;
                } else {
                    slack[place] -= delta;
                }
            }
            column = next;
        } while (rowOf[static_cast<std::size_t>(column)] != 0);
        while (column != 0) {
            const int before = way[static_cast<std::size_t>(column)];
            rowOf[static_cast<std::size_t>(column)] = rowOf[static_cast<std::size_t>(before)];
            column = before;
        }
    }
    std::vector<int> columns(static_cast<std::size_t>(n));
    for (int j = 1; j <= n; ++j) columns[static_cast<std::size_t>(rowOf[static_cast<std::size_t>(j)] - 1)] = j - 1;
    return columns;
}

std::vector<int> greedy(std::span<const double> similarity, int n) {
    std::vector<int> order(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return similarity[static_cast<std::size_t>(a)] > similarity[static_cast<std::size_t>(b)];
    });
    std::vector<int> columns(static_cast<std::size_t>(n), -1);
    std::vector<char> taken(static_cast<std::size_t>(n), 0);
    for (const int entry : order) {
        const auto row = static_cast<std::size_t>(entry / n);
        const auto column = static_cast<std::size_t>(entry % n);
        if (columns[row] >= 0 || taken[column]) continue;
        columns[row] = entry % n;
        taken[column] = 1;
    }
    return columns;
}

}  // namespace

std::vector<int> match(std::span<const double> similarity, int n, Matching how) {
    ESPALIER_EXPECTS(n >= 0 && similarity.size() == static_cast<std::size_t>(n) * static_cast<std::size_t>(n)) {
        return {};
    }
    return how == Matching::Hungarian ? hungarian(similarity, n) : greedy(similarity, n);
}

std::vector<double> columnCosines(std::span<const Factor* const> runs) {
    if (runs.empty()) return {};
    const int k = runs.front()->k;
    const std::int64_t rows = runs.front()->rows;
    const int count = k * static_cast<int>(runs.size());
    // All runs side by side, a strip of rows at a time, so that one Gram matrix holds every pair.
    Factor packed(kPackedRows, count);
    std::vector<double> gram(static_cast<std::size_t>(packed.stride) * static_cast<std::size_t>(packed.stride));
    for (std::int64_t begin = 0; begin < rows; begin += kPackedRows) {
        const std::int64_t size = std::min(kPackedRows, rows - begin);
        for (std::int64_t r = 0; r < size; ++r) {
            float* target = packed.row(r);
            for (const Factor* run : runs) target = std::copy_n(run->row(begin + r), k, target);
        }
        simd::kernels().gram(packed.values.data(), size, packed.stride, gram.data());
    }
    std::vector<double> length(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) length[static_cast<std::size_t>(i)] = std::sqrt(gram[at(i, i, packed.stride)]);
    std::vector<double> cosines(static_cast<std::size_t>(count) * static_cast<std::size_t>(count), 0.0);
    for (int i = 0; i < count; ++i) {
        for (int j = i; j < count; ++j) {
            const double product = length[static_cast<std::size_t>(i)] * length[static_cast<std::size_t>(j)];
            const double cosine = product > 0 ? std::clamp(gram[at(i, j, packed.stride)] / product, -1.0, 1.0) : 0.0;
            cosines[at(i, j, count)] = cosines[at(j, i, count)] = cosine;
        }
    }
    return cosines;
}

std::vector<std::vector<int>> alignColumns(std::span<const double> cosines, int k, int runs, Matching how) {
    const int count = k * runs;
    std::vector<int> identity(static_cast<std::size_t>(k));
    std::iota(identity.begin(), identity.end(), 0);
    std::vector<std::vector<int>> permutations(static_cast<std::size_t>(runs), identity);
    std::vector<double> toCentroid(static_cast<std::size_t>(k) * static_cast<std::size_t>(count));
    std::vector<double> similarity(static_cast<std::size_t>(k) * static_cast<std::size_t>(k));
    for (int round = 0; round < kMostRounds; ++round) {
        // In the first round a centroid is the column of run 0, later the mean of its members: both are sums of
        // unit columns, so their cosines with any column are sums of cosines over the centroid's own length.
        const int members = round == 0 ? 1 : runs;
        for (int c = 0; c < k; ++c) {
            double* row = toCentroid.data() + at(c, 0, count);
            std::fill_n(row, count, 0.0);
            double square = 0;
            for (int p = 0; p < members; ++p) {
                const int member = p * k + permutations[static_cast<std::size_t>(p)][static_cast<std::size_t>(c)];
                for (int x = 0; x < count; ++x) row[x] += cosines[at(member, x, count)];
            }
            for (int p = 0; p < members; ++p)
                square += row[p * k + permutations[static_cast<std::size_t>(p)][static_cast<std::size_t>(c)]];
            const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
            for (int x = 0; x < count; ++x) row[x] *= scale;
        }
        bool changed = false;
        for (int p = 0; p < runs; ++p) {
            for (int c = 0; c < k; ++c) {
                for (int j = 0; j < k; ++j) similarity[at(c, j, k)] = toCentroid[at(c, p * k + j, count)];
            }
            auto matched = match(similarity, k, how);
            auto& permutation = permutations[static_cast<std::size_t>(p)];
            changed = changed || matched != permutation;
            permutation = std::move(matched);
        }
        if (!changed) break;
    }
    return permutations;
}

}  // namespace espalier::nmf
