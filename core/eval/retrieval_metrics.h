// SPDX-License-Identifier: Apache-2.0
/// \file core/eval/retrieval_metrics.h
/// Retrieval quality by trec_eval's definitions (method.md 9.2, contract.md "Evaluation").
///
/// R counts every judged document with a score above 0, also one that the corpus does not hold. MAP goes to depth 1,000
/// with divisor R. nDCG has linear gain and log2(rank + 1) discount; its ideal is over all judged documents.
/// Queries without a positive judgement are left out and counted.
/// Pure functions; thread-safe.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace espalier::eval {

/// Score of each judged document of one query, by document id.
using JudgedDocuments = std::map<std::string, int, std::less<>>;
/// By query id.
using Judgements = std::map<std::string, JudgedDocuments, std::less<>>;

struct RankedDocument {
    std::string id;
    double score = 0;
};
struct Ranking {
    std::string queryId;
    std::vector<RankedDocument> documents;  ///< best first
};
constexpr std::int64_t kRankingDepth = 1000;

/// Score descending, ties by document id bytes descending, cut to `depth`.
void sortRanking(std::vector<RankedDocument>& documents, std::int64_t depth = kRankingDepth);

// The measures on plain numbers: relevance or gain of the document at each rank, best rank first.
enum class Gain { Linear, Exponential /*2^g - 1*/ };
double precisionAt(std::span<const int> gains, int k);                      ///< divisor always k
double recallAt(std::span<const int> gains, int k, std::int64_t relevant);  ///< 0 when relevant = 0
double hitAt(std::span<const int> gains, int k);
double reciprocalRankAt(std::span<const int> gains, int k);
double averagePrecision(std::span<const int> gains, int depth, std::int64_t relevant);  ///< divisor `relevant`
double dcgAt(std::span<const int> gains, int k, Gain gain = Gain::Linear);
/// \param available  gains of all judged documents, any order; negative ones count as 0
double ndcgAt(std::span<const int> gains, std::span<const int> available, int k, Gain gain = Gain::Linear);

struct QueryMetrics {
    double ndcg10 = 0, mrr10 = 0, map = 0, p10 = 0, recall100 = 0, hit10 = 0;
};
/// nullopt without a positive judgement. A document listed twice counts once, at its first rank.
std::optional<QueryMetrics> evaluateQuery(std::span<const RankedDocument> ranking, const JudgedDocuments& judged);

struct RetrievalReport {
    QueryMetrics mean;                   ///< over `queries`; zeros when there are none
    std::int64_t queries = 0;            ///< rankings with a positive judgement
    std::int64_t skipped = 0;            ///< rankings without one
    std::vector<std::string> queryIds;   ///< those counted, in the order given
    std::vector<QueryMetrics> perQuery;  ///< beside queryIds: for bootstrap and comparison
};
/// Judged queries without a ranking are no part of it (as trec_eval without -c).
RetrievalReport evaluateRetrieval(std::span<const Ranking> rankings, const Judgements& judgements);

}  // namespace espalier::eval
