// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/rng.h"
#include "core/index/fusion.h"
#include "core/index/vector_index.h"

using namespace espalier;
using namespace espalier::index;

namespace {
struct World {
    DenseRows vectors;
    std::vector<DocumentKey> keys;
    std::vector<std::string> ids;
};

World world(std::int64_t rows, std::int64_t dim, std::uint64_t seed) {
    World w;
    SplitMix64 random(seed);
    w.vectors.rows = rows;
    w.vectors.cols = dim;
    for (std::int64_t i = 0; i < rows; ++i) {
        w.keys.push_back({1000 - i});
        w.ids.push_back("d" + std::to_string(random.below(1000000)));
        // Few different directions: many exact ties.
        SplitMix64 direction(random.below(static_cast<std::size_t>(rows / 4 + 1)));
        const float length = random.below(2) == 0 ? 1.0F : 4.0F;
        for (std::int64_t k = 0; k < dim; ++k)
            w.vectors.values.push_back(length * static_cast<float>(direction.normal()));
    }
    return w;
}

VectorIndex indexOf(const World& w) {
    return VectorIndex::create(w.vectors, w.keys, idOrder(w.ids)).value();
}

/// Every row scored, sorted as a whole.
std::vector<std::int64_t> bruteForce(const World& w, const std::vector<float>& scores,
                                     const std::vector<std::int64_t>& rows, std::size_t k) {
    std::vector<std::int64_t> sorted = rows;
    std::sort(sorted.begin(), sorted.end(), [&](std::int64_t a, std::int64_t b) {
        const auto x = static_cast<std::size_t>(a);
        const auto y = static_cast<std::size_t>(b);
        return scores[x] > scores[y] || (scores[x] == scores[y] && w.ids[x] > w.ids[y]);
    });
    sorted.resize(std::min(sorted.size(), k));
    return sorted;
}
}  // namespace

class TestVectorIndex : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void scoresAreCosines() {
        const World w = world(60, 19, 1);
        const VectorIndex index = indexOf(w);
        SplitMix64 random(2);
        std::vector<float> query;
        for (int i = 0; i < 19; ++i) query.push_back(10 * static_cast<float>(random.normal()));
        const std::vector<float> scores = index.scores(query).value();
        for (std::int64_t row = 0; row < index.rows(); ++row) {
            double dot = 0, a = 0, b = 0;
            for (std::size_t k = 0; k < query.size(); ++k) {
                const double x = query[k];
                const double y = w.vectors.row(row)[k];
                dot += x * y;
                a += x * x;
                b += y * y;
            }
            QVERIFY(std::abs(static_cast<double>(scores[static_cast<std::size_t>(row)]) - dot / std::sqrt(a * b)) <
                    1e-6);
        }
    }

    void branchesEqualBruteForce() {
        SplitMix64 random(3);
        for (int round = 0; round < 200; ++round) {
            const auto rows = static_cast<std::int64_t>(1 + random.below(120));
            const World w = world(rows, 1 + static_cast<std::int64_t>(random.below(20)), random.next());
            const VectorIndex index = indexOf(w);
            std::vector<std::int64_t> inside;
            const double share = random.uniform();
            for (std::int64_t row = 0; row < rows; ++row)
                if (random.uniform() < share) inside.push_back(row);
            const RowRanges ranges = RowRanges::fromRows(inside);
            const std::size_t k = random.below(140);
            const auto query = index.vector(static_cast<std::int64_t>(random.below(static_cast<std::size_t>(rows))));
            const auto hits = index.search(query, static_cast<std::int64_t>(k), ranges).value();
            QCOMPARE(hits.size(), std::min(k, inside.size()));  // k asked = k given
            const std::vector<float> scores = index.scores(query).value();
            const std::vector<std::int64_t> expected = bruteForce(w, scores, inside, k);
            for (std::size_t i = 0; i < hits.size(); ++i) {
                QCOMPARE(hits[i].row, expected[i]);
                QCOMPARE(hits[i].score, scores[static_cast<std::size_t>(expected[i])]);
            }
        }
    }

    void anyNumberOfThreads() {
        const World w = world(20000, 8, 4);
        const VectorIndex index = indexOf(w);
        const auto query = index.vector(7);
        const auto one = index.search(query, 50, RowRanges::all(index.rows()), 1).value();
        QCOMPARE(index.search(query, 50, RowRanges::all(index.rows()), 4).value(), one);
        QCOMPARE(index.scores(query, 3).value(), index.scores(query, 1).value());
    }

    void zeroVectors() {
        DenseRows vectors{3, 2, {0, 0, 1, 0, -1, 0}};
        const VectorIndex index = VectorIndex::create(vectors, {{1}, {2}, {3}}).value();
        QCOMPARE(index.scores(std::vector<float>{2, 0}).value(), (std::vector<float>{0, 1, -1}));
        QCOMPARE(index.scores(std::vector<float>{0, 0}).value(), (std::vector<float>{0, 0, 0}));
        // Without an order the rows are in id order: ties go to the last.
        QCOMPARE(index.search(std::vector<float>{0, 0}, 1, RowRanges::all(3)).value().front().row, 2);
    }

    void keys() {
        const World w = world(50, 3, 5);
        const VectorIndex index = indexOf(w);
        for (std::int64_t row = 0; row < 50; ++row) QCOMPARE(index.rowOf(index.key(row)), row);
        QCOMPARE(index.rowOf({5000}), -1);
    }

    void refusals() {
        QCOMPARE(VectorIndex::create(DenseRows{2, 2, {1, 2, 3}}, {{1}, {2}}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(VectorIndex::create(DenseRows{1, 0, {}}, {{1}}).error().code, ErrorCode::InvalidArgument);
        const float infinite = std::numeric_limits<float>::infinity();
        QCOMPARE(VectorIndex::create(DenseRows{1, 2, {1, infinite}}, {{1}}).error().code, ErrorCode::InvalidArgument);
        const VectorIndex index = VectorIndex::create(DenseRows{1, 2, {1, 2}}, {{1}}).value();
        QCOMPARE(index.scores(std::vector<float>{1}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(index.scores(std::vector<float>{1, infinite}).error().code, ErrorCode::InvalidArgument);
        const VectorIndex none = VectorIndex::create(DenseRows{0, 2, {}}, {}).value();
        QVERIFY(none.search(std::vector<float>{1, 2}, 5, RowRanges::all(10)).value().empty());
    }

    void rangesOfRows() {
        QCOMPARE(RowRanges::fromRows({5, 1, 2, 2, 9}).ranges().size(), std::size_t{3});
        SplitMix64 random(6);
        for (int round = 0; round < 100; ++round) {
            std::vector<bool> inside(1 + random.below(60));
            for (std::size_t i = 0; i < inside.size(); ++i) inside[i] = random.below(2) == 0;
            const auto rows = static_cast<std::int64_t>(inside.size());
            const RowRanges ranges =
                RowRanges::where(rows, [&](std::int64_t row) { return inside[static_cast<std::size_t>(row)]; });
            QCOMPARE(ranges.rows(), std::count(inside.begin(), inside.end(), true));
            for (std::int64_t row = 0; row < rows; ++row)
                QCOMPARE(ranges.contains(row), static_cast<bool>(inside[static_cast<std::size_t>(row)]));
            std::int64_t last = -1;
            for (const RowRange& range : ranges.ranges()) {
                QVERIFY(range.begin > last && range.end > range.begin);  // sorted, apart, not empty
                last = range.end;
            }
            const std::int64_t cut = static_cast<std::int64_t>(random.below(inside.size() + 1));
            QCOMPARE(ranges.clipped(cut).rows(), std::count(inside.begin(), inside.begin() + cut, true));
        }
        QVERIFY(RowRanges::all(0).empty() && !RowRanges::all(0).contains(0));
    }

    void matchesAndFacets() {
        std::vector<float> scores(3000, 0.0F);
        for (std::size_t i = 0; i < 1500; ++i) scores[i] = static_cast<float>(i + 1);
        const RowRanges all = RowRanges::all(3000);
        QCOMPARE(matchingRows(scores, all, MatchRule::Positive).size(), std::size_t{1500});
        const std::vector<std::int64_t> best = matchingRows(scores, all, MatchRule::Best);
        QCOMPARE(best.size(), std::size_t{1000});
        QCOMPARE(best.front(), 1499);
        QCOMPARE(matchingRows(scores, RowRanges::fromRows({1, 2000}), MatchRule::Positive).size(), std::size_t{1});
        // Rows 0 and 2 lie under groups 0 and 2, row 1 under 1 alone.
        const std::vector<std::int64_t> offsets{0, 2, 3, 5};
        const std::vector<std::int32_t> groups{0, 2, 1, 0, 2};
        QCOMPARE(countByGroup(std::vector<std::int64_t>{0, 2}, offsets, groups, 4),
                 (std::vector<std::int64_t>{2, 0, 2, 0}));
    }

    void numbersThatAreNone() {
        const float nan = std::nanf("");
        const std::vector<Hit> hits = topK(std::vector<float>{nan, 1, nan, 2}, RowRanges::all(4), 4);
        QCOMPARE(hits[0].row, 3);
        QCOMPARE(hits[1].row, 1);
        QVERIFY(topK(std::vector<float>{1}, RowRanges::all(1), -3).empty());
    }

    void fusionStandardises() {
        const std::vector<float> a{1, 2, 3, 4};
        const std::vector<float> z = standardised(a);
        QVERIFY(std::abs(z[0] + 1.3416408F) < 1e-6F && std::abs(z[3] - 1.3416408F) < 1e-6F);
        const std::vector<float> scaled{1001, 1002, 1003, 1004};
        const std::vector<float> mixed = fused(a, scaled, .7);
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(mixed[i] - z[i]) < 1e-4F);
        const std::vector<float> flat(4, .3F);
        QCOMPARE(standardised(flat), std::vector<float>(4, 0.0F));
        const std::vector<float> half = hybrid(a, flat);
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(half[i] - .7F * z[i]) < 1e-6F);
        QVERIFY(standardised({}).empty());
    }
};

QTEST_APPLESS_MAIN(TestVectorIndex)
#include "tst_vector_index.moc"
