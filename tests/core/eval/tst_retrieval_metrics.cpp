// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <set>

#include "core/base/rng.h"
#include "core/eval/retrieval_metrics.h"

using namespace espalier;
using namespace espalier::eval;

namespace {
constexpr double kGolden = 5e-6;  // the golden values of the method are written to six places
bool near(double a, double b, double tolerance = kGolden) {
    return std::abs(a - b) <= tolerance;
}

/// trec_eval's measures written once more, straight from their definitions and over sets instead of arrays.
QueryMetrics naive(std::vector<RankedDocument> documents, const JudgedDocuments& judged) {
    std::stable_sort(documents.begin(), documents.end(), [](const auto& a, const auto& b) {
        return a.score > b.score || (a.score == b.score && a.id.compare(b.id) > 0);
    });
    std::multiset<int, std::greater<>> ideal;
    double relevant = 0;
    for (const auto& [id, score] : judged) {
        if (score <= 0) continue;
        ++relevant;
        ideal.insert(score);
    }
    QueryMetrics m;
    double idcg = 0;
    int place = 0;
    for (const int gain : ideal)
        if (++place <= 10) idcg += gain * std::log(2.0) / std::log(place + 1.0);
    double found = 0;
    for (std::size_t i = 0; i < documents.size() && i < 1000; ++i) {
        const auto it = judged.find(documents[i].id);
        const int gain = it == judged.end() ? 0 : it->second;
        const double rank = static_cast<double>(i) + 1;
        if (gain <= 0) continue;
        ++found;
        m.map += found / rank / relevant;
        if (rank <= 10) {
            m.ndcg10 += gain * std::log(2.0) / std::log(rank + 1.0) / idcg;
            m.p10 += 0.1;
            m.hit10 = 1;
            if (m.mrr10 == 0) m.mrr10 = 1 / rank;
        }
        if (rank <= 100) m.recall100 += 1 / relevant;
    }
    return m;
}
}  // namespace

class TestRetrievalMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenBinary() {
        const std::vector<int> first{1, 0, 1, 0, 0};
        QVERIFY(near(precisionAt(first, 5), .4));
        QVERIFY(near(recallAt(first, 5, 3), .666667));
        QVERIFY(near(reciprocalRankAt(first, 5), 1));
        QVERIFY(near(averagePrecision(first, 5, 3), .555556));
        QVERIFY(near(ndcgAt(first, std::vector<int>{1, 1, 1}, 5), .703918));
        const std::vector<int> second{0, 1, 1};
        QVERIFY(near(reciprocalRankAt(second, 3), .5));
        QVERIFY(near(averagePrecision(second, 3, 2), .583333));
        QVERIFY(near(ndcgAt(second, std::vector<int>{1, 1}, 3), .693426));
    }

    void goldenGraded() {
        const std::vector<int> gains{3, 2, 0, 1};
        const std::vector<int> available{3, 3, 2, 1};
        QVERIFY(near(dcgAt(gains, 4), 4.692536));
        QVERIFY(near(dcgAt(available, 4), 6.323466));
        QVERIFY(near(ndcgAt(gains, available, 4), .742083));
        QVERIFY(near(ndcgAt(gains, available, 4, Gain::Exponential), .698534));
        const std::vector<int> other{2, 0, 1, 2, 0};
        QVERIFY(near(ndcgAt(other, std::vector<int>{2, 1, 2}, 4), .893535));
        QVERIFY(near(ndcgAt(other, std::vector<int>{2, 1, 2}, 4, Gain::Exponential), .888599));
    }

    void edgeCases() {
        QCOMPARE(precisionAt(std::vector<int>{1}, 10), .1);  // always divided by k
        QCOMPARE(precisionAt(std::vector<int>{}, 10), 0.0);
        QCOMPARE(recallAt(std::vector<int>{1}, 10, 0), 0.0);
        QCOMPARE(ndcgAt(std::vector<int>{0}, std::vector<int>{0, -1}, 10), 0.0);
        QCOMPARE(dcgAt(std::vector<int>{-3, 1}, 2), 1 / std::log2(3.0));  // negative judgements are worth nothing
    }

    void relevantOutsideTheCorpusCounts() {
        const JudgedDocuments judged{{"here", 1}, {"never in the corpus", 2}};
        const std::vector<RankedDocument> ranking{{"here", 1.0}};
        const auto metrics = evaluateQuery(ranking, judged);
        QVERIFY(metrics);
        QVERIFY(near(metrics->recall100, .5, 1e-12));
        QVERIFY(near(metrics->map, .5, 1e-12));
        QVERIFY(near(metrics->ndcg10, 1 / (2 + 1 / std::log2(3.0)), 1e-12));
    }

    void mapGoesToDepthThousandWithDivisorR() {
        JudgedDocuments judged;
        std::vector<RankedDocument> ranking;
        for (int i = 0; i < 1200; ++i) ranking.push_back({"d" + std::to_string(i), 2000.0 - i});
        judged["d999"] = 1;
        judged["d1000"] = 1;  // rank 1,001
        const auto metrics = evaluateQuery(ranking, judged);
        QVERIFY(near(metrics->map, 1.0 / 1000 / 2, 1e-12));
    }

    void queriesWithoutPositivesAreLeftOutAndCounted() {
        const std::vector<Ranking> rankings{{"a", {{"x", 1}}}, {"b", {{"x", 1}}}, {"c", {{"x", 1}}}};
        const Judgements judgements{{"a", {{"x", 1}}}, {"b", {{"x", 0}, {"y", -1}}}, {"d", {{"x", 1}}}};
        const RetrievalReport report = evaluateRetrieval(rankings, judgements);
        QCOMPARE(report.queries, 1);
        QCOMPARE(report.skipped, 2);
        QCOMPARE(report.queryIds, std::vector<std::string>{"a"});
        QCOMPARE(report.mean.ndcg10, 1.0);
        QCOMPARE(evaluateRetrieval({}, judgements).queries, 0);
    }

    void repeatedDocumentCountsOnce() {
        const JudgedDocuments judged{{"x", 1}};
        const std::vector<RankedDocument> ranking{{"x", 3}, {"x", 2}, {"y", 1}};
        QCOMPARE(evaluateQuery(ranking, judged)->map, 1.0);
    }

    void tiesGoToTheLargerId() {
        std::vector<RankedDocument> documents{{"a", 1}, {"c", 1}, {"b", 2}, {"\xc3\xa9", 1}};
        sortRanking(documents, 3);
        QCOMPARE(documents.size(), std::size_t{3});
        QCOMPARE(documents[0].id, std::string("b"));
        QCOMPARE(documents[1].id, std::string("\xc3\xa9"));
        QCOMPARE(documents[2].id, std::string("c"));
    }

    void equalsTheDefinitionsOnRandomRankings() {
        SplitMix64 random(7);
        for (int round = 0; round < 300; ++round) {
            JudgedDocuments judged;
            std::vector<RankedDocument> documents;
            const std::size_t count = 1 + random.below(1500);
            for (std::size_t i = 0; i < count; ++i) {
                const std::string id = "d" + std::to_string(i);
                documents.push_back({id, static_cast<double>(random.below(50))});  // many ties
                if (random.uniform() < .02) judged[id] = static_cast<int>(random.below(4)) - 1;
            }
            judged["absent"] = 1;
            const QueryMetrics expected = naive(documents, judged);
            sortRanking(documents);
            const QueryMetrics m = *evaluateQuery(documents, judged);
            QVERIFY(near(m.ndcg10, expected.ndcg10, 1e-12));
            QVERIFY(near(m.mrr10, expected.mrr10, 1e-12));
            QVERIFY(near(m.map, expected.map, 1e-12));
            QVERIFY(near(m.p10, expected.p10, 1e-12));
            QVERIFY(near(m.recall100, expected.recall100, 1e-12));
            QVERIFY(near(m.hit10, expected.hit10, 1e-12));
        }
    }
};

QTEST_APPLESS_MAIN(TestRetrievalMetrics)
#include "tst_retrieval_metrics.moc"
