// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>
#include <map>
#include <set>

#include "core/base/rng.h"
#include "core/nn/tree_sampler.h"

using namespace espalier;
using namespace espalier::nn;

namespace {

using Paths = std::vector<std::vector<std::int64_t>>;

/// sizes[b][l] documents in leaf l of branch b, interleaved.
Paths forest(const std::vector<std::vector<int>>& sizes) {
    Paths paths;
    for (std::size_t b = 0; b < sizes.size(); ++b)
        for (std::size_t l = 0; l < sizes[b].size(); ++l)
            for (int k = 0; k < sizes[b][l]; ++k)
                paths.push_back({static_cast<std::int64_t>(100 + b), static_cast<std::int64_t>(1000 + 100 * b + l)});
    SplitMix64 random(1);
    shuffle(paths, random);
    return paths;
}

TreeSampler sampler(const Paths& paths, int batch = 64, std::uint64_t seed = 42) {
    return TreeSampler::create(paths, BatchShape::forBatch(batch), seed).value();
}

std::map<std::vector<std::int64_t>, int> leafCounts(const Paths& paths, const std::vector<std::int64_t>& batch) {
    std::map<std::vector<std::int64_t>, int> counts;
    for (const std::int64_t i : batch) ++counts[paths[static_cast<std::size_t>(i)]];
    return counts;
}

const std::vector<std::vector<int>> kUneven{{90, 40, 3}, {60, 1}, {30, 30, 2}, {12, 5}, {9}, {4, 4}, {2, 1}, {1}};

}  // namespace

class TestTreeSampler : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shapes() {
        const BatchShape usual = BatchShape::forBatch(64);
        QCOMPARE(usual.branches, 8);
        QCOMPARE(usual.leaves, 2);
        QCOMPARE(usual.documents, 4);
        for (int batch = 4; batch <= 300; ++batch) {
            const BatchShape shape = BatchShape::forBatch(batch);
            QCOMPARE(shape.batch, batch);
            QVERIFY(shape.documents >= 2 && shape.leaves >= 2 && shape.branches >= 1);
            QVERIFY(shape.branches * shape.leaves * shape.documents <= batch);
        }
    }

    void everyDocumentOnceAnEpoch() {
        const Paths paths = forest(kUneven);
        for (const int batch : {4, 5, 7, 16, 33, 64}) {
            TreeSampler s = sampler(paths, batch);
            QCOMPARE(s.documents(), static_cast<std::int64_t>(paths.size()));
            for (int epoch = 1; epoch <= 3; ++epoch) {
                std::set<std::int64_t> seen;
                const std::int64_t planned = s.batchesUntil(1.0 - (s.epochs() - (epoch - 1)));
                for (std::int64_t k = 0; k < planned; ++k) {
                    QVERIFY(s.epochs() < epoch);
                    for (const std::int64_t i : s.next()) seen.insert(i);
                }
                QVERIFY(s.epochs() >= epoch);
                if (epoch == 1) QCOMPARE(seen.size(), paths.size());
                // Stand-ins cost something, but an epoch stays an epoch.
                QVERIFY2(planned * batch < 2 * static_cast<std::int64_t>(paths.size()) + 2 * batch,
                         qPrintable(QString("batch %1: %2 batches").arg(batch).arg(planned)));
            }
        }
    }

    void nobodyIsAlone() {
        const Paths paths = forest(kUneven);
        for (const int batch : {4, 5, 7, 16, 33, 64}) {
            TreeSampler s = sampler(paths, batch, 3);
            for (int k = 0; k < 400; ++k) {
                const auto drawn = s.next();
                QVERIFY(static_cast<int>(drawn.size()) <= batch && static_cast<int>(drawn.size()) >= batch - 1);
                std::map<std::int64_t, int> times;
                for (const std::int64_t i : drawn) ++times[i];
                for (const auto& [leaf, count] : leafCounts(paths, drawn)) QVERIFY(count >= 2);
                std::map<std::vector<std::int64_t>, int> sizes = leafCounts(paths, [&] {
                    std::vector<std::int64_t> all(paths.size());
                    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
                    return all;
                }());
                for (const auto& [document, count] : times) {
                    const bool single = sizes[paths[static_cast<std::size_t>(document)]] == 1;
                    QCOMPARE(count, single ? 2 : 1);
                }
            }
        }
    }

    void groupsHaveTheShape() {
        std::vector<std::vector<int>> even(10, std::vector<int>(4, 16));
        const Paths paths = forest(even);
        TreeSampler s = sampler(paths);
        const auto drawn = s.next();
        QCOMPARE(drawn.size(), std::size_t{64});
        for (std::size_t group = 0; group < 8; ++group) {
            std::set<std::int64_t> branches, leaves;
            for (std::size_t k = group * 8; k < group * 8 + 8; ++k) {
                branches.insert(paths[static_cast<std::size_t>(drawn[k])][0]);
                leaves.insert(paths[static_cast<std::size_t>(drawn[k])][1]);
            }
            QCOMPARE(branches.size(), std::size_t{1});
            QCOMPARE(leaves.size(), std::size_t{2});
        }
    }

    void oneBranchNeverFillsABatch() {
        const Paths paths = forest({{400, 300}, {6, 5}, {4}});
        TreeSampler s = sampler(paths);
        for (int k = 0; k < 60; ++k) {
            std::map<std::int64_t, int> branches;
            for (const std::int64_t i : s.next()) ++branches[paths[static_cast<std::size_t>(i)][0]];
            QVERIFY(branches.size() >= 2);
            QVERIFY(branches[100] <= 32);
        }
        const Paths single = forest({{50, 50}});  // with one branch there is no other choice
        QCOMPARE(sampler(single).next().size(), std::size_t{64});
    }

    /// First draw of many samplers: branch ~ n^0.5.
    void branchesAreDrawnBySquareRoot() {
        const Paths paths = forest({{400}, {100}, {25}});
        std::map<std::int64_t, int> first;
        const int trials = 4000;
        for (int t = 0; t < trials; ++t)
            ++first[paths[static_cast<std::size_t>(sampler(paths, 8, static_cast<std::uint64_t>(t)).next().front())]
                         [0]];
        for (const auto& [branch, root] : std::map<std::int64_t, double>{{100, 20}, {101, 10}, {102, 5}}) {
            const double share = root / 35;
            const double sigma = std::sqrt(share * (1 - share) / trials);
            QVERIFY(std::abs(first[branch] / static_cast<double>(trials) - share) < 4 * sigma);
        }
    }

    void seedDecides() {
        const Paths paths = forest(kUneven);
        TreeSampler a = sampler(paths), b = sampler(paths), c = sampler(paths, 64, 43);
        bool differs = false;
        for (int k = 0; k < 50; ++k) {
            const auto batch = a.next();
            QCOMPARE(batch, b.next());
            differs = differs || batch != c.next();
        }
        QVERIFY(differs);
        TreeSampler copy = a;  // a copy goes on where the original stands
        for (int k = 0; k < 50; ++k) QCOMPARE(copy.next(), a.next());
        const std::int64_t ahead = a.batchesUntil(2.5);  // looking ahead changes nothing
        QVERIFY(ahead > 0);
        QCOMPARE(a.next(), copy.next());
    }

    /// The very numbers: a change of the generator or of the order of draws must be noticed.
    void firstBatchIsFixed() {
        const auto batch = sampler(forest({{3, 2}, {2, 2}, {4}}), 8, 7).next();
        QCOMPARE(batch, (std::vector<std::int64_t>{12, 11, 7, 3, 2, 5, 4, 0}));
    }

    void innerLabelsAndUnlabelled() {
        Paths paths{{1, 11}, {1, 11}, {1}, {1}, {2, -1}, {2}, {}, {-1, 5}, {2, 21}, {2, 21}};
        TreeSampler s = TreeSampler::create(paths, BatchShape::forBatch(8), 1).value();
        QCOMPARE(s.documents(), 8);
        std::set<std::int64_t> seen;
        for (std::int64_t k = s.batchesUntil(1); k > 0; --k)
            for (const std::int64_t i : s.next()) seen.insert(i);
        QCOMPARE(seen, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5, 8, 9}));
    }

    void smallCorpora() {
        const Paths four = forest({{2}, {2}});
        TreeSampler s = sampler(four);
        for (int k = 0; k < 10; ++k) {
            QCOMPARE(s.next().size(), std::size_t{4});
            QCOMPARE(s.drawnUnseen(), 4 * (k + 1));
        }
        const Paths singles = forest({{1}, {1}, {1}, {1}});
        QCOMPARE(sampler(singles).next().size(), std::size_t{8});  // each with a second pass of itself
        QVERIFY(!TreeSampler::create(forest({{3}}), BatchShape::forBatch(8), 1).ok());
        QVERIFY(!TreeSampler::create({}, BatchShape::forBatch(8), 1).ok());
        QVERIFY(!TreeSampler::create(forest({{30}}), BatchShape{8, 2, 4, 3}, 1).ok());
        QVERIFY(!TreeSampler::create(forest({{30}}), BatchShape{0, 2, 4, 8}, 1).ok());
        QVERIFY(!TreeSampler::create(forest({{30}}), BatchShape{8, 2, 1, 8}, 1).ok());
    }

    void labelsOfABatch() {
        const Paths paths{{7, 70}, {7, 71}, {8, -1, 9}, {7, 70}, {}, {8}};
        const BatchLabels labels = batchLabels(paths, {3, 0, 1, 2, 5, 4}, 3);
        QCOMPARE(labels.levels, 3);
        QCOMPARE(labels.items, 6);
        QCOMPARE(labels.values, (std::vector<std::int32_t>{0, 0, 0, 1, 1, -1,    //
                                                           0, 0, 1, -1, -1, -1,  //
                                                           -1, -1, -1, -1, -1, -1}));
    }

    void carryingForward() {
        Paths paths{{1, 11}, {1}, {2}, {2, -1}, {}, {3, 31, 311}};
        carryForward(paths, 3);
        QCOMPARE(paths, (Paths{{1, 11, 11}, {1}, {2, 2, 2}, {2, 2, 2}, {}, {3, 31, 311}}));
    }
};

QTEST_APPLESS_MAIN(TestTreeSampler)
#include "tst_tree_sampler.moc"
