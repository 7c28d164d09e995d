// SPDX-License-Identifier: Apache-2.0
#include "core/eval/retrieval_metrics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace espalier::eval {
namespace {

double valueOf(int gain, Gain kind) {
    const double g = std::max(gain, 0);
    return kind == Gain::Linear ? g : std::exp2(g) - 1.0;
}

std::span<const int> top(std::span<const int> gains, int k) {
    return gains.first(std::min(gains.size(), static_cast<std::size_t>(std::max(k, 0))));
}

std::int64_t relevantIn(std::span<const int> gains) {
    return std::count_if(gains.begin(), gains.end(), [](int gain) { return gain > 0; });
}

void add(QueryMetrics& sum, const QueryMetrics& one) {
    sum.ndcg10 += one.ndcg10;
    sum.mrr10 += one.mrr10;
    sum.map += one.map;
    sum.p10 += one.p10;
    sum.recall100 += one.recall100;
    sum.hit10 += one.hit10;
}

}  // namespace

void sortRanking(std::vector<RankedDocument>& documents, std::int64_t depth) {
    const auto better = [](const RankedDocument& a, const RankedDocument& b) {
        return a.score != b.score ? a.score > b.score : a.id > b.id;
    };
    std::sort(documents.begin(), documents.end(), better);
    if (static_cast<std::int64_t>(documents.size()) > depth) documents.resize(static_cast<std::size_t>(depth));
}

double precisionAt(std::span<const int> gains, int k) {
    return k > 0 ? static_cast<double>(relevantIn(top(gains, k))) / k : 0.0;
}

double recallAt(std::span<const int> gains, int k, std::int64_t relevant) {
    return relevant > 0 ? static_cast<double>(relevantIn(top(gains, k))) / static_cast<double>(relevant) : 0.0;
}

double hitAt(std::span<const int> gains, int k) {
    return relevantIn(top(gains, k)) > 0 ? 1.0 : 0.0;
}

double reciprocalRankAt(std::span<const int> gains, int k) {
    const std::span<const int> seen = top(gains, k);
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (seen[i] > 0) return 1.0 / static_cast<double>(i + 1);
    return 0.0;
}

double averagePrecision(std::span<const int> gains, int depth, std::int64_t relevant) {
    if (relevant <= 0) return 0.0;
    double sum = 0;
    std::int64_t found = 0;
    const std::span<const int> seen = top(gains, depth);
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (seen[i] > 0) sum += static_cast<double>(++found) / static_cast<double>(i + 1);
    return sum / static_cast<double>(relevant);
}

double dcgAt(std::span<const int> gains, int k, Gain gain) {
    double sum = 0;
    const std::span<const int> seen = top(gains, k);
    for (std::size_t i = 0; i < seen.size(); ++i) sum += valueOf(seen[i], gain) / std::log2(static_cast<double>(i + 2));
    return sum;
}

double ndcgAt(std::span<const int> gains, std::span<const int> available, int k, Gain gain) {
    std::vector<int> ideal(available.begin(), available.end());
    std::sort(ideal.begin(), ideal.end(), std::greater<>());
    const double best = dcgAt(ideal, k, gain);
    return best > 0 ? dcgAt(gains, k, gain) / best : 0.0;
}

std::optional<QueryMetrics> evaluateQuery(std::span<const RankedDocument> ranking, const JudgedDocuments& judged) {
    std::vector<int> available;
    for (const auto& [id, score] : judged) available.push_back(score);
    const std::int64_t relevant = relevantIn(available);
    if (relevant == 0) return std::nullopt;
    std::vector<int> gains;
    std::set<std::string_view> seen;
    for (const RankedDocument& document : ranking) {
        if (static_cast<std::int64_t>(gains.size()) == kRankingDepth) break;
        if (!seen.insert(document.id).second) continue;
        const auto found = judged.find(document.id);
        gains.push_back(found != judged.end() ? found->second : 0);
    }
    constexpr int kCut = 10;
    constexpr int kRecallCut = 100;
    QueryMetrics metrics;
    metrics.ndcg10 = ndcgAt(gains, available, kCut);
    metrics.mrr10 = reciprocalRankAt(gains, kCut);
    metrics.map = averagePrecision(gains, static_cast<int>(kRankingDepth), relevant);
    metrics.p10 = precisionAt(gains, kCut);
    metrics.recall100 = recallAt(gains, kRecallCut, relevant);
    metrics.hit10 = hitAt(gains, kCut);
    return metrics;
}

RetrievalReport evaluateRetrieval(std::span<const Ranking> rankings, const Judgements& judgements) {
    RetrievalReport report;
    for (const Ranking& ranking : rankings) {
        const auto judged = judgements.find(ranking.queryId);
        const std::optional<QueryMetrics> metrics =
            judged != judgements.end() ? evaluateQuery(ranking.documents, judged->second) : std::nullopt;
        if (!metrics) {
            ++report.skipped;
            continue;
        }
        ++report.queries;
        report.queryIds.push_back(ranking.queryId);
        report.perQuery.push_back(*metrics);
        add(report.mean, *metrics);
    }
    if (report.queries > 0) {
        const auto n = static_cast<double>(report.queries);
        for (double* sum : {&report.mean.ndcg10, &report.mean.mrr10, &report.mean.map, &report.mean.p10,
                            &report.mean.recall100, &report.mean.hit10})
            *sum /= n;
    }
    return report;
}

}  // namespace espalier::eval
