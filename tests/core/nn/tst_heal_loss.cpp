// SPDX-License-Identifier: Apache-2.0
// Golden values: float64, found twice in other programs (per-anchor log-sum-exp loops and the cross-entropy form).
#include <QtTest>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <set>

#include "core/base/rng.h"
#include "core/nn/heal_loss.h"
#include "core/nn/schedules.h"

using namespace espalier;
using namespace espalier::nn;

namespace {

using Rows = std::vector<double>;
using Labels = std::vector<std::vector<int>>;  // level by level

constexpr double kGolden = 5e-6;

bool near(double a, double b, double tolerance = kGolden) {
    return std::abs(a - b) <= tolerance;
}

bool nearAll(const std::vector<double>& a, const std::vector<double>& b, double tolerance = kGolden) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [&](double x, double y) { return near(x, y, tolerance); });
}

BatchLabels batch(const Labels& levels) {
    BatchLabels out;
    out.levels = static_cast<int>(levels.size());
    out.items = static_cast<std::int64_t>(levels.at(0).size());
    for (const auto& level : levels) out.values.insert(out.values.end(), level.begin(), level.end());
    return out;
}

HealOptions options(std::vector<double> weights, double tau, LevelMean mean = LevelMean::Batch) {
    HealOptions out;
    out.levelWeights = std::move(weights);
    out.temperature = tau;
    out.levelMean = mean;
    return out;
}

HealLoss evaluate(const Rows& u, std::int64_t dim, const Labels& labels, const HealOptions& how) {
    return healLoss<double>(u, dim, batch(labels), how, {}, true).value();
}

Rows gradient(const Rows& u, std::int64_t dim, const Labels& labels, const HealOptions& how) {
    Rows out(u.size());
    const auto loss = healLoss<double>(u, dim, batch(labels), how, out);
    if (!loss) qFatal("%s", loss.error().message.c_str());
    return out;
}

Rows angles(std::initializer_list<double> degrees) {
    Rows out;
    for (const double d : degrees) {
        out.push_back(std::cos(d * std::numbers::pi / 180));
        out.push_back(std::sin(d * std::numbers::pi / 180));
    }
    return out;
}

Rows randomRows(std::int64_t n, std::int64_t dim, std::uint64_t seed) {
    SplitMix64 random(seed);
    Rows out(static_cast<std::size_t>(n * dim));
    for (double& value : out) value = random.normal();
    return out;
}

/// A random tree: `fan` labels below each, some items without labels from some level on.
Labels randomLabels(int levels, std::int64_t n, int fan, std::uint64_t seed, double missing = 0.1) {
    SplitMix64 random(seed);
    Labels out(static_cast<std::size_t>(levels), std::vector<int>(static_cast<std::size_t>(n), -1));
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
        int label = 0;
        for (auto& level : out) {
            if (random.uniform() < missing) break;
            label = label * fan + static_cast<int>(random.below(static_cast<std::size_t>(fan)));
            level[i] = label;
        }
    }
    return out;
}

std::vector<double> schedule(const char* name, int levels, bool raw = true) {
    return levelWeights(parseSchedule(std::string(name) + (raw ? ":raw" : "")).value(), levels).value();
}

/// The definition, as plainly as it can be written.
double plainLoss(const Rows& u, std::int64_t dim, const Labels& labels, const HealOptions& how) {
    const std::size_t n = labels[0].size();
    const auto d = static_cast<std::size_t>(dim);
    const auto similarity = [&](std::size_t i, std::size_t j) {
        double dot = 0, a = 0, b = 0;
        for (std::size_t c = 0; c < d; ++c) {
            dot += u[i * d + c] * u[j * d + c];
            a += u[i * d + c] * u[i * d + c];
            b += u[j * d + c] * u[j * d + c];
        }
        return dot / std::sqrt(a) / std::sqrt(b) / how.temperature;
    };
    double total = 0;
    for (std::size_t l = 0; l < labels.size(); ++l) {
        double levelSum = 0;
        int fed = 0;
        for (std::size_t i = 0; i < n; ++i) {
            double sum = 0, positive = 0;
            int count = 0;
            for (std::size_t a = 0; a < n; ++a) {
                if (a == i) continue;
                const bool mate = labels[l][i] != -1 && labels[l][a] == labels[l][i];
                const bool against = how.denominator == Denominator::All || l == 0 || mate ||
                                     (labels[l - 1][i] != -1 && labels[l - 1][a] == labels[l - 1][i]);
                if (against) sum += std::exp(similarity(i, a));
                if (mate) {
                    positive += similarity(i, a);
                    ++count;
                }
            }
            if (count == 0) continue;
            ++fed;
            levelSum += std::log(sum) - positive / count;
        }
        const double divisor = how.levelMean == LevelMean::Batch ? static_cast<double>(n) : fed;
        if (fed > 0) total += how.levelWeights[l] * levelSum / divisor;
    }
    return total;
}

const Rows kToyA{1, 0, .8, .6, .28, .96, -.6, .8};
const Labels kToyALabels{{0, 0, 1, 1}, {0, 0, 1, 2}};

}  // namespace

class TestHealLoss : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void toyAnchors() {
        struct Case {
            double tau;
            std::vector<double> coarse, fine, sums;
            double fed;
        };
        const Case cases[] = {
            {.5, {.346610, .789319, 1.104964, .330678}, {.346610, .789319, 0, 0}, {.642893, .283982}, .567964},
            {.1, {.005502, .693315, 2.131775, .002482}, {.005502, .693315, 0, 0}, {.708269, .174704}, .349409},
            {.07, {.000594, .693153, 2.913548, .000189}, {.000594, .693153, 0, 0}, {.901871, .173437}, .346873}};
        for (const Case& c : cases) {
            const HealLoss loss = evaluate(kToyA, 2, kToyALabels, options({1, 1}, c.tau));
            std::vector<double> anchors = c.coarse;
            anchors.insert(anchors.end(), c.fine.begin(), c.fine.end());
            QVERIFY(nearAll(loss.anchors, anchors));
            QVERIFY(nearAll(loss.levels, c.sums));
            QCOMPARE(loss.starved, (std::vector<std::int64_t>{0, 2}));
            QVERIFY(near(loss.floor, 0));
            const HealLoss fed = evaluate(kToyA, 2, kToyALabels, options({1, 1}, c.tau, LevelMean::Fed));
            QVERIFY(near(fed.levels[0], c.sums[0]));
            QVERIFY(near(fed.levels[1], c.fed));
            QVERIFY(near(loss.loss, c.sums[0] + c.sums[1], 1e-5));
        }
        const double pairs = .8 + .28 - .6 + (.8 * .28 + .6 * .96) + (-.8 * .6 + .6 * .8) + (-.28 * .6 + .96 * .8);
        QVERIFY(near(evaluate(kToyA, 2, kToyALabels, options({1, 1}, .5)).meanCosine, pairs / 6, 1e-12));
    }

    void toySchedules() {
        struct Case {
            std::vector<double> weights;
            std::array<double, 6> values;  // N / V at tau .5, .1, .07
        };
        const Case cases[] = {
            {{1, 1}, {.926875, 1.210857, .882973, 1.057677, 1.075308, 1.248744}},
            {schedule("uniform", 2), {.463438, .605429, .441486, .528839, .537654, .624372}},
            {schedule("linear-coarse", 2), {.523256, .617917, .530414, .588649, .659060, .716872}},
            {schedule("linear-fine", 2), {.403619, .592941, .352559, .469029, .416248, .531873}},
            {schedule("geometric-fine", 2), {.403619, .592941, .352559, .469029, .416248, .531873}},
            {schedule("inverse-depth", 2), {.784884, .926875, .795621, .882973, .988589, 1.075308}},
            {schedule("geometric-coarse", 2), {.784884, .926875, .795621, .882973, .988589, 1.075308}},
            {schedule("exp-himulcone", 2), {1.831895, 2.603839, 1.642633, 2.117528, 1.958384, 2.429833}},
            {schedule("pow2-himulcone", 2), {1.477152, 2.045117, 1.351052, 1.700460, 1.622312, 1.969185}}};
        for (const Case& c : cases) {
            std::size_t k = 0;
            for (const double tau : {.5, .1, .07})
                for (const LevelMean mean : {LevelMean::Batch, LevelMean::Fed}) {
                    const double loss = evaluate(kToyA, 2, kToyALabels, options(c.weights, tau, mean)).loss;
                    QVERIFY2(near(loss, c.values[k]), qPrintable(QString("%1 not %2").arg(loss).arg(c.values[k])));
                    ++k;
                }
        }
    }

    void toyGradient() {
        const Rows batchMean{0, -.119034, -.674325, .899101, 1.079639, -.314895, -.095825, -.071869};
        const Rows fedMean{0, -.233502, -.934558, 1.246078, 1.325599, -.386633, -.045389, -.034042};
        const auto n = options({1, 1}, .5);
        QVERIFY(nearAll(gradient(kToyA, 2, kToyALabels, n), batchMean));
        QVERIFY(nearAll(gradient(kToyA, 2, kToyALabels, options({1, 1}, .5, LevelMean::Fed)), fedMean));

        Rows scaled = kToyA;
        const double factors[] = {2, 1, .5, 4};
        for (std::size_t i = 0; i < 8; ++i) scaled[i] *= factors[i / 2];
        Rows expected = batchMean;
        for (std::size_t i = 0; i < 8; ++i) expected[i] /= factors[i / 2];
        QVERIFY(near(evaluate(scaled, 2, kToyALabels, n).loss, .926875));
        const Rows actual = gradient(scaled, 2, kToyALabels, n);
        QVERIFY(nearAll(actual, expected));
        QVERIFY(near(actual[4], 2.159277) && near(actual[5], -.629789));
    }

    void flatSupConOnLeaves() {
        const Labels leaves{kToyALabels[1]};
        QVERIFY(near(evaluate(kToyA, 2, leaves, options({1}, .5)).loss, .283982));
        QVERIFY(near(evaluate(kToyA, 2, leaves, options({1}, .5, LevelMean::Fed)).loss, .567964));
    }

    void sixDocuments() {
        const Rows z = angles({0, 10, 40, 60, 150, 170});
        const Labels labels{{0, 0, 0, 0, 1, 1}, {0, 0, 1, 1, 2, 2}};
        for (const LevelMean mean : {LevelMean::Batch, LevelMean::Fed}) {  // nobody starves: equal
            const HealLoss loss = evaluate(z, 2, labels, options({1, 1}, .5, mean));
            QVERIFY(nearAll(loss.levels, {.865624, .626925}));
            QVERIFY(near(loss.loss, 1.492549));
            QVERIFY(near(loss.floor, 1.156751));
        }
        const auto value = [&](std::vector<double> weights, double tau) {
            return evaluate(z, 2, labels, options(std::move(weights), tau)).loss;
        };
        QVERIFY(near(value(schedule("linear-coarse", 2), .5), .786058));
        QVERIFY(near(value(schedule("linear-fine", 2), .5), .706492));
        QVERIFY(near(value(schedule("exp-himulcone", 2), .5), 3.131333));
        QVERIFY(nearAll(evaluate(z, 2, labels, options({1, 1}, .1)).levels, {1.355129, .161637}));
        QVERIFY(near(value({1, 1}, .1), 1.516766));
        HealOptions within = options({1, 1}, .5);
        within.denominator = Denominator::WithinParent;
        QVERIFY(near(evaluate(z, 2, labels, within).loss, 1.391591));

        const Rows split = angles({0, 40, 10, 60, 150, 170});  // the fine pairs are apart
        QVERIFY(nearAll(evaluate(split, 2, labels, options({1, 1}, .5)).levels, {.865624, .970704}));
    }

    void eightDocumentsOnThreeLevels() {
        const Rows z = angles({0, 5, 15, 30, 70, 80, 130, 200});
        const Labels labels{{0, 0, 0, 0, 0, 0, 1, 1}, {0, 0, 0, 0, 1, 1, 2, 2}, {0, 0, 1, 1, 2, 2, 3, 4}};
        const HealLoss n = evaluate(z, 2, labels, options({1, 1, 1}, .2));
        const HealLoss v = evaluate(z, 2, labels, options({1, 1, 1}, .2, LevelMean::Fed));
        QVERIFY(nearAll(n.levels, {2.003915, .972110, .627820}));
        QVERIFY(nearAll(v.levels, {2.003915, .972110, .837093}));
        QVERIFY(near(n.loss, 3.603845) && near(v.loss, 3.813118));
        QVERIFY(near(n.floor, 2.689552));
        QCOMPARE(n.starved, (std::vector<std::int64_t>{0, 0, 2}));
        const auto both = [&](const char* name, double batchValue, double fedValue) {
            return near(evaluate(z, 2, labels, options(schedule(name, 3), .2)).loss, batchValue) &&
                   near(evaluate(z, 2, labels, options(schedule(name, 3), .2, LevelMean::Fed)).loss, fedValue);
        };
        QVERIFY(both("linear-coarse", 1.430631, 1.465510));
        QVERIFY(both("linear-fine", .971932, 1.076569));
        QVERIFY(both("geometric-coarse", 2.646925, 2.699244));
    }

    void oneLevelOverAndOver() {
        const Rows u = randomRows(24, 5, 1);
        const std::vector<int> column = randomLabels(1, 24, 4, 2)[0];
        const double flat = evaluate(u, 5, {column}, options({1}, .3)).loss;
        QVERIFY(near(evaluate(u, 5, {column, column, column}, options({.5, 2, .25}, .3)).loss, 2.75 * flat, 1e-12));
    }

    void closedForms() {
        const Rows equal{.6, .8, .6, .8, .6, .8, .6, .8};
        const HealLoss same = evaluate(equal, 2, {{0, 0, 1, 1}, {5, 5, 6, 6}}, options({1, 1}, .5));
        QVERIFY(nearAll(same.levels, {std::log(3.0), std::log(3.0)}, 1e-12));
        QVERIFY(near(same.meanCosine, 1, 1e-12));
        const Rows antipodal{1, 0, 1, 0, -1, 0, -1, 0};
        const double value = evaluate(antipodal, 2, {{0, 0, 1, 1}}, options({1}, .5)).loss;
        QVERIFY(near(value, std::log(1 + 2 * std::exp(-4.0)), 1e-12));
        QVERIFY(near(value, .035976));
    }

    void equalsThePlainDefinition() {
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            const std::int64_t n = seed < 10 ? 9 + static_cast<std::int64_t>(seed) * 7 : 300;  // 300: several blocks
            const int levels = 1 + static_cast<int>(seed % 4);
            const Rows u = randomRows(n, 6, seed);
            Labels labels = randomLabels(levels, n, 3, seed + 100);
            if (seed % 3 == 2)  // levels that are no tree
                for (std::size_t l = 1; l < labels.size(); ++l) labels[l] = randomLabels(1, n, 4, seed * 10 + l)[0];
            HealOptions how = options(schedule("linear-coarse", levels), seed % 2 ? .5 : .07);
            for (const LevelMean mean : {LevelMean::Batch, LevelMean::Fed})
                for (const Denominator denominator : {Denominator::All, Denominator::WithinParent}) {
                    how.levelMean = mean;
                    how.denominator = denominator;
                    const double expected = plainLoss(u, 6, labels, how);
                    const HealLoss loss = evaluate(u, 6, labels, how);
                    QVERIFY2(near(loss.loss, expected, 1e-12 * (1 + expected)),
                             qPrintable(QString("%1 not %2").arg(loss.loss, 0, 'g', 17).arg(expected, 0, 'g', 17)));
                    QVERIFY(loss.loss >= loss.floor - 1e-12);
                }
        }
    }

    /// The cross entropy against T, and the floor as its entropy, from T written out.
    void softTargetView() {
        const std::int64_t n = 20;
        const Rows u = randomRows(n, 4, 3);
        const Labels labels = randomLabels(3, n, 2, 4, .2);
        for (const LevelMean mean : {LevelMean::Batch, LevelMean::Fed}) {
            const HealOptions how = options({.2, .3, 1.5}, .4, mean);
            const HealLoss loss = evaluate(u, 4, labels, how);
            double crossEntropy = 0, floor = 0;
            for (std::size_t i = 0; i < 20; ++i) {
                std::vector<double> target(20, 0.0), similarity(20, 0.0);
                for (std::size_t l = 0; l < 3; ++l) {
                    const double divisor =
                        mean == LevelMean::Batch ? 20.0 : 20.0 - static_cast<double>(loss.starved[l]);
                    const auto mate = [&](std::size_t j) {
                        return j != i && labels[l][i] != -1 && labels[l][j] == labels[l][i];
                    };
                    double count = 0;
                    for (std::size_t j = 0; j < 20; ++j) count += mate(j);
                    for (std::size_t j = 0; j < 20; ++j)
                        if (mate(j)) target[j] += how.levelWeights[l] / divisor / count;
                }
                double sum = 0;
                for (std::size_t j = 0; j < 20; ++j) {
                    double dot = 0, a = 0, b = 0;
                    for (std::size_t c = 0; c < 4; ++c) {
                        dot += u[i * 4 + c] * u[j * 4 + c];
                        a += u[i * 4 + c] * u[i * 4 + c];
                        b += u[j * 4 + c] * u[j * 4 + c];
                    }
                    similarity[j] = dot / std::sqrt(a * b) / .4;
                    if (j != i) sum += std::exp(similarity[j]);
                }
                const double total = std::accumulate(target.begin(), target.end(), 0.0);
                for (std::size_t j = 0; j < 20; ++j) {
                    if (target[j] == 0) continue;
                    crossEntropy -= target[j] * (similarity[j] - std::log(sum));
                    floor -= target[j] * std::log(target[j] / total);
                }
            }
            QVERIFY(near(loss.loss, crossEntropy, 1e-12));
            QVERIFY(near(loss.floor, floor, 1e-12));
            QVERIFY(loss.floor > 0);
        }
    }

    void gradientEqualsCentralDifferences() {
        const std::int64_t n = 12, dim = 5;
        const double h = 1e-6;
        double worst = 0;
        for (std::uint64_t seed = 0; seed < 4; ++seed)
            for (const LevelMean mean : {LevelMean::Batch, LevelMean::Fed})
                for (const Denominator denominator : {Denominator::All, Denominator::WithinParent}) {
                    Rows u = randomRows(n, dim, seed);
                    const Labels labels = randomLabels(3, n, 2, seed + 50, .15);
                    HealOptions how = options({.2, .3, .5}, .3, mean);
                    how.denominator = denominator;
                    const Rows analytic = gradient(u, dim, labels, how);
                    for (std::size_t k = 0; k < u.size(); ++k) {
                        const double here = u[k];
                        u[k] = here + h;
                        const double up = evaluate(u, dim, labels, how).loss;
                        u[k] = here - h;
                        const double down = evaluate(u, dim, labels, how).loss;
                        u[k] = here;
                        worst = std::max(worst, std::abs((up - down) / (2 * h) - analytic[k]));
                    }
                }
        QVERIFY2(worst < 1e-8, qPrintable(QString::number(worst)));
    }

    void gradientIsAcrossTheRows() {
        const Rows u = randomRows(40, 7, 8);
        const Rows g = gradient(u, 7, randomLabels(3, 40, 3, 9), options({1, 1, 1}, .1));
        for (std::size_t i = 0; i < 40; ++i) {
            double along = 0;
            for (std::size_t c = 0; c < 7; ++c) along += u[i * 7 + c] * g[i * 7 + c];
            QVERIFY(near(along, 0, 1e-12));
        }
    }

    void invariances() {
        const std::size_t n = 30, dim = 4;
        const Rows u = randomRows(n, dim, 5);
        const Labels labels = randomLabels(3, n, 3, 6);
        for (const Denominator denominator : {Denominator::All, Denominator::WithinParent}) {
            HealOptions how = options({.6, .3, .1}, .2, LevelMean::Fed);
            how.denominator = denominator;
            const HealLoss loss = evaluate(u, dim, labels, how);

            HealOptions other = how;
            other.levelWeights = {.1, 0, 2};
            HealOptions sum = how;
            sum.levelWeights = {.7, .3, 2.1};
            QVERIFY(near(evaluate(u, dim, labels, sum).loss, loss.loss + evaluate(u, dim, labels, other).loss, 1e-12));

            std::vector<std::size_t> order(n);
            std::iota(order.begin(), order.end(), std::size_t{0});
            SplitMix64 random(7);
            shuffle(order, random);
            Rows shuffled(u.size());
            Labels renamed = labels;
            for (std::size_t i = 0; i < n; ++i) {
                std::copy_n(u.begin() + static_cast<std::ptrdiff_t>(order[i] * dim), dim,
                            shuffled.begin() + static_cast<std::ptrdiff_t>(i * dim));
                for (std::size_t l = 0; l < 3; ++l) {
                    const int label = labels[l][order[i]];
                    renamed[l][i] = label < 0 ? -1 : 1000 - 3 * label;
                }
            }
            QVERIFY(near(evaluate(shuffled, dim, renamed, how).loss, loss.loss, 1e-12));

            Rows rotated = u;  // two plane rotations, and each row stretched
            for (std::size_t i = 0; i < n; ++i) {
                double* r = rotated.data() + i * dim;
                const double a = r[0], b = r[2], c = std::cos(.7), s = std::sin(.7);
                r[0] = c * a - s * b;
                r[2] = s * a + c * b;
                for (std::size_t k = 0; k < dim; ++k) r[k] *= 1 + static_cast<double>(i);
            }
            QVERIFY(near(evaluate(rotated, dim, labels, how).loss, loss.loss, 1e-12));
        }
    }

    void itemsWithoutAnyLabelAreNegatives() {
        const Rows u = randomRows(6, 3, 10);
        const Labels labels{{0, 0, 1, 1, -1, -1}};
        const HealLoss loss = evaluate(u, 3, labels, options({1}, .5));
        QCOMPARE(loss.anchors[4], 0.0);
        QCOMPARE(loss.anchors[5], 0.0);
        QCOMPARE(loss.starved[0], 2);
        const HealLoss without = evaluate(Rows(u.begin(), u.begin() + 12), 3, {{0, 0, 1, 1}}, options({1}, .5));
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(loss.anchors[i] > without.anchors[i]);
        const Rows g = gradient(u, 3, labels, options({1}, .5));
        QVERIFY(std::abs(g[12]) + std::abs(g[13]) + std::abs(g[14]) > 1e-4);
    }

    void allStarve() {
        const Rows u = randomRows(4, 3, 11);
        for (const LevelMean mean : {LevelMean::Batch, LevelMean::Fed}) {
            const HealLoss loss = evaluate(u, 3, {{0, 1, 2, 3}, {-1, -1, -1, -1}}, options({1, 1}, .07, mean));
            QCOMPARE(loss.loss, 0.0);
            QCOMPARE(loss.floor, 0.0);
            const Rows g = gradient(u, 3, {{0, 1, 2, 3}, {-1, -1, -1, -1}}, options({1, 1}, .07, mean));
            QVERIFY(std::all_of(g.begin(), g.end(), [](double x) { return x == 0; }));
        }
    }

    void coldTemperatureAndOddRowsStayFinite() {
        Rows u = randomRows(32, 8, 12);
        std::fill_n(u.begin(), 8, 0.0);                      // a zero embedding
        for (std::size_t c = 8; c < 16; ++c) u[c] *= 1e150;  // a huge one
        std::copy_n(u.begin() + 16, 8, u.begin() + 24);      // two equal ones
        const Labels labels = randomLabels(2, 32, 3, 13);
        for (const Denominator denominator : {Denominator::All, Denominator::WithinParent}) {
            HealOptions how = options({1, 1}, .01);
            how.denominator = denominator;
            QVERIFY(std::isfinite(evaluate(u, 8, labels, how).loss));
            const Rows g = gradient(u, 8, labels, how);
            QVERIFY(std::all_of(g.begin() + 8, g.end(), [](double x) { return std::isfinite(x); }));
        }
    }

    void floatEqualsDouble() {
        const std::int64_t n = 200, dim = 48;
        const Rows u = randomRows(n, dim, 14);
        const std::vector<float> single(u.begin(), u.end());
        const Labels labels = randomLabels(3, n, 4, 15);
        for (const double tau : {.5, .07, .02})
            for (const Denominator denominator : {Denominator::All, Denominator::WithinParent}) {
                HealOptions how = options({.2, .3, .5}, tau, LevelMean::Fed);
                how.denominator = denominator;
                Rows wide(u.size());
                std::vector<float> narrow(u.size());
                const HealLoss a = healLoss<double>(u, dim, batch(labels), how, wide).value();
                const HealLoss b = healLoss<float>(single, dim, batch(labels), how, narrow).value();
                QVERIFY(near(a.loss, b.loss, 2e-6 * (1 + a.loss)));
                QVERIFY(near(a.floor, b.floor, 1e-12));
                QVERIFY(near(a.meanCosine, b.meanCosine, 1e-6));
                double largest = 0, worst = 0;
                for (std::size_t k = 0; k < wide.size(); ++k) {
                    largest = std::max(largest, std::abs(wide[k]));
                    worst = std::max(worst, std::abs(wide[k] - static_cast<double>(narrow[k])));
                }
                QVERIFY2(worst < 2e-5 * largest, qPrintable(QString("%1 of %2").arg(worst).arg(largest)));
            }
    }

    void equalRunsAreEqualBitForBit() {
        const Rows u = randomRows(300, 32, 16);
        const std::vector<float> single(u.begin(), u.end());
        const Labels labels = randomLabels(3, 300, 4, 17);
        std::vector<float> first(u.size()), second(u.size());
        const double a =
            healLoss<float>(single, 32, batch(labels), options({1, 1, 1}, .07), std::span(first)).value().loss;
        const double b =
            healLoss<float>(single, 32, batch(labels), options({1, 1, 1}, .07), std::span(second)).value().loss;
        QCOMPARE(a, b);
        QVERIFY(first == second);
    }

    void refusesWhatDoesNotFit() {
        const auto code = [](const Rows& u, std::int64_t dim, const BatchLabels& labels, const HealOptions& how,
                             std::span<double> g = {}) {
            const auto result = healLoss<double>(u, dim, labels, how, g);
            return result.ok() ? ErrorCode::Internal : result.error().code;
        };
        const BatchLabels labels = batch(kToyALabels);
        const auto good = options({1, 1}, .5);
        Rows small(3);
        QCOMPARE(code(kToyA, 3, labels, good), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 0, labels, good), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 2, labels, options({1}, .5)), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 2, labels, options({1, -1}, .5)), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 2, labels, options({1, std::nan("")}, .5)), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 2, labels, options({1, 1}, 0)), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 2, labels, options({1, 1}, std::nan(""))), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 2, labels, good, small), ErrorCode::InvalidArgument);
        QCOMPARE(code({1, 0}, 2, batch({{0}}), options({1}, .5)), ErrorCode::InvalidArgument);
        QCOMPARE(code(kToyA, 2, BatchLabels{}, options({}, .5)), ErrorCode::InvalidArgument);
        BatchLabels cut = labels;
        cut.values.pop_back();
        QCOMPARE(code(kToyA, 2, cut, good), ErrorCode::InvalidArgument);
        Rows broken = kToyA;
        broken[3] = std::nan("");
        QCOMPARE(code(broken, 2, labels, good), ErrorCode::Numerical);
        broken[3] = std::numeric_limits<double>::infinity();
        QCOMPARE(code(broken, 2, labels, good), ErrorCode::Numerical);
    }
};

QTEST_APPLESS_MAIN(TestHealLoss)
#include "tst_heal_loss.moc"
