// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/rng.h"
#include "core/eval/label_metrics.h"

using namespace espalier;
using namespace espalier::eval;

namespace {
bool near(double a, double b, double tolerance = 5e-6) {
    return std::abs(a - b) <= tolerance;
}
bool near(const std::optional<double>& a, double b, double tolerance = 5e-6) {
    return a && near(*a, b, tolerance);
}

DenseRows rowsOf(const std::vector<std::vector<double>>& rows) {
    DenseRows out;
    out.rows = static_cast<std::int64_t>(rows.size());
    out.cols = rows.empty() ? 0 : static_cast<std::int64_t>(rows[0].size());
    for (const auto& row : rows)
        for (const double x : row) out.values.push_back(static_cast<float>(x));
    return out;
}

DenseRows angles(const std::vector<double>& degrees) {
    std::vector<std::vector<double>> rows;
    for (const double d : degrees) rows.push_back({std::cos(d * M_PI / 180), std::sin(d * M_PI / 180)});
    return rowsOf(rows);
}

/// Random clusters with some documents unknown at the deeper level.
struct World {
    DenseRows vectors;
    std::vector<Labels> labels;
};
World world(std::int64_t n, std::int64_t dim, std::uint64_t seed) {
    World w;
    SplitMix64 random(seed);
    w.vectors.rows = n;
    w.vectors.cols = dim;
    w.labels.assign(2, Labels(static_cast<std::size_t>(n), -1));
    std::vector<std::vector<float>> centres(12, std::vector<float>(static_cast<std::size_t>(dim)));
    for (auto& centre : centres)
        for (float& x : centre) x = static_cast<float>(random.normal());
    for (std::int64_t d = 0; d < n; ++d) {
        const auto fine = static_cast<std::int32_t>(random.below(12));
        for (std::int64_t i = 0; i < dim; ++i)
            w.vectors.values.push_back(centres[static_cast<std::size_t>(fine)][static_cast<std::size_t>(i)] +
                                       2.0F * static_cast<float>(random.normal()));
        if (random.uniform() < .1) continue;
        w.labels[0][static_cast<std::size_t>(d)] = fine / 4;
        if (random.uniform() < .3) continue;
        w.labels[1][static_cast<std::size_t>(d)] = fine;
    }
    return w;
}

struct Naive {
    double accuracy = 0, purity = 0, silhouette = 0;
    std::int64_t n = 0;
};

/// Everything by double loops over pairs.
Naive naive(const World& w, std::size_t level, std::size_t k) {
    const Labels& labels = w.labels[level];
    const auto cosine = [&](std::size_t a, std::size_t b) {
        double dot = 0, x2 = 0, y2 = 0;
        for (std::int64_t i = 0; i < w.vectors.cols; ++i) {
            const double x = w.vectors.row(static_cast<std::int64_t>(a))[static_cast<std::size_t>(i)];
            const double y = w.vectors.row(static_cast<std::int64_t>(b))[static_cast<std::size_t>(i)];
            dot += x * y;
            x2 += x * x;
            y2 += y * y;
        }
        return dot / std::sqrt(x2 * y2);
    };
    Naive out;
    for (std::size_t q = 0; q < labels.size(); ++q) {
        if (labels[q] < 0) continue;
        ++out.n;
        std::vector<std::pair<double, std::size_t>> others;
        std::map<std::int32_t, std::pair<double, int>> distances;
        for (std::size_t d = 0; d < labels.size(); ++d) {
            if (d == q || labels[d] < 0) continue;
            const double c = cosine(q, d);
            others.emplace_back(-c, d);
            distances[labels[d]].first += 1 - c;
            ++distances[labels[d]].second;
        }
        std::sort(others.begin(), others.end());
        others.resize(std::min(others.size(), k));
        std::map<std::int32_t, double> votes;
        double same = 0;
        for (const auto& [minus, d] : others) {
            votes[labels[d]] += std::max(-minus, 0.0);
            same += labels[d] == labels[q] ? 1 : 0;
        }
        const auto winner = std::max_element(votes.begin(), votes.end(),
                                             [](const auto& a, const auto& b) { return a.second < b.second; });
        out.accuracy += winner->first == labels[q] ? 1 : 0;
        out.purity += same / static_cast<double>(others.size());
        if (!distances.contains(labels[q])) continue;  // alone: 0
        const double a = distances[labels[q]].first / distances[labels[q]].second;
        double b = 1e9;
        for (const auto& [label, sum] : distances)
            if (label != labels[q]) b = std::min(b, sum.first / sum.second);
        out.silhouette += (b - a) / std::max(a, b);
    }
    out.accuracy /= static_cast<double>(out.n);
    out.purity /= static_cast<double>(out.n);
    out.silhouette /= static_cast<double>(out.n);
    return out;
}

LabelReport evaluate(const World& w, LabelMetricsOptions options = {}) {
    jobs::JobContext context;
    return evaluateLabels(w.vectors, w.labels, options, context).value();
}

const World kToyA = {rowsOf({{1, 0}, {.8, .6}, {.28, .96}, {-.6, .8}}), {{0, 0, 1, 1}, {0, 0, 1, 2}}};
}  // namespace

class TestLabelMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenToyA() {
        LabelMetricsOptions options;
        options.k = 1;
        const LabelReport report = evaluate(kToyA, options);
        QCOMPARE(report.levels.size(), std::size_t{2});
        QVERIFY(near(report.levels[0].silhouette, .579249));
        QVERIFY(near(report.levels[1].silhouette, .180556));
        QVERIFY(near(report.levels[0].knnAccuracy, .75));
        QVERIFY(near(report.levels[1].knnAccuracy, .5));
        QVERIFY(near(alignment(kToyA.vectors, kToyA.labels[0]), .6));
        QVERIFY(near(uniformity(kToyA.vectors), -1.629074));
    }

    void goldenPurityChance() {
        const World w{angles({0, 10, 40, 60, 150, 170}), {{0, 0, 0, 0, 1, 1}, {0, 0, 1, 1, 2, 2}}};
        QVERIFY(near(evaluate(w).levels[0].purityChance, .466667));
    }

    void goldenPaths() {
        // ABC -> ABD, ABC -> AB, AB -> ABC, ABC -> XYZ
        const std::vector<LabelPath> truth{{0, 1, 2}, {0, 1, 2}, {0, 1}, {0, 1, 2}};
        const std::vector<LabelPath> predicted{{0, 1, 3}, {0, 1}, {0, 1, 2}, {4, 5, 6}};
        const HierarchicalScores scores = hierarchicalScores(truth, predicted);
        QVERIFY(near(scores.micro.precision, .545455));
        QVERIFY(near(scores.micro.recall, .545455));
        QVERIFY(near(scores.micro.f1, .545455));
        QVERIFY(near(scores.macro.precision, .583333));
        QVERIFY(near(scores.macro.recall, .583333));
        QVERIFY(near(scores.meanF1, .566667));
        QCOMPARE(scores.n, 4);
    }

    void pathsThatAreEmpty() {
        const std::vector<LabelPath> truth{{}, {1}, {}};
        const std::vector<LabelPath> predicted{{}, {}, {2}};
        const HierarchicalScores scores = hierarchicalScores(truth, predicted);
        QCOMPARE(scores.n, 2);
        QCOMPARE(scores.micro.f1, 0.0);
        QCOMPARE(hierarchicalScores({}, {}).n, 0);
    }

    void equalsTheNaiveTwin() {
        for (const std::uint64_t seed : {1, 2, 3}) {
            const World w = world(400, 13, seed);
            const LabelReport report = evaluate(w);
            for (std::size_t level = 0; level < 2; ++level) {
                const Naive expected = naive(w, level, 10);
                QCOMPARE(report.levels[level].n, expected.n);
                QVERIFY(near(report.levels[level].knnAccuracy, expected.accuracy, 1e-9));
                QVERIFY(near(report.levels[level].purity, expected.purity, 1e-6));
                QVERIFY(near(report.levels[level].silhouette, expected.silhouette, 1e-5));
            }
        }
    }

    void equalForAnyNumberOfThreads() {
        const World w = world(700, 24, 5);
        LabelMetricsOptions options;
        const LabelReport one = evaluate(w, options);
        for (const int threads : {2, 3, 8}) {
            options.threads = threads;
            const LabelReport many = evaluate(w, options);
            for (std::size_t level = 0; level < 2; ++level) {
                QCOMPARE(many.levels[level].correct, one.levels[level].correct);
                QCOMPARE(many.levels[level].purities, one.levels[level].purities);
                QCOMPARE(*many.levels[level].silhouette, *one.levels[level].silhouette);
            }
            QCOMPARE(many.hierarchical->micro.f1, one.hierarchical->micro.f1);
            QCOMPARE(*uniformity(w.vectors, threads), *uniformity(w.vectors, 1));
        }
    }

    void invariantToLengthAndNames() {
        const World w = world(300, 9, 6);
        World other = w;
        for (std::int64_t d = 0; d < other.vectors.rows; ++d)
            for (float& x : other.vectors.row(d)) x *= d % 2 == 0 ? 4.0F : .25F;
        for (Labels& level : other.labels)
            for (std::int32_t& label : level)
                if (label >= 0) label = 1000 - label;
        const LabelReport a = evaluate(w);
        const LabelReport b = evaluate(other);
        for (std::size_t level = 0; level < 2; ++level) {
            QVERIFY(near(*a.levels[level].purity, *b.levels[level].purity, 1e-9));
            QVERIFY(near(*a.levels[level].silhouette, *b.levels[level].silhouette, 1e-6));
        }
    }

    void samplesOverTheLimit() {
        const World w = world(500, 8, 9);
        LabelMetricsOptions options;
        options.queryLimit = 200;
        const LabelReport report = evaluate(w, options);
        QVERIFY(report.sampled);
        QVERIFY(report.levels[0].n <= 200 && report.levels[0].n > 150);
        QVERIFY(report.protocol.find("sample of 200") != std::string::npos);
        QCOMPARE(evaluate(w, options).levels[0].correct, report.levels[0].correct);
        QVERIFY(near(*report.levels[0].knnAccuracy, *evaluate(w).levels[0].knnAccuracy, .15));
    }

    void toldApartPerfectly() {
        World w;
        w.vectors = angles({0, 1, 2, 90, 91, 92, 180, 181, 182});
        w.labels = {{0, 0, 0, 0, 0, 0, 1, 1, 1}, {0, 0, 0, 1, 1, 1, 2, 2, 2}};
        LabelMetricsOptions options;
        options.k = 2;
        const LabelReport report = evaluate(w, options);
        QCOMPARE(*report.levels[1].knnAccuracy, 1.0);
        QCOMPARE(*report.levels[1].purity, 1.0);
        QVERIFY(*report.levels[1].silhouette > .99);
        QCOMPARE(report.hierarchical->micro.f1, 1.0);
    }

    void whatCannotBeCompared() {
        World w;
        w.vectors = angles({0, 10, 20});
        w.labels = {{0, -1, -1}};
        LabelReport report = evaluate(w);
        QCOMPARE(report.levels[0].n, 1);
        QVERIFY(!report.levels[0].knnAccuracy && !report.levels[0].purity && !report.levels[0].silhouette);
        QVERIFY(!report.hierarchical);
        w.labels = {{0, 0, 0}};
        report = evaluate(w);
        QCOMPARE(*report.levels[0].knnAccuracy, 1.0);
        QVERIFY(!report.levels[0].silhouette);  // one label
        w.vectors = rowsOf({{0, 0}, {0, 0}, {1, 0}});
        w.labels = {{0, 0, 1}};
        QVERIFY(std::isfinite(*evaluate(w).levels[0].silhouette));
        w.vectors.rows = 0;
        w.vectors.values.clear();
        w.labels = {{}};
        QCOMPARE(evaluate(w).levels[0].n, 0);
    }

    void collapsedVectorsAreNoNoise() {
        World w;
        w.vectors = rowsOf(std::vector<std::vector<double>>(20, {.3, .5, .7}));
        w.labels = {Labels(20, 0)};
        for (std::size_t d = 10; d < 20; ++d) w.labels[0][d] = 1;
        QCOMPARE(*evaluate(w).levels[0].silhouette, 0.0);
        QVERIFY(near(uniformity(w.vectors), 0, 1e-5));
    }

    void refusals() {
        jobs::JobContext context;
        World w = kToyA;
        w.labels[0].pop_back();
        QCOMPARE(evaluateLabels(w.vectors, w.labels, {}, context).error().code, ErrorCode::InvalidArgument);
        w = kToyA;
        w.vectors.values[3] = std::nanf("");
        QCOMPARE(evaluateLabels(w.vectors, w.labels, {}, context).error().code, ErrorCode::InvalidArgument);
        LabelMetricsOptions options;
        options.k = 0;
        QCOMPARE(evaluateLabels(kToyA.vectors, kToyA.labels, options, context).error().code,
                 ErrorCode::InvalidArgument);
        context.setControl(jobs::Control::Stop);
        QCOMPARE(evaluateLabels(kToyA.vectors, kToyA.labels, {}, context).error().code, ErrorCode::Cancelled);
    }

    void pathsBecomeLabels() {
        const std::vector<std::vector<std::string>> paths{{"B", "x"}, {"A", "x"}, {}, {"A"}, {"A", "a"}};
        const std::vector<Labels> labels = pathLabels(paths);
        QCOMPARE(labels.size(), std::size_t{2});
        QCOMPARE(labels[0], (Labels{1, 0, -1, 0, 0}));
        QCOMPARE(labels[1], (Labels{2, 1, -1, -1, 0}));  // "x" under A is not "x" under B
        QVERIFY(pathLabels({}).empty());
    }

    void agreementOfLabellings() {
        const Labels a{0, 0, 1, 1, 2, 2, -1};
        const Labels same{5, 5, 3, 3, 9, 9, 4};
        QVERIFY(near(normalizedMutualInformation(a, same), 1, 1e-12));
        QVERIFY(near(adjustedRandIndex(a, same), 1, 1e-12));
        QVERIFY(near(clusterPurity(a, same), 1, 1e-12));
        // Values by hand: two labels against three.
        const Labels b{0, 0, 0, 1, 1, 1, -1};
        const double mutual = 2 * (2.0 / 6) * std::log(2.0) + 2 * (1.0 / 6) * std::log(1.0);
        QVERIFY(near(normalizedMutualInformation(a, b), mutual / ((std::log(3.0) + std::log(2.0)) / 2), 1e-12));
        const double expected = 3.0 * 6 / 15;
        QVERIFY(near(adjustedRandIndex(a, b), (2 - expected) / (4.5 - expected), 1e-12));
        QVERIFY(near(clusterPurity(b, a), 4.0 / 6, 1e-12));
        QVERIFY(near(adjustedRandIndex(Labels{0, 0}, Labels{1, 1}), 1, 1e-12));
        QVERIFY(near(normalizedMutualInformation(Labels{0, 0}, Labels{1, 1}), 1, 1e-12));
        QVERIFY(!adjustedRandIndex(Labels{-1}, Labels{0}));
    }

    void treeAgainstReference() {
        const std::vector<Labels> reference{{0, 0, 0, 1, 1, -1}, {0, 0, 1, 2, -1, -1}};
        const auto perfect = treeAgreement(reference, reference);
        QCOMPARE(perfect.size(), std::size_t{2});
        QCOMPARE(perfect[0].n, 5);
        QCOMPARE(perfect[1].n, 4);
        for (const TreeAgreement& row : perfect) {
            QVERIFY(near(row.nmi, 1, 1e-12));
            QVERIFY(near(row.hf, 1, 1e-12));
        }
        // One tree label for all: the commonest path is 0 > 0, right as far as level 0 for the third document.
        const auto one = treeAgreement(std::vector<Labels>(2, Labels(6, 7)), reference);
        QVERIFY(near(one[1].hf, (2 + 2 + 1 + 0) / 8.0, 1e-12));
        QVERIFY(near(one[0].purity, 3.0 / 5, 1e-12));
        // A tree that ends early: its last labels go on.
        const auto shallow = treeAgreement(std::vector<Labels>(1, Labels(6, 7)), reference);
        QCOMPARE(shallow.size(), std::size_t{2});
        QCOMPARE(shallow[1].n, 4);
        QVERIFY(near(shallow[1].hf, *one[1].hf, 1e-12));
        QVERIFY(treeAgreement({}, reference).empty());
    }

    void alignmentEqualsPairs() {
        const World w = world(120, 6, 11);
        double sum = 0;
        double pairs = 0;
        for (std::int64_t i = 0; i < 120; ++i) {
            for (std::int64_t j = i + 1; j < 120; ++j) {
                const auto a = w.vectors.row(i);
                const auto b = w.vectors.row(j);
                const std::int32_t label = w.labels[0][static_cast<std::size_t>(i)];
                if (label < 0 || label != w.labels[0][static_cast<std::size_t>(j)]) continue;
                double na = 0, nb = 0, d = 0;
                for (std::size_t k = 0; k < a.size(); ++k) {
                    na += static_cast<double>(a[k]) * a[k];
                    nb += static_cast<double>(b[k]) * b[k];
                    d += static_cast<double>(a[k]) * b[k];
                }
                sum += 2 - 2 * d / std::sqrt(na * nb);
                ++pairs;
            }
        }
        QVERIFY(near(alignment(w.vectors, w.labels[0]), sum / pairs, 1e-5));
        QVERIFY(!alignment(w.vectors, Labels(120, -1)));
    }
};

QTEST_APPLESS_MAIN(TestLabelMetrics)
#include "tst_label_metrics.moc"
