// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/contract.h"
#include "core/eval/label_metrics.h"

namespace espalier::eval {
namespace {

/// Counts of two labellings over the documents that have both.
struct Contingency {
    std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> cells;
    std::map<std::int32_t, std::int64_t> rows, columns;
    std::int64_t n = 0;
};

Contingency contingencyOf(const Labels& a, const Labels& b) {
    Contingency table;
    for (std::size_t d = 0; d < std::min(a.size(), b.size()); ++d) {
        if (a[d] < 0 || b[d] < 0) continue;
        ++table.cells[{a[d], b[d]}];
        ++table.rows[a[d]];
        ++table.columns[b[d]];
        ++table.n;
    }
    return table;
}

double entropyOf(const std::map<std::int32_t, std::int64_t>& counts, double n) {
    double entropy = 0;
    for (const auto& [label, count] : counts) {
        const double p = static_cast<double>(count) / n;
        entropy -= p * std::log(p);
    }
    return entropy;
}

double pairsOf(std::int64_t count) {
    return static_cast<double>(count) * static_cast<double>(count - 1) / 2;
}

double ratio(double part, double whole) {
    return whole > 0 ? part / whole : 0.0;
}
double harmonic(double precision, double recall) {
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0.0;
}

}  // namespace

HierarchicalScores hierarchicalScores(std::span<const LabelPath> truth, std::span<const LabelPath> predicted) {
    HierarchicalScores scores;
    ESPALIER_EXPECTS(truth.size() == predicted.size()) {
        return scores;
    }
    double common = 0;
    double truths = 0;
    double predictions = 0;
    for (std::size_t d = 0; d < truth.size(); ++d) {
        const LabelPath& t = truth[d];
        const LabelPath& p = predicted[d];
        if (t.empty() && p.empty()) continue;
        ++scores.n;
        const auto shared = static_cast<double>(
            std::mismatch(t.begin(), t.begin() + static_cast<std::ptrdiff_t>(std::min(t.size(), p.size())), p.begin())
                .first -
            t.begin());
        common += shared;
        truths += static_cast<double>(t.size());
        predictions += static_cast<double>(p.size());
        const double precision = ratio(shared, static_cast<double>(p.size()));
        const double recall = ratio(shared, static_cast<double>(t.size()));
        scores.macro.precision += precision;
        scores.macro.recall += recall;
        scores.meanF1 += harmonic(precision, recall);
    }
    scores.micro.precision = ratio(common, predictions);
    scores.micro.recall = ratio(common, truths);
    scores.micro.f1 = harmonic(scores.micro.precision, scores.micro.recall);
    const auto n = static_cast<double>(scores.n);
    scores.macro.precision = ratio(scores.macro.precision, n);
    scores.macro.recall = ratio(scores.macro.recall, n);
    scores.macro.f1 = harmonic(scores.macro.precision, scores.macro.recall);
    scores.meanF1 = ratio(scores.meanF1, n);
    return scores;
}

std::optional<double> normalizedMutualInformation(const Labels& a, const Labels& b) {
    const Contingency table = contingencyOf(a, b);
    if (table.n == 0) return std::nullopt;
    const auto n = static_cast<double>(table.n);
    double information = 0;
    for (const auto& [pair, count] : table.cells) {
        const auto c = static_cast<double>(count);
        information += c / n *
                       std::log(c * n /
                                (static_cast<double>(table.rows.at(pair.first)) *
                                 static_cast<double>(table.columns.at(pair.second))));
    }
    if (table.rows.size() == 1 && table.columns.size() == 1) return 1.0;
    const double entropies = (entropyOf(table.rows, n) + entropyOf(table.columns, n)) / 2;
    return entropies > 0 ? std::clamp(information / entropies, 0.0, 1.0) : 0.0;
}

std::optional<double> adjustedRandIndex(const Labels& a, const Labels& b) {
    const Contingency table = contingencyOf(a, b);
    if (table.n == 0) return std::nullopt;
    double index = 0;
    double rows = 0;
    double columns = 0;
    for (const auto& [pair, count] : table.cells) index += pairsOf(count);
    for (const auto& [label, count] : table.rows) rows += pairsOf(count);
    for (const auto& [label, count] : table.columns) columns += pairsOf(count);
    const double expected = table.n > 1 ? rows * columns / pairsOf(table.n) : 0.0;
    const double largest = (rows + columns) / 2;
    return largest - expected != 0 ? (index - expected) / (largest - expected) : 1.0;
}

std::optional<double> clusterPurity(const Labels& clusters, const Labels& truth) {
    const Contingency table = contingencyOf(clusters, truth);
    if (table.n == 0) return std::nullopt;
    std::map<std::int32_t, std::int64_t> commonest;
    for (const auto& [pair, count] : table.cells) commonest[pair.first] = std::max(commonest[pair.first], count);
    std::int64_t total = 0;
    for (const auto& [cluster, count] : commonest) total += count;
    return static_cast<double>(total) / static_cast<double>(table.n);
}

std::vector<TreeAgreement> treeAgreement(std::span<const Labels> tree, std::span<const Labels> reference) {
    std::vector<TreeAgreement> agreement;
    for (std::size_t level = 0; level < reference.size() && !tree.empty(); ++level) {
        const Labels& mine = tree[std::min(level, tree.size() - 1)];
        const Labels& theirs = reference[level];
        TreeAgreement row;
        row.level = static_cast<int>(level);
        row.nmi = normalizedMutualInformation(mine, theirs);
        row.ari = adjustedRandIndex(mine, theirs);
        row.purity = clusterPurity(mine, theirs);

        std::map<std::int32_t, std::vector<std::size_t>> members;
        for (std::size_t d = 0; d < std::min(mine.size(), theirs.size()); ++d)
            if (mine[d] >= 0 && theirs[d] >= 0) members[mine[d]].push_back(d);
        std::vector<LabelPath> truths;
        std::vector<LabelPath> predictions;
        for (const auto& [label, documents] : members) {
            LabelPath commonest;
            for (std::size_t l = 0; l <= level; ++l) {
                std::map<std::int32_t, std::int64_t> counts;
                for (const std::size_t d : documents)
                    if (l == 0 || reference[l - 1][d] == commonest.back()) ++counts[reference[l][d]];
                commonest.push_back(std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                                        return a.second < b.second;
                                    })->first);
            }
            for (const std::size_t d : documents) {
                LabelPath truth;
                for (std::size_t l = 0; l <= level; ++l) truth.push_back(reference[l][d]);
                truths.push_back(std::move(truth));
                predictions.push_back(commonest);
            }
        }
        row.n = static_cast<std::int64_t>(truths.size());
        if (row.n > 0) row.hf = hierarchicalScores(truths, predictions).micro.f1;
        agreement.push_back(row);
    }
    return agreement;
}

}  // namespace espalier::eval
