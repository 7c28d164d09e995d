// SPDX-License-Identifier: Apache-2.0
/// HALS under an expert's word: anchors, fixed columns and documents that may not have weight everywhere.
#include <QTest>
#include <cmath>
#include <limits>

#include "core/nmf/nmf_solver.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using test::Rows;

namespace {

/// The limits in double, and the objective by definition.
struct Limits {
    Rows anchors;                // terms x k
    std::vector<double> lambda;  // k
    std::vector<char> frozen;
    std::vector<SolverConstraints::Row> rows;
};

double penalised(const Rows& x, const Rows& w, const Rows& h, const Limits& limits) {
    double value = test::squaredError(x, w, h);
    for (std::size_t t = 0; t < w.size(); ++t) {
        for (std::size_t c = 0; c < w[t].size(); ++c)
            value += limits.lambda[c] * std::pow(w[t][c] - limits.anchors[t][c], 2);
    }
    return value;
}

bool mayHave(const Limits& limits, std::size_t document, std::size_t column) {
    for (const auto& row : limits.rows) {
        if (static_cast<std::size_t>(row.document) == document) return row.allowed[column] != 0;
    }
    return true;
}

/// Each number of H, then of W, set to its best while all others stay: the plainest descent there is.
void naiveSweeps(const Rows& x, Rows& w, Rows& h, const Limits& limits) {
    const std::size_t k = limits.lambda.size();
    const auto residual = [&](std::size_t d, std::size_t t) {
        double fitted = 0;
        for (std::size_t c = 0; c < k; ++c) fitted += h[d][c] * w[t][c];
        return x[d][t] - fitted;
    };
    for (std::size_t d = 0; d < h.size(); ++d) {
        for (std::size_t c = 0; c < k; ++c) {
            double above = 0, below = 0;
            for (std::size_t t = 0; t < w.size(); ++t) {
                above += residual(d, t) * w[t][c];
                below += w[t][c] * w[t][c];
            }
            if (below > 0 && mayHave(limits, d, c)) h[d][c] = std::max(0.0, h[d][c] + above / below);
        }
    }
    for (std::size_t t = 0; t < w.size(); ++t) {
        for (std::size_t c = 0; c < k; ++c) {
            double above = limits.lambda[c] * (limits.anchors[t][c] - w[t][c]), below = limits.lambda[c];
            for (std::size_t d = 0; d < h.size(); ++d) {
                above += residual(d, t) * h[d][c];
                below += h[d][c] * h[d][c];
            }
            if (below > 0 && limits.frozen[c] == 0) w[t][c] = std::max(0.0, w[t][c] + above / below);
        }
    }
}

struct Problem {
    Rows x = test::randomRows(40, 30, 0.35, 5);
    Rows w = test::randomRows(30, 4, 1, 6);
    Rows h = test::randomRows(40, 4, 1, 7);
    Rows anchors = test::randomRows(30, 4, 0.6, 8);
    SolverConstraints constraints;
    Limits limits;

    explicit Problem(double weight) {
        constraints.anchors = test::factor(anchors);
        constraints.anchorWeight = {weight, 0, weight / 3, 0};
        constraints.frozen = {0, 0, 0, 1};
        constraints.rows = {{2, {1, 0, 0, 0}}, {9, {0, 1, 1, 1}}, {39, {1, 1, 0, 1}}};
        limits = {anchors, std::vector<double>(4, 0.0), constraints.frozen, constraints.rows};
        for (std::size_t d = 0; d < h.size(); ++d) {
            for (std::size_t c = 0; c < 4; ++c) {
                if (!mayHave(limits, d, c)) h[d][c] = 0;
                limits.lambda[c] += constraints.anchorWeight[c] * h[d][c] * h[d][c];
            }
        }
    }

    SolverOutcome run(Factor& fw, Factor& fh, int iterations, int threads = 1) const {
        const TwoWayMatrix two(test::sparse(x));
        SolverOptions options{.maxIterations = iterations, .tolerance = 0, .threads = threads, .keepTrace = true};
        options.constraints = &constraints;
        return solve(two.view(), fw, fh, options).value();
    }
};

}  // namespace

class TestNmfConstraints : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reachesWhatPlainDescentReaches() {
        for (const double weight : {0.0, 0.1, 1.0, 30.0}) {
            const Problem problem(weight);
            Factor w = test::factor(problem.w), h = test::factor(problem.h);
            const SolverOutcome outcome = problem.run(w, h, 3000);
            Rows naiveW = problem.w, naiveH = problem.h;
            for (int i = 0; i < 3000; ++i) naiveSweeps(problem.x, naiveW, naiveH, problem.limits);
            const double naive = penalised(problem.x, naiveW, naiveH, problem.limits);
            QVERIFY2(outcome.objective <= naive * 1.02,
                     qPrintable(QString("weight %1: %2 against %3").arg(weight).arg(outcome.objective).arg(naive)));
            // What it says is what it is, and a fixed point: plain descent finds nothing left to gain.
            Rows endW = test::dense(w), endH = test::dense(h);
            const double told = penalised(problem.x, endW, endH, problem.limits);
            QVERIFY(std::abs(told - outcome.objective) <= 1e-4 * told);
            for (int i = 0; i < 20; ++i) naiveSweeps(problem.x, endW, endH, problem.limits);
            QVERIFY(penalised(problem.x, endW, endH, problem.limits) >= told * (1 - 2e-4));
        }
    }

    void theObjectiveNeverRises() {
        for (const double weight : {0.0, 1.0, 100.0}) {
            const Problem problem(weight);
            Factor w = test::factor(problem.w), h = test::factor(problem.h);
            const auto trace = problem.run(w, h, 400).trace;
            QCOMPARE(trace.size(), std::size_t{400});
            for (std::size_t i = 1; i < trace.size(); ++i) QVERIFY(trace[i] <= trace[i - 1]);
            QVERIFY(trace.back() < trace.front());
        }
    }

    void limitsHoldToTheBit() {
        const Problem problem(1);
        Factor w = test::factor(problem.w), h = test::factor(problem.h);
        const Factor before = w;
        (void)problem.run(w, h, 60);
        for (std::int64_t t = 0; t < w.rows; ++t) QCOMPARE(w.at(t, 3), before.at(t, 3));
        QVERIFY(h.at(2, 0) > 0);
        for (const int c : {1, 2, 3}) QCOMPARE(h.at(2, c), 0.0F);
        QCOMPARE(h.at(9, 0), 0.0F);
        QCOMPARE(h.at(39, 2), 0.0F);
        Factor w8 = test::factor(problem.w), h8 = test::factor(problem.h);
        (void)problem.run(w8, h8, 60, 8);
        QVERIFY(w8.values == w.values && h8.values == h.values);
    }

    void anAnchorHoldsWhateverTheScale() {
        const auto distance = [](double weight, double scale) {
            Problem problem(weight);
            for (auto* rows : {&problem.x, &problem.w, &problem.anchors}) {
                for (auto& row : *rows) {
                    for (double& value : row) value *= scale;
                }
            }
            problem.constraints.anchors = test::factor(problem.anchors);
            Factor w = test::factor(problem.w), h = test::factor(problem.h);
            (void)problem.run(w, h, 300);
            double apart = 0, size = 0;
            for (std::int64_t t = 0; t < w.rows; ++t) {
                const double a = double{problem.constraints.anchors.at(t, 0)};
                apart += std::pow(double{w.at(t, 0)} - a, 2);
                size += a * a;
            }
            return std::sqrt(apart / size);
        };
        QVERIFY(distance(1000, 1) < 0.05);
        QVERIFY(distance(1, 1) < distance(0.01, 1));
        QVERIFY(std::abs(distance(1, 1) - distance(1, 64)) < 1e-3);
    }

    /// Parts of a document's mass that are said hold, the objective never rises, and no other row that holds them is
    /// better.
    void sharesHoldAndTheRestIsBest() {
        Problem problem(1);
        problem.constraints.rows = {{2, {1, 0, 0, 0}},
                                    {9, {0, 1, 1, 1}, {-1, 0.5, -1, -1}},
                                    {20, {1, 1, 1, 1}, {0.25, -1, 0.6, -1}},
                                    {25, {1, 1, 1, 1}, {0.3, 0.7, -1, -1}},
                                    {30, {1, 1, 1, 1}, {-1, -1, 0, -1}}};
        std::vector<double> sums(4, 0.0);
        for (const auto& row : problem.w) {
            for (std::size_t c = 0; c < 4; ++c) sums[c] += row[c];
        }
        const auto holds = [&](const Factor& h) {
            for (const auto& row : problem.constraints.rows) {
                double total = 0;
                for (std::size_t c = 0; c < 4; ++c) total += double{h.at(row.document, static_cast<int>(c))} * sums[c];
                for (std::size_t c = 0; c < row.shares.size(); ++c) {
                    const double mass = double{h.at(row.document, static_cast<int>(c))} * sums[c];
                    const double said = row.allowed[c] == 0 ? 0 : row.shares[c];
                    if (said >= 0 && std::abs(mass - said * total) > 1e-5 * total) return false;
                }
            }
            return true;
        };
        for (const int iterations : {1, 2, 3, 5, 8, 13, 21, 34}) {  // whenever it ends
            Factor fw = test::factor(problem.w), fh = test::factor(problem.h);
            (void)problem.run(fw, fh, iterations);
            QVERIFY(holds(fh));
        }
        Factor w = test::factor(problem.w), h = test::factor(problem.h);
        const auto outcome = problem.run(w, h, 2000);
        for (std::size_t i = 1; i < outcome.trace.size(); ++i) QVERIFY(outcome.trace[i] <= outcome.trace[i - 1]);
        SplitMix64 random(3);
        const auto errorOf = [&](std::size_t d, const std::vector<double>& weights) {
            double error = 0;
            for (std::size_t t = 0; t < problem.w.size(); ++t) {
                double fitted = 0;
                for (std::size_t c = 0; c < 4; ++c)
                    fitted += weights[c] * double{w.at(static_cast<std::int64_t>(t), static_cast<int>(c))};
                error += std::pow(problem.x[d][t] - fitted, 2);
            }
            return error;
        };
        for (const auto& row : problem.constraints.rows) {
            if (row.shares.empty()) continue;
            std::vector<double> weights, mass;
            double total = 0, said = 0;
            for (std::size_t c = 0; c < 4; ++c) {
                weights.push_back(double{h.at(row.document, static_cast<int>(c))});
                mass.push_back(weights[c] * sums[c]);
                total += mass[c];
                said += std::max(0.0, row.allowed[c] != 0 ? row.shares[c] : 0.0);
            }
            QVERIFY(total > 0);
            for (std::size_t c = 0; c < 4; ++c) {
                if (row.allowed[c] == 0) QCOMPARE(mass[c], 0.0);
                if (row.allowed[c] != 0 && row.shares[c] >= 0)
                    QVERIFY(std::abs(mass[c] / total - row.shares[c]) < 1e-5);
            }
            const double reached = errorOf(static_cast<std::size_t>(row.document), weights);
            for (int turn = 0; turn < 4000; ++turn) {
                std::vector<double> other(4, 0.0);
                double open = 0;
                for (std::size_t c = 0; c < 4; ++c) {
                    if (row.allowed[c] != 0 && row.shares[c] < 0)
                        open += other[c] = random.below(4) > 0 ? random.uniform() : 0;
                }
                const double size = total * (0.5 + random.uniform());
                for (std::size_t c = 0; c < 4; ++c) {
                    const bool isSaid = row.allowed[c] != 0 && row.shares[c] >= 0;
                    const double part = isSaid ? row.shares[c] : open > 0 ? other[c] / open * (1 - said) : 0;
                    other[c] = part * size / sums[c];
                }
                if (open <= 0 && said < 1 - 1e-9) continue;
                QVERIFY(errorOf(static_cast<std::size_t>(row.document), other) >= reached * (1 - 1e-3));
            }
        }
        Factor w8 = test::factor(problem.w), h8 = test::factor(problem.h);
        (void)problem.run(w8, h8, 2000, 8);
        QVERIFY(w8.values == w.values && h8.values == h.values);
    }

    void badLimitsAreRefused() {
        const Problem good(1);
        const TwoWayMatrix two(test::sparse(good.x));
        const auto refused = [&](const SolverConstraints& constraints, SolverKind kind = SolverKind::Hals) {
            Factor w = test::factor(good.w), h = test::factor(good.h);
            SolverOptions options{.kind = kind};
            options.constraints = &constraints;
            const auto outcome = solve(two.view(), w, h, options);
            return !outcome && outcome.error().code == ErrorCode::InvalidArgument;
        };
        QVERIFY(refused(good.constraints, SolverKind::MultiplicativeFrobenius));
        SolverConstraints bad = good.constraints;
        bad.anchorWeight[0] = -1;
        QVERIFY(refused(bad));
        bad = good.constraints;
        bad.anchorWeight.pop_back();
        QVERIFY(refused(bad));
        bad = good.constraints;
        bad.anchors = Factor(3, 4);
        QVERIFY(refused(bad));
        bad = good.constraints;
        bad.rows.push_back(bad.rows.front());
        QVERIFY(refused(bad));
        bad = good.constraints;
        bad.rows.back().document = 40;
        QVERIFY(refused(bad));
        const auto withShares = [&](std::vector<double> shares) {
            SolverConstraints said = good.constraints;
            said.rows = {{2, {1, 1, 0, 1}, std::move(shares)}};
            return said;
        };
        QVERIFY(refused(withShares({0.7, 0.4, -1, -1})));
        QVERIFY(refused(withShares({0.7, 0.1})));
        QVERIFY(refused(withShares({std::numeric_limits<double>::quiet_NaN(), -1, -1, -1})));
        QVERIFY(!refused(withShares({0.7, 0.3, 0.9, -1})));  // the third has no weight anyway
    }
};

QTEST_GUILESS_MAIN(TestNmfConstraints)
#include "tst_nmf_constraints.moc"
