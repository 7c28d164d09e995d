// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <limits>
#include <thread>

#include "core/jobs/job_context.h"
#include "core/nmf/detail/split_search.h"
#include "core/nmf/nmfk.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using test::Rows;

namespace {

/// 80 terms in 4 blocks of 20, 120 documents, a little noise: the planted matrix of method.md 10.4.
Rows planted(std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<double> ofTerm(80), ofDocument(120);
    for (double& value : ofTerm) value = 0.5 + random.uniform();
    for (double& value : ofDocument) value = 0.5 + random.uniform();
    Rows x(120, std::vector<double>(80));
    for (std::size_t d = 0; d < 120; ++d)
        for (std::size_t t = 0; t < 80; ++t)
            x[d][t] = (d / 30 == t / 20 ? ofTerm[t] * ofDocument[d] : 0.0) + 0.01 * random.uniform();
    return x;
}

std::vector<StabilityPoint> table(int first, const std::vector<double>& w, const std::vector<double>& h) {
    std::vector<StabilityPoint> points;
    for (std::size_t i = 0; i < w.size(); ++i) {
        auto& point = points.emplace_back();
        point.k = first + static_cast<int>(i);
        point.wMin = w[i];
        point.hMin = h[i];
    }
    return points;
}

/// T-ELF's choices, k from 2.
NmfkOptions telf(int kMax, int perturbations, int iterations) {
    NmfkOptions options;
    options.kMax = kMax;
    options.perturbations = perturbations;
    options.iterations = iterations;
    options.tolerance = 0;
    options.solver = SolverKind::MultiplicativeFrobenius;
    options.matching = Matching::Greedy;
    options.rule = KRule::Telf;
    options.resampler = Resampler::UniformNoise;
    options.permuteH = options.scatterStart = options.fillStart = options.earlyStop = false;
    return options;
}

bool sameBits(const NmfkResult& a, const NmfkResult& b) {
    if (a.k != b.k || a.w.values != b.w.values || a.h.values != b.h.values || a.stability.size() != b.stability.size())
        return false;
    for (std::size_t i = 0; i < a.stability.size(); ++i) {
        const auto& p = a.stability[i];
        const auto& q = b.stability[i];
        if (p.k != q.k || p.wMin != q.wMin || p.wMean != q.wMean || p.hMin != q.hMin || p.hMean != q.hMean ||
            p.errorMean != q.errorMean || p.errorSd != q.errorSd || p.stableShare != q.stableShare)
            return false;
    }
    return a.relativeError == b.relativeError && a.rankOneError == b.rankOneError;
}

}  // namespace

class TestNmfk : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ruleGolden() {
        const auto first = table(1, {1, .99, .97, .95, .41, .2}, {1, .98, .96, .90, .3, .1});
        QCOMPARE(chooseK(first, KRule::Telf, .8), 4);
        QCOMPARE(chooseK(first, KRule::Ours, .8), 4);
        const auto second = table(1, {1, .99, .40, .95, .41, .2}, {1, .98, .96, .30, .85, .1});
        QCOMPARE(chooseK(second, KRule::Telf, .8), 4);
        QCOMPARE(chooseK(second, KRule::Ours, .8), 2);
        const auto third = table(2, {.70, .65, .75, .3}, {.6, .72, .5, .2});
        QCOMPARE(chooseK(third, KRule::Telf, .8), 3);
        QCOMPARE(chooseK(third, KRule::Ours, .8), 1);
        QCOMPARE(chooseK({}, KRule::Ours, .8), 1);
        QCOMPARE(chooseK({}, KRule::Telf, .8), 1);
    }

    /// As many topics as come out alike: odds and ends do not forbid a number that the others bear out.
    void surplusGolden() {
        const auto means = [](int first, std::vector<double> topicMeans) {
            std::vector<StabilityPoint> points;
            for (const double mean : topicMeans) {
                StabilityPoint point;
                point.k = first++;
                point.topicMean = mean;
                points.push_back(point);
            }
            return points;
        };
        QCOMPARE(chooseK(means(2, {.9, .92, .9, .85, .8}), KRule::Surplus, .7), 4);   // .4, .66, .8, .75, .6
        QCOMPARE(chooseK(means(2, {.9, .92, .88, .85, .8}), KRule::Surplus, .8), 3);  // .2, .36, .32, .25, 0
        QCOMPARE(chooseK(means(2, {.8, .79, .3}), KRule::Surplus, .8), 1);            // nothing to gain
        QCOMPARE(chooseK(means(1, {1, .6}), KRule::Surplus, .8), 1);                  // k = 1 is no split
        QCOMPARE(chooseK(means(2, {.95, .9}), KRule::Surplus, .8), 2);                // equal: the smaller
        QCOMPARE(chooseK({}, KRule::Surplus, .8), 1);
    }

    void plantedBlocks_data() {
        QTest::addColumn<int>("solver");
        QTest::newRow("hals") << 0;
        QTest::newRow("frobenius") << 1;
        QTest::newRow("divergence") << 2;
    }
    void plantedBlocks() {
        QFETCH(int, solver);
        for (const std::uint64_t seed : {1, 2}) {
            jobs::JobContext context;
            NmfkOptions options;
            options.kMax = 7;
            options.iterations = 200;
            options.perturbations = solver == 2 ? 4 : 10;
            options.solver = static_cast<SolverKind>(solver);
            QCOMPARE(nmfk(test::sparse(planted(seed)), options, context).value().k, 4);
            options.resampler = Resampler::UniformNoise;
            options.rule = KRule::Ours;
            const auto result = nmfk(test::sparse(planted(seed)), options, context).value();
            QCOMPARE(result.k, 4);
            for (const auto& point : result.stability) {
                if (point.k <= 4)
                    QVERIFY2(std::min(point.wMin, point.hMin) > (point.k == 4 ? .99 : .8),
                             qPrintable(QString::number(point.k)));
                if (point.k >= 5) QVERIFY2(std::min(point.wMin, point.hMin) < .5, qPrintable(QString::number(point.k)));
            }
            QVERIFY(result.relativeError < 0.35 && result.relativeError < result.rankOneError);
            // Each document belongs to the block it was planted in.
            for (std::int64_t d = 0; d < 120; ++d) {
                const float* row = result.h.row(d);
                const float* mate = result.h.row(d / 30 * 30);
                QCOMPARE(std::max_element(row, row + 4) - row, std::max_element(mate, mate + 4) - mate);
            }
        }
    }

    void threadsAndSchedulesChangeNothing() {
        const auto x = test::sparse(test::plantedCounts(150, 5, 12, 4));
        NmfkOptions options;
        options.kMax = 8;
        options.perturbations = 4;
        options.iterations = 60;
        options.threads = 1;
        jobs::JobContext context;
        const auto reference = nmfk(x, options, context).value();
        QVERIFY(reference.k > 1);
        for (const int threads : {2, 8}) {
            options.threads = threads;
            QVERIFY(sameBits(nmfk(x, options, context).value(), reference));
        }
        options.seed = 43;
        QVERIFY(!sameBits(nmfk(x, options, context).value(), reference));
    }

    void emptyRowsAndColumnsStayZero() {
        Rows x = planted(3);
        for (auto& row : x) row.insert(row.begin() + 10, 0.0);
        x.insert(x.begin() + 7, std::vector<double>(81, 0.0));
        jobs::JobContext context;
        NmfkOptions options;
        options.kMax = 5;
        options.iterations = 100;
        const auto result = nmfk(test::sparse(x), options, context).value();
        QCOMPARE(result.k, 4);
        QCOMPARE(result.w.rows, std::int64_t{81});
        QCOMPARE(result.h.rows, std::int64_t{121});
        for (int c = 0; c < 4; ++c) {
            QCOMPARE(result.w.at(10, c), 0.0F);
            QCOMPARE(result.h.at(7, c), 0.0F);
            double sum = 0;
            for (std::int64_t t = 0; t < 81; ++t) sum += double{result.w.at(t, c)};
            QVERIFY(std::abs(sum - 1) < 1e-5);
        }
    }

    void tooSmallOrStructureless() {
        jobs::JobContext context;
        NmfkOptions options;
        options.kMax = 4;
        options.iterations = 50;
        QCOMPARE(nmfk(SparseRows{}, options, context).value().k, 1);
        QCOMPARE(nmfk(test::sparse({{1, 2}}), options, context).value().k, 1);
        QCOMPARE(nmfk(test::sparse({{1, 2}, {2, 1}}), options, context).value().k, 1);
        QCOMPARE(nmfk(test::sparse(Rows(10, std::vector<double>(6, 0.0))), options, context).value().k, 1);
        const auto equal = nmfk(test::sparse(Rows(20, std::vector<double>(8, 1.0))), options, context).value();
        QVERIFY(equal.rankOneError < 1e-3);
        for (const auto& point : equal.stability)
            QVERIFY(std::isfinite(point.wMin) && std::isfinite(point.hMean) && std::isfinite(point.errorMean));
    }

    void earlyStopShortensTheTableAlike() {
        const auto x = test::sparse(test::randomRows(60, 40, 0.3, 3));
        jobs::JobContext context;
        NmfkOptions options;
        options.kMax = 14;
        options.perturbations = 3;
        options.noise = 0.5;
        options.iterations = 40;
        options.earlyStop = false;
        const auto full = nmfk(x, options, context).value();
        options.earlyStop = true;
        for (const int threads : {1, 4}) {
            options.threads = threads;
            const auto shorter = nmfk(x, options, context).value();
            int bad = 0;
            std::size_t expected = full.stability.size();
            for (std::size_t i = 0; i < full.stability.size() && expected == full.stability.size(); ++i) {
                bad = std::max(full.stability[i].wMin, full.stability[i].hMin) < 0 ? bad + 1 : 0;
                if (bad == 3) expected = i + 1;
            }
            QCOMPARE(shorter.stability.size(), expected);
        }
    }

    void perturbationIsUniformNoise() {
        const TwoWayMatrix two(test::sparse(test::randomRows(200, 100, 0.3, 3)));
        std::vector<float> byDocument, byTerm;
        const double noise = 0.1;
        NmfkOptions options;
        options.noise = noise;
        options.resampler = Resampler::UniformNoise;
        detail::perturb(two, options, 5, byDocument, byTerm);
        double sum = 0;
        double square = 0;
        for (std::size_t i = 0; i < byDocument.size(); ++i) {
            const double ratio = double{byDocument[i]} / double{two.byDocument.values[i]};
            QVERIFY(ratio >= 1 - noise - 1e-6 && ratio < 1 + noise + 1e-6);
            QCOMPARE(byTerm[static_cast<std::size_t>(two.placeByTerm[i])], byDocument[i]);
            sum += ratio;
            square += (ratio - 1) * (ratio - 1);
        }
        const auto count = static_cast<double>(byDocument.size());
        QVERIFY(std::abs(sum / count - 1) < 0.005);
        QVERIFY(std::abs(square / count - noise * noise / 3) < 2e-4);
    }

    void documentsAreLeftOutOrDrawn() {
        NmfkOptions options;
        options.resampler = Resampler::LeaveOut;
        options.leftOut = 0.1;
        const auto sum = [](const std::vector<std::int32_t>& draws) {
            return std::accumulate(draws.begin(), draws.end(), std::int64_t{0});
        };
        for (const auto& [documents, left] : {std::pair<int, int>{200, 180}, {14, 13}, {2, 1}, {1, 0}}) {
            const auto draws = detail::documentDraws(documents, options, 7);
            QCOMPARE(sum(draws), std::int64_t{left});
            QVERIFY(std::all_of(draws.begin(), draws.end(), [](int one) { return one == 0 || one == 1; }));
        }
        QVERIFY(detail::documentDraws(200, options, 7) == detail::documentDraws(200, options, 7));
        QVERIFY(detail::documentDraws(200, options, 7) != detail::documentDraws(200, options, 8));

        options.resampler = Resampler::DocumentBootstrap;
        const auto draws = detail::documentDraws(20000, options, 7);
        QCOMPARE(sum(draws), std::int64_t{20000});
        const auto none = std::count(draws.begin(), draws.end(), 0);  // (1 - 1/n)^n of them
        QVERIFY2(std::abs(static_cast<double>(none) / 20000 - std::exp(-1.0)) < 0.01,
                 qPrintable(QString::number(none)));

        // A row drawn m times counts m times in the squared error.
        const TwoWayMatrix two(test::sparse(test::randomRows(60, 30, 0.3, 3)));
        const auto times = detail::documentDraws(60, options, 9);
        std::vector<float> byDocument, byTerm;
        detail::perturb(two, options, 9, byDocument, byTerm);
        for (std::int64_t d = 0; d < 60; ++d) {
            for (auto i = two.byDocument.offsets[static_cast<std::size_t>(d)];
                 i < two.byDocument.offsets[static_cast<std::size_t>(d) + 1]; ++i) {
                const auto at = static_cast<std::size_t>(i);
                const double ratio = double{byDocument[at]} / double{two.byDocument.values[at]};
                QVERIFY(std::abs(ratio * ratio - times[static_cast<std::size_t>(d)]) < 1e-5);
                QCOMPARE(byTerm[static_cast<std::size_t>(two.placeByTerm[at])], byDocument[at]);
            }
        }
    }

    /// A count of u-sized events has mean x and variance u x; what was zero stays zero.
    void poissonNoiseIsPoisson() {
        Rows equal(400, std::vector<double>(100, 0.0));
        for (std::size_t d = 0; d < equal.size(); ++d)
            for (std::size_t t = 0; t < 50; ++t) equal[d][t] = d % 2 == 0 ? 0.5 : 40;  // both ways of drawing
        const TwoWayMatrix two(test::sparse(equal));
        for (const double unit : {0.25, 0.0}) {
            NmfkOptions options;
            options.resampler = Resampler::PoissonNoise;
            options.poissonUnit = unit;
            const double weight = unit > 0 ? unit : 20.25;  // the mean of the nonzeros
            std::vector<float> byDocument, byTerm;
            detail::perturb(two, options, 5, byDocument, byTerm);
            double sum[2] = {}, square[2] = {};
            for (std::int64_t d = 0; d < 400; ++d) {
                for (auto i = two.byDocument.offsets[static_cast<std::size_t>(d)];
                     i < two.byDocument.offsets[static_cast<std::size_t>(d) + 1]; ++i) {
                    const double value = double{byDocument[static_cast<std::size_t>(i)]};
                    QVERIFY(std::abs(value / weight - std::round(value / weight)) < 1e-4);
                    sum[d % 2] += value;
                    square[d % 2] += value * value;
                    QCOMPARE(byTerm[static_cast<std::size_t>(two.placeByTerm[static_cast<std::size_t>(i)])],
                             byDocument[static_cast<std::size_t>(i)]);
                }
            }
            for (int odd = 0; odd < 2; ++odd) {
                const double x = odd == 0 ? 0.5 : 40;
                const double mean = sum[odd] / 10000;
                const double variance = square[odd] / 10000 - mean * mean;
                QVERIFY2(std::abs(mean - x) < 5 * std::sqrt(weight * x / 10000), qPrintable(QString::number(mean)));
                QVERIFY2(std::abs(variance / (weight * x) - 1) < 0.35, qPrintable(QString::number(variance)));
            }
        }
    }

    /// Every resampler finds the planted number, and with documents left out or drawn H speaks of all of them: its
    /// silhouettes are as high as those of W.
    void plantedNumberIsFoundByAllResamplers() {
        jobs::JobContext context;
        const auto x = test::sparse(planted(1));
        for (const auto resampler : {Resampler::UniformNoise, Resampler::LeaveOut, Resampler::DocumentBootstrap,
                                     Resampler::PoissonNoise, Resampler::RandomStart}) {
            NmfkOptions options;
            options.kMax = 8;
            options.resampler = resampler;
            const auto result = nmfk(x, options, context).value();
            QCOMPARE(result.k, 4);
            const auto point = std::ranges::find(result.stability, 4, &StabilityPoint::k);
            QVERIFY(point->wMin > 0.8 && point->hMin > 0.8);
            QCOMPARE(point->stableShare, 1.0);
        }
    }

    void threadsChangeNothingHoweverItSearches() {
        const auto x = test::sparse(test::plantedCounts(90, 4, 10, 4));
        jobs::JobContext context;
        NmfkOptions options;
        options.kMax = 7;
        options.perturbations = 3;
        options.iterations = 40;
        for (const auto resampler : {Resampler::UniformNoise, Resampler::LeaveOut, Resampler::DocumentBootstrap,
                                     Resampler::PoissonNoise, Resampler::RandomStart}) {
            for (const auto search : {KSearch::Linear, KSearch::BisectPre, KSearch::BisectIn, KSearch::BisectPost}) {
                options.resampler = resampler;
                options.search = search;
                options.threads = 1;
                const auto reference = nmfk(x, options, context).value();
                for (const int threads : {2, 8}) {
                    options.threads = threads;
                    QVERIFY(sameBits(nmfk(x, options, context).value(), reference));
                }
            }
        }
    }

    void visitOrders() {
        using detail::visitOrder;
        QCOMPARE(visitOrder(6, KSearch::Linear), (std::vector<int>{0, 1, 2, 3, 4, 5}));
        QCOMPARE(visitOrder(6, KSearch::BisectPre), (std::vector<int>{3, 1, 0, 2, 5, 4}));
        QCOMPARE(visitOrder(6, KSearch::BisectIn), (std::vector<int>{0, 1, 2, 3, 4, 5}));
        QCOMPARE(visitOrder(6, KSearch::BisectPost), (std::vector<int>{0, 2, 1, 4, 5, 3}));
        QVERIFY(visitOrder(0, KSearch::BisectPre).empty());
    }

    /// Where stability only falls with k, bisecting finds what a look at every k finds, bit for bit, and looks at
    /// fewer.
    void bisectingAgreesWhereStabilityFalls_data() {
        QTest::addColumn<int>("rule");
        QTest::newRow("ours") << static_cast<int>(KRule::Ours);
        QTest::newRow("surplus") << static_cast<int>(KRule::Surplus);
    }
    void bisectingAgreesWhereStabilityFalls() {
        QFETCH(int, rule);
        jobs::JobContext context;
        const auto x = test::sparse(planted(2));
        NmfkOptions options;
        options.kMax = 12;
        options.earlyStop = false;
        options.resampler = Resampler::UniformNoise;
        options.rule = static_cast<KRule>(rule);
        const auto full = nmfk(x, options, context).value();
        QCOMPARE(full.k, 4);
        for (const auto& point : full.stability)
            QVERIFY(point.k > 4 || std::min(point.wMin, point.hMin) >= options.threshold);
        for (const auto search : {KSearch::BisectPre, KSearch::BisectIn, KSearch::BisectPost}) {
            for (const double ruleOut : {1.0, 0.8, -1.0}) {
                options.search = search;
                options.ruleOut = ruleOut;
                const auto found = nmfk(x, options, context).value();
                QCOMPARE(found.k, full.k);
                QVERIFY(found.w.values == full.w.values && found.h.values == full.h.values);
                for (const auto& point : found.stability) {
                    const auto twin = std::ranges::find(full.stability, point.k, &StabilityPoint::k);
                    QVERIFY(twin->wMin == point.wMin && twin->hMin == point.hMin);
                }
                if (search == KSearch::BisectPre && ruleOut == 1) QVERIFY(found.stability.size() <= 4);  // log2 of 11
                if (search == KSearch::BisectPre) QVERIFY(found.stability.size() < full.stability.size());
            }
        }
    }

    /// method.md 10.4, the planted acceptance case with T-ELF's own choices: multiplicative updates, 200 of them, exact
    /// NNDSVD lifted to the floor, greedy matching, its rule.
    void acceptancePlantedAsInTelf() {
        for (const std::uint64_t seed : {1, 2}) {
            jobs::JobContext context;
            const auto result = nmfk(test::sparse(planted(seed)), telf(6, 10, 200), context).value();
            QCOMPARE(result.k, 4);
            for (const auto& point : result.stability) {
                const double least = std::min(point.wMin, point.hMin);
                if (point.k <= 4) QVERIFY2(least > (point.k == 4 ? .99 : .9), qPrintable(QString::number(least)));
                if (point.k >= 5) QVERIFY2(least < .8, qPrintable(QString::number(least)));
            }
        }
    }

    /// As T-ELF's second acceptance case (its data are in its repository): a sparse matrix of rank 5, little noise,
    /// k = 3..6. The number is found, and W of it to 1e-4.
    void acceptanceSparseRankFive() {
        SplitMix64 random(11);
        Rows w(90, std::vector<double>(5, 0.0)), h(140, std::vector<double>(5, 0.0));
        const auto fill = [&](Rows& rows) {
            for (std::size_t r = 0; r < rows.size(); ++r) {
                rows[r][r % 5] = 0.5 + random.uniform();
                if (r >= 50 && random.uniform() < 0.3) rows[r][random.below(5)] += random.uniform();
            }
        };
        fill(w);
        fill(h);
        Rows x(140, std::vector<double>(90, 0.0));
        for (std::size_t d = 0; d < x.size(); ++d)
            for (std::size_t t = 0; t < w.size(); ++t)
                for (std::size_t c = 0; c < 5; ++c) x[d][t] += h[d][c] * w[t][c];
        jobs::JobContext context;
        NmfkOptions options = telf(6, 8, 1500);
        options.kMin = 3;
        options.noise = 0.001;
        const auto result = nmfk(test::sparse(x), options, context).value();
        QCOMPARE(result.k, 5);
        for (int c = 0; c < 5; ++c) {
            double sum = 0;
            for (const auto& row : w) sum += row[static_cast<std::size_t>(c)];
            double least = 1;
            for (int j = 0; j < 5; ++j) {
                double worst = 0;
                for (std::size_t t = 0; t < w.size(); ++t)
                    worst = std::max(worst, std::abs(double{result.w.at(static_cast<std::int64_t>(t), j)} -
                                                     w[t][static_cast<std::size_t>(c)] / sum));
                least = std::min(least, worst);
            }
            QVERIFY2(least < 1e-4, qPrintable(QString::number(least)));
        }
    }

    /// With random starts the runs number their topics differently: T-ELF's way of leaving H as it is sees nothing.
    void unpermutedHAsInTelf() {
        jobs::JobContext context;
        NmfkOptions options;
        options.kMin = options.kMax = 4;
        options.resampler = Resampler::RandomStart;
        const auto x = test::sparse(planted(1));
        const auto ours = nmfk(x, options, context).value().stability.front();
        options.permuteH = false;
        const auto loose = nmfk(x, options, context).value().stability.front();
        QCOMPARE(loose.wMin, ours.wMin);
        QVERIFY(ours.hMin > 0.8 && loose.hMin < 0.3);
    }

    void badInput() {
        jobs::JobContext context;
        const auto x = test::sparse(planted(1));
        const auto refused = [&](NmfkOptions options) {
            const auto result = nmfk(x, options, context);
            return !result && result.error().code == ErrorCode::InvalidArgument;
        };
        NmfkOptions options;
        options.perturbations = 1;
        QVERIFY(refused(options));
        options = {};
        options.leftOut = 0;
        QVERIFY(refused(options));
        options = {};
        options.kMax = 1;
        QVERIFY(refused(options));
        options = {};
        options.noise = 1;
        QVERIFY(refused(options));
        options = {};
        options.threshold = 0;
        QVERIFY(refused(options));
        options = {};
        options.poissonUnit = -1;
        QVERIFY(refused(options));
        options = {};
        options.ruleOut = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(refused(options));
        for (const float bad :
             {-1.0F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
            auto spoiled = x;
            spoiled.values[100] = bad;
            const auto result = nmfk(spoiled, {}, context);
            QVERIFY(!result);
            QVERIFY(result.error().message.find("Document 1") != std::string::npos);
        }
    }

    void stopsSoonAndPauses() {
        const auto x = test::sparse(test::plantedCounts(1500, 6, 60, 4));
        jobs::JobContext context;
        context.setControl(jobs::Control::Pause);
        std::thread user([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(120));
            context.setControl(jobs::Control::Stop);
        });
        NmfkOptions options;
        options.perturbations = 100;
        options.tolerance = 0;
        const auto begun = std::chrono::steady_clock::now();
        const auto result = nmfk(x, options, context);
        user.join();
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QVERIFY(std::chrono::steady_clock::now() - begun < std::chrono::seconds(2));
    }
};

QTEST_APPLESS_MAIN(TestNmfk)
#include "tst_nmfk.moc"
