// SPDX-License-Identifier: Apache-2.0
// Start, alignment, silhouettes, nonnegative least squares: the parts between two factorisations.
#include <Eigen/Dense>
#include <QTest>
#include <cmath>
#include <numeric>

#include "core/nmf/alignment.h"
#include "core/nmf/nmf_solver.h"
#include "core/nmf/nndsvd.h"
#include "core/nmf/nnls.h"
#include "core/nmf/randomized_svd.h"
#include "core/nmf/silhouette.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using test::Rows;

namespace {

bool near(double actual, double expected, double tolerance = 5e-6) {
    return std::abs(actual - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

Svd svdOf(const Rows& documentsByTerms, int rank, std::uint64_t seed = 1) {
    const TwoWayMatrix two(test::sparse(documentsByTerms));
    return randomizedSvd(two.view(), {.rank = rank, .seed = seed});
}

/// Angles in degrees to the cosines between unit vectors of the plane, places p * k + c.
std::vector<double> cosinesOf(const std::vector<double>& degrees) {
    std::vector<double> cosines;
    for (const double a : degrees)
        for (const double b : degrees) cosines.push_back(std::cos((a - b) * std::acos(-1.0) / 180));
    return cosines;
}

}  // namespace

class TestNmfParts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nndsvdGolden() {
        // Terms x documents as in method.md 10.4.
        const Rows first{{4, 0, 1}, {3, 1, 0}, {0, 2, 5}};
        const Svd svd = svdOf(test::transposed(first), 2);
        QVERIFY(near(svd.singular[0], 5.740320) && near(svd.singular[1], 4.703332));
        const Start start = nndsvd(svd, 2);
        compare(start.w, {{.306467, .546381}, {.202982, .453619}, {.490550, 0}});
        compare(start.h, {{4.882898, 4.522328}, {3.151138, 0}, {7.342964, 0}});
        QVERIFY(near(relativeError(test::sparse(test::transposed(first)), start.w, start.h), .477125));

        const Rows second{{1, 2, 3, 4}, {4, 5, 6, 7}, {7, 8, 9, 10}};
        const Start other = nndsvd(svdOf(test::transposed(second), 2), 2);
        compare(other.w, {{.157608, .793617}, {.333333, .206383}, {.509058, 0}});
        compare(other.h, {{12.792848, 0}, {15.323905, 0}, {17.854962, .234253}, {20.386019, .991652}});
        QVERIFY(near(relativeError(test::sparse(test::transposed(second)), other.w, other.h), .061731));
    }

    void decompositionAgreesWithJacobi() {
        const Rows x = test::randomRows(40, 30, 0.4, 3);
        Eigen::MatrixXd dense(40, 30);
        for (int r = 0; r < 40; ++r)
            for (int c = 0; c < 30; ++c) dense(r, c) = x[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
        const Eigen::JacobiSVD<Eigen::MatrixXd> exact(dense);
        const Svd svd = svdOf(x, 20);  // 20 + 10 columns span everything
        QCOMPARE(svd.singular.size(), std::size_t{20});
        for (int i = 0; i < 20; ++i)
            QVERIFY(near(svd.singular[static_cast<std::size_t>(i)], exact.singularValues()(i), 1e-5));
        // Orthonormal, and equal triplets whatever the rank asked for (prefix property, up to the sketch).
        for (const Factor* f : {&svd.terms, &svd.documents}) {
            for (int a = 0; a < 20; ++a)
                for (int b = a; b < 20; ++b) {
                    double product = 0;
                    for (std::int64_t r = 0; r < f->rows; ++r) product += double{f->at(r, a)} * double{f->at(r, b)};
                    QVERIFY(std::abs(product - (a == b ? 1 : 0)) < 2e-5);
                }
        }
        const Start large = nndsvd(svd, 12);
        const Start small = nndsvd(svd, 5);
        for (std::int64_t t = 0; t < small.w.rows; ++t)
            for (int c = 0; c < 5; ++c) QCOMPARE(small.w.at(t, c), large.w.at(t, c));
    }

    void lowRankGivesFewTriplets() {
        Rows x(12, std::vector<double>(9));
        for (std::size_t r = 0; r < x.size(); ++r)
            for (std::size_t c = 0; c < x[r].size(); ++c)
                x[r][c] = static_cast<double>((r + 1) * (c + 2)) + (r % 2 == 0 ? static_cast<double>(c) : 0);
        const Svd svd = svdOf(x, 6);
        QCOMPARE(svd.singular.size(), std::size_t{2});
        const Start start = nndsvd(svd, 4);
        for (std::int64_t t = 0; t < start.w.rows; ++t) QCOMPARE(start.w.at(t, 3), 0.0F);
        QVERIFY(svdOf(Rows(3, std::vector<double>(4, 0.0)), 2).singular.empty());
    }

    void fillLiftsZeros() {
        const Start start = nndsvd(svdOf(test::randomRows(20, 15, 0.3, 5), 4), 4, 0.01F);
        for (std::int64_t t = 0; t < start.w.rows; ++t)
            for (int c = 0; c < 4; ++c) QVERIFY(start.w.at(t, c) > 0);
    }

    void matchingGolden() {
        const std::vector<double> similarity{.95, .90, .10, .90, .20, .30, .10, .30, .80};
        const auto total = [&](const std::vector<int>& columns) {
            double sum = 0;
            for (std::size_t r = 0; r < 3; ++r) sum += similarity[r * 3 + static_cast<std::size_t>(columns[r])];
            return sum;
        };
        const auto greedy = match(similarity, 3, Matching::Greedy);
        const auto best = match(similarity, 3, Matching::Hungarian);
        QCOMPARE(greedy, (std::vector<int>{0, 1, 2}));
        QCOMPARE(best, (std::vector<int>{1, 0, 2}));
        QVERIFY(near(total(greedy), 1.95) && near(total(best), 2.60));
    }

    void hungarianAgreesWithAllPermutations() {
        SplitMix64 random(3);
        for (int round = 0; round < 60; ++round) {
            const int n = 1 + static_cast<int>(random.below(6));
            std::vector<double> similarity(static_cast<std::size_t>(n * n));
            for (double& value : similarity) value = random.uniform() * 2 - 1;
            const auto value = [&](const std::vector<int>& columns) {
                double sum = 0;
                for (int r = 0; r < n; ++r)
                    sum += similarity[static_cast<std::size_t>(r * n + columns[static_cast<std::size_t>(r)])];
                return sum;
            };
            std::vector<int> order(static_cast<std::size_t>(n));
            std::iota(order.begin(), order.end(), 0);
            double best = -1e9;
            do best = std::max(best, value(order));
            while (std::next_permutation(order.begin(), order.end()));
            const auto found = match(similarity, n, Matching::Hungarian);
            QVERIFY(near(value(found), best, 1e-12));
            QVERIFY(value(match(similarity, n, Matching::Greedy)) <= best + 1e-12);
        }
        QCOMPARE(match(std::vector<double>(9, 0.5), 3, Matching::Hungarian), (std::vector<int>{0, 1, 2}));
        QCOMPARE(match(std::vector<double>(9, 0.5), 3, Matching::Greedy), (std::vector<int>{0, 1, 2}));
    }

    void silhouetteGolden() {
        // Two clusters x two perturbations: places p * 2 + c.
        const auto even = silhouettes(cosinesOf({0, 90, 10, 80}), 2, 2);
        const std::vector<double> expected{.882353, .866667, .882353, .866667};
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(near(even.values[i], expected[i]));
        QVERIFY(near(even.min, .874510) && near(even.mean, .874510));
        const auto odd = silhouettes(cosinesOf({0, 60, 10, 80}), 2, 2);
        const std::vector<double> oddExpected{.857143, .833333, .636364, .733333};
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(near(odd.values[i], oddExpected[i]));
        QVERIFY(near(odd.min, .684848) && near(odd.mean, .765043));
    }

    void silhouetteOfTheCountingArray() {
        // Values 0..59 as (feature 4, cluster 3, perturbation 5).
        std::vector<Factor> runs(5, Factor(4, 3));
        for (int i = 0; i < 60; ++i)
            runs[static_cast<std::size_t>(i % 5)].at(i / 15, i / 5 % 3) = static_cast<float>(i);
        std::vector<const Factor*> pointers;
        for (const auto& run : runs) pointers.push_back(&run);
        const auto result = silhouettes(columnCosines(pointers), 3, 5);
        const double means[] = {.482485, .419690, .614876};
        for (std::size_t c = 0; c < 3; ++c) QVERIFY(near(result.perCluster[c], means[c]));
        const double first[] = {.601036, .672180, .653741, .481494, .003975};
        for (std::size_t p = 0; p < 5; ++p) QVERIFY(near(result.values[p], first[p]));
    }

    void singleTopicAndDeadTopic() {
        const auto one = silhouettes(cosinesOf({0, 45, 90}), 1, 3);
        QCOMPARE(one.min, 1.0);
        QCOMPARE(one.values.size(), std::size_t{3});
        Factor a(3, 2);
        Factor b(3, 2);
        for (Factor* f : {&a, &b}) f->at(0, 0) = 1;
        b.at(1, 1) = 1;  // the second topic of run a is dead
        const Factor* runs[] = {&a, &b};
        const auto cosines = columnCosines(runs);
        QCOMPARE(cosines[1 * 4 + 1], 0.0);
        const auto result = silhouettes(cosines, 2, 2);
        QVERIFY(result.min < 0.1);
        for (const double value : result.values) QVERIFY(std::isfinite(value));
    }

    // method.md 5.4, row 1: with random starts the silhouette of H means something only when H is permuted with W.
    void permutedHSilhouette() {
        const Rows x = test::plantedCounts(120, 4, 20, 9, 0);
        const TwoWayMatrix two(test::sparse(x));
        std::vector<Factor> w, h;
        for (std::uint64_t p = 0; p < 6; ++p) {
            w.push_back(test::factor(test::randomRows(80, 4, 1, p * 2 + 2)));
            h.push_back(test::factor(test::randomRows(120, 4, 1, p * 2 + 3)));
            QVERIFY(solve(two.view(), w.back(), h.back(), {.maxIterations = 300}).ok());
        }
        std::vector<const Factor*> runsW, runsH;
        for (std::size_t p = 0; p < 6; ++p) {
            runsW.push_back(&w[p]);
            runsH.push_back(&h[p]);
        }
        const auto permutations = alignColumns(columnCosines(runsW), 4, 6, Matching::Hungarian);
        const auto cosinesH = columnCosines(runsH);
        const double loose = silhouettes(cosinesH, 4, 6).min;
        const double aligned = silhouettes(cosinesH, 4, 6, permutations).min;
        QVERIFY2(loose < 0.3, qPrintable(QString::number(loose)));
        QVERIFY2(aligned > 0.8, qPrintable(QString::number(aligned)));
    }

    void alignmentUndoesAShuffle() {
        const Factor base = test::factor(test::randomRows(50, 7, 0.4, 3));
        SplitMix64 random(8);
        std::vector<Factor> runs{base};
        std::vector<std::vector<int>> shuffles;
        for (int p = 1; p < 5; ++p) {
            std::vector<int> order(7);
            std::iota(order.begin(), order.end(), 0);
            shuffle(order, random);
            Factor run(50, 7);
            for (std::int64_t r = 0; r < 50; ++r)
                for (int c = 0; c < 7; ++c)
                    run.at(r, order[static_cast<std::size_t>(c)]) =
                        base.at(r, c) * (1 + 0.01F * static_cast<float>(random.uniform()));
            runs.push_back(std::move(run));
            shuffles.push_back(order);
        }
        std::vector<const Factor*> pointers;
        for (const auto& run : runs) pointers.push_back(&run);
        for (const auto how : {Matching::Hungarian, Matching::Greedy}) {
            const auto permutations = alignColumns(columnCosines(pointers), 7, 5, how);
            for (std::size_t p = 1; p < 5; ++p) QCOMPARE(permutations[p], shuffles[p - 1]);
        }
    }

    void nnlsGolden() {
        const Rows w{{.5, 0}, {.5, .25}, {0, .75}};
        QVERIFY(solved(w, {1, 1.5, 1.5}, {2, 2}));
        QVERIFY(solved(w, {1, .2, 0}, {1.2, 0}));
        const double residual = std::sqrt((.6 - 1) * (.6 - 1) + (.6 - .2) * (.6 - .2)) / std::sqrt(1 + .04);
        QVERIFY(near(residual, .554700));
    }

    void nnlsMeetsItsConditions() {
        SplitMix64 random(21);
        for (int round = 0; round < 300; ++round) {
            const auto k = 1 + random.below(9);
            const auto rows = 1 + random.below(14);  // fewer rows than columns too: singular Gram matrices
            Rows w = test::randomRows(rows, k, 0.6, random.next());
            if (k > 2 && round % 5 == 0)
                for (auto& row : w) row[1] = row[0];  // two equal topics
            std::vector<double> gram(k * k), rhs(k);
            for (const auto& row : w) {
                const double x = random.uniform() - 0.2;
                for (std::size_t i = 0; i < k; ++i) {
                    rhs[i] += row[i] * x;
                    for (std::size_t j = 0; j < k; ++j) gram[i * k + j] += row[i] * row[j];
                }
            }
            const auto h = nnls(gram, rhs);
            for (std::size_t j = 0; j < k; ++j) {
                double gradient = rhs[j];
                for (std::size_t l = 0; l < k; ++l) gradient -= gram[j * k + l] * h[l];
                QVERIFY(std::isfinite(h[j]) && h[j] >= 0);
                QVERIFY(gradient < 1e-6);                         // nothing to gain by raising it
                QVERIFY(h[j] == 0 || std::abs(gradient) < 1e-6);  // nor by lowering it
            }
        }
        QCOMPARE(nnls(std::vector<double>(4, 0.0), std::vector<double>(2, 0.0)), std::vector<double>(2, 0.0));
        QVERIFY(nnls({}, {}).empty());
    }

private:
    static bool solved(const Rows& w, const std::vector<double>& x, const std::vector<double>& expected) {
        const auto k = w.front().size();
        std::vector<double> gram(k * k), rhs(k);
        for (std::size_t r = 0; r < w.size(); ++r)
            for (std::size_t i = 0; i < k; ++i) {
                rhs[i] += w[r][i] * x[r];
                for (std::size_t j = 0; j < k; ++j) gram[i * k + j] += w[r][i] * w[r][j];
            }
        const auto h = nnls(gram, rhs);
        bool same = true;
        for (std::size_t i = 0; i < k; ++i) same = same && near(h[i], expected[i]);
        return same;
    }

    static void compare(const Factor& actual, const Rows& expected) {
        for (std::int64_t r = 0; r < actual.rows; ++r)
            for (int c = 0; c < actual.k; ++c) {
                const double want = expected[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
                QVERIFY2(near(double{actual.at(r, c)}, want),
                         qPrintable(QString("%1,%2: %3 not %4").arg(r).arg(c).arg(actual.at(r, c)).arg(want)));
            }
    }
};

QTEST_APPLESS_MAIN(TestNmfParts)
#include "tst_nmf_parts.moc"
