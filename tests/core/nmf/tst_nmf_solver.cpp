// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <limits>

#include "core/nmf/nmf_solver.h"
#include "core/nmf/simd/kernels.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using test::Rows;

namespace {

bool near(double actual, double expected, double tolerance = 5e-6) {
    return std::abs(actual - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

// method.md 10.4: X terms x documents there, documents x terms here.
const Rows kX{{1, 3, 5}, {2, 4, 0}};
const Rows kW{{1, 1}, {1, 2}, {2, 1}};
const Rows kH{{1, 1}, {1, 1}};

Rows product(const Rows& a, const Rows& b) {
    Rows c(a.size(), std::vector<double>(b.front().size(), 0.0));
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t l = 0; l < b.size(); ++l)
            for (std::size_t j = 0; j < c[i].size(); ++j) c[i][j] += a[i][l] * b[l][j];
    return c;
}

/// The textbook updates in double: own (rows x k) from X (rows x others) and other (others x k).
void naiveUpdate(SolverKind kind, const Rows& x, const Rows& other, Rows& own, int sweeps) {
    const auto b = product(x, other);
    const auto g = product(test::transposed(other), other);
    for (std::size_t r = 0; r < own.size(); ++r) {
        auto& row = own[r];
        const auto old = row;
        if (kind == SolverKind::Hals) {
            for (int sweep = 0; sweep < sweeps; ++sweep) {
                for (std::size_t j = 0; j < row.size(); ++j) {
                    double gradient = b[r][j];
                    for (std::size_t l = 0; l < row.size(); ++l) gradient -= g[l][j] * row[l];
                    if (g[j][j] > 0) row[j] = std::max(0.0, row[j] + gradient / g[j][j]);
                }
            }
        } else if (kind == SolverKind::MultiplicativeFrobenius) {
            for (std::size_t j = 0; j < row.size(); ++j) {
                double below = 0;
                for (std::size_t l = 0; l < row.size(); ++l) below += g[l][j] * old[l];
                row[j] = old[j] * b[r][j] / (below + 1.1920929e-7);
            }
        } else {
            for (std::size_t j = 0; j < row.size(); ++j) {
                double above = 0;
                double below = 0;
                for (std::size_t t = 0; t < other.size(); ++t) {
                    double fitted = 0;
                    for (std::size_t l = 0; l < old.size(); ++l) fitted += old[l] * other[t][l];
                    above += x[r][t] > 0 ? x[r][t] / fitted * other[t][j] : 0;
                    below += other[t][j];
                }
                row[j] = old[j] * above / below;
            }
        }
    }
}

Rows stretched(const Rows& now, const Rows& before, double by) {
    Rows out = now;
    for (std::size_t r = 0; r < out.size(); ++r) {
        for (std::size_t c = 0; c < out[r].size(); ++c)
            out[r][c] = std::max(0.0, now[r][c] + by * (now[r][c] - before[r][c]));
    }
    return out;
}

/// Ang and Gillis (2019), algorithm 3, in double and by the book: the pair that is kept is (plain W, stretched H).
/// \returns how often the objective would have risen
int naiveExtrapolated(const Rows& x, Rows& w, Rows& h, int iterations) {
    double stretch = 0.5, limit = 1, resumed = 0.5;
    double best = test::squaredError(x, w, h);
    Rows stretchedW = w, stretchedH = h, plainW = w, plainH = h;  // the latter two: as the last iteration left them
    int restarts = 0;
    for (int i = 0; i < iterations; ++i) {
        Rows newH = stretchedH;
        naiveUpdate(SolverKind::Hals, x, stretchedW, newH, 2);
        stretchedH = stretched(newH, plainH, stretch);
        plainH = newH;
        Rows newW = stretchedW;
        naiveUpdate(SolverKind::Hals, test::transposed(x), stretchedH, newW, 2);
        const double reached = test::squaredError(x, newW, stretchedH);
        if (reached > best) {
            ++restarts;
            stretchedW = plainW = w;
            stretchedH = plainH = h;
            limit = stretch;
            resumed = stretch / 1.5;
            stretch = 0;
            continue;
        }
        best = reached;
        if (stretch == 0) {
            stretch = resumed;
        } else {
            limit = std::min(1.0, limit * 1.01);
            stretch = std::min(limit, stretch * 1.05);
        }
        stretchedW = stretched(newW, plainW, stretch);
        w = plainW = newW;
        h = stretchedH;
    }
    return restarts;
}

SolverOutcome run(const Rows& x, Factor& w, Factor& h, SolverOptions options) {
    const TwoWayMatrix two(test::sparse(x));
    return solve(two.view(), w, h, options).value();
}

}  // namespace

class TestNmfSolver : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void relativeErrorGolden() {
        QVERIFY(near(relativeError(test::sparse(kX), test::factor(kW), test::factor(kH)), .522233));
    }

    void frobeniusStepGolden() {
        Factor w = test::factor(kW);
        Factor h = test::factor(kH);
        run(kX, w, h, {.kind = SolverKind::MultiplicativeFrobenius, .maxIterations = 1});
        const Rows expectedH{{1.272727, 1.090909}, {.545455, .909091}};
        const Rows expectedW{{.621739, .745763}, {1.055233, 2.335196}, {2.225434, .942857}};
        compare(h, expectedH);
        compare(w, expectedW);
        QVERIFY(near(relativeError(test::sparse(kX), w, h), .413532));
        QVERIFY(near(std::sqrt(test::squaredError(kX, test::dense(w), test::dense(h))) / test::norm(kX), .413532));
        scaleColumnsToSumOne(w, h);
        compare(w, {{.159322, .185337}, {.270406, .580344}, {.570272, .234319}});
        compare(h, {{4.966698, 4.389617}, {2.128585, 3.658014}});
        QVERIFY(near(relativeError(test::sparse(kX), w, h), .413532));
    }

    void frobeniusHundredSteps() {
        Factor w = test::factor(kW);
        Factor h = test::factor(kH);
        run(kX, w, h, {.kind = SolverKind::MultiplicativeFrobenius, .maxIterations = 100, .tolerance = 0});
        const double error = std::sqrt(test::squaredError(kX, test::dense(w), test::dense(h))) / test::norm(kX);
        QVERIFY2(near(error, .002754), qPrintable(QString::number(error, 'g', 9)));
    }

    void divergenceStepGolden() {
        Factor w = test::factor(kW);
        Factor h = test::factor(kH);
        QVERIFY(near(klDivergence(test::sparse(kX), w, h), 4.011709));
        const auto outcome = run(kX, w, h, {.kind = SolverKind::MultiplicativeKl, .maxIterations = 1});
        compare(h, {{1.208333, 1.041667}, {.583333, .916667}});
        compare(w, {{.733850, .860520}, {1.153553, 2.519089}, {1.950126, .769034}});
        QVERIFY(near(outcome.objective, 3.011901));
        QVERIFY(near(klDivergence(test::sparse(kX), w, h), 3.011901));
    }

    void agreesWithNaiveTwin_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("k");
        for (const int k : {1, 3, 9, 17}) {
            QTest::newRow(qPrintable(QString("hals %1").arg(k))) << 0 << k;
            QTest::newRow(qPrintable(QString("frobenius %1").arg(k))) << 1 << k;
            QTest::newRow(qPrintable(QString("divergence %1").arg(k))) << 2 << k;
        }
    }
    void agreesWithNaiveTwin() {
        QFETCH(int, kind);
        QFETCH(int, k);
        const auto solver = static_cast<SolverKind>(kind);
        const auto size = static_cast<std::size_t>(k);
        const Rows x = test::randomRows(45, 38, 0.3, 100 + size);
        Rows naiveW = test::randomRows(38, size, 1, 7);
        Rows naiveH = test::randomRows(45, size, 1, 8);
        Factor w = test::factor(naiveW);
        Factor h = test::factor(naiveH);
        run(x, w, h, {.kind = solver, .maxIterations = 8, .tolerance = 0});
        if (solver == SolverKind::Hals) naiveExtrapolated(x, naiveW, naiveH, 8);
        for (int i = 0; i < 8 && solver != SolverKind::Hals; ++i) {
            naiveUpdate(solver, x, naiveW, naiveH, 2);
            naiveUpdate(solver, test::transposed(x), naiveH, naiveW, 2);
        }
        compare(w, naiveW, 1e-3);
        compare(h, naiveH, 1e-3);
    }

    /// Far enough that stretching has to be taken back, and to less of an error than plain iterations reach.
    void extrapolationIsTakenBack() {
        const Rows x = test::randomRows(60, 40, 0.25, 11);
        Rows naiveW = test::randomRows(40, 5, 1, 7);
        Rows naiveH = test::randomRows(60, 5, 1, 8);
        Rows plainW = naiveW, plainH = naiveH;
        Factor w = test::factor(naiveW);
        Factor h = test::factor(naiveH);
        const auto outcome = run(x, w, h, {.maxIterations = 60, .tolerance = 0});
        QVERIFY(naiveExtrapolated(x, naiveW, naiveH, 60) > 0);
        QVERIFY(near(outcome.objective, test::squaredError(x, naiveW, naiveH), 2e-4));
        for (int i = 0; i < 60; ++i) {
            naiveUpdate(SolverKind::Hals, x, plainW, plainH, 2);
            naiveUpdate(SolverKind::Hals, test::transposed(x), plainH, plainW, 2);
        }
        QVERIFY(outcome.objective <= test::squaredError(x, plainW, plainH));
    }

    void objectiveNeverRises_data() { agreesWithNaiveTwin_data(); }
    void objectiveNeverRises() {
        QFETCH(int, kind);
        QFETCH(int, k);
        const auto size = static_cast<std::size_t>(k);
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            const Rows x = test::randomRows(60, 40, 0.2, seed);
            Factor w = test::factor(test::randomRows(40, size, 1, seed + 20));
            Factor h = test::factor(test::randomRows(60, size, 1, seed + 40));
            const auto outcome =
                run(x, w, h,
                    {.kind = static_cast<SolverKind>(kind), .maxIterations = 60, .tolerance = 0, .keepTrace = true});
            QCOMPARE(outcome.trace.size(), std::size_t{60});
            for (std::size_t i = 1; i < outcome.trace.size(); ++i)
                QVERIFY2(outcome.trace[i] <= outcome.trace[i - 1] * (1 + 1e-6), qPrintable(QString::number(i)));
            QVERIFY(outcome.trace.back() <= outcome.trace.front() * (1 + 1e-6));
        }
    }

    void objectiveIsTheTrueError() {
        const Rows x = test::randomRows(50, 30, 0.3, 5);
        Factor w = test::factor(test::randomRows(30, 6, 1, 1));
        Factor h = test::factor(test::randomRows(50, 6, 1, 2));
        const auto outcome = run(x, w, h, {.maxIterations = 15, .tolerance = 0});
        QVERIFY(near(outcome.objective, test::squaredError(x, test::dense(w), test::dense(h)), 1e-5));
    }

    void stopsOnTolerance() {
        const Rows x = test::randomRows(60, 50, 0.3, 3);
        Factor w = test::factor(test::randomRows(50, 5, 1, 1));
        Factor h = test::factor(test::randomRows(60, 5, 1, 2));
        const auto outcome = run(x, w, h, {.maxIterations = 5000});
        QVERIFY(outcome.converged);
        QVERIFY(outcome.iterations < 1000);
    }

    void scalingLeavesTheProduct() {
        const Rows x = test::randomRows(20, 15, 0.4, 3);
        Factor w = test::factor(test::randomRows(15, 4, 1, 1));
        Factor h = test::factor(test::randomRows(20, 4, 1, 2));
        const double before = relativeError(test::sparse(x), w, h);
        scaleColumnsToSumOne(w, h);
        QVERIFY(near(relativeError(test::sparse(x), w, h), before));
        for (int c = 0; c < 4; ++c) {
            double sum = 0;
            for (std::int64_t t = 0; t < w.rows; ++t) sum += double{w.at(t, c)};
            QVERIFY(near(sum, 1));
        }
    }

    void threadsChangeNothing() {
        const Rows x = test::randomRows(2500, 60, 0.05, 3);  // more than one block of rows
        for (const auto kind : {SolverKind::Hals, SolverKind::MultiplicativeFrobenius, SolverKind::MultiplicativeKl}) {
            AlignedFloats first;
            for (const int threads : {1, 2, 5}) {
                Factor w = test::factor(test::randomRows(60, 11, 1, 1));
                Factor h = test::factor(test::randomRows(2500, 11, 1, 2));
                run(x, w, h, {.kind = kind, .maxIterations = 6, .tolerance = 0, .threads = threads});
                auto all = w.values;
                all.insert(all.end(), h.values.begin(), h.values.end());
                if (first.empty()) first = all;
                QVERIFY(all == first);
            }
        }
    }

    void oddMatricesStayFinite() {
        SplitMix64 random(17);
        for (int round = 0; round < 60; ++round) {
            const auto rows = 1 + random.below(12);
            const auto cols = 1 + random.below(12);
            const auto k = 1 + random.below(6);
            Rows x = test::randomRows(rows, cols, random.uniform() * 0.6, random.next());
            if (round % 3 == 0) x[random.below(rows)].assign(cols, 0.0);
            if (round % 4 == 0)
                for (auto& row : x)
                    for (auto& value : row) value *= random.below(2) == 0 ? 1e-12 : 1e6;
            for (const auto kind :
                 {SolverKind::Hals, SolverKind::MultiplicativeFrobenius, SolverKind::MultiplicativeKl}) {
                Factor w = test::factor(test::randomRows(cols, k, 0.7, random.next()));
                Factor h = test::factor(test::randomRows(rows, k, 0.7, random.next()));
                const TwoWayMatrix two(test::sparse(x));
                const auto outcome = solve(two.view(), w, h, {.kind = kind, .maxIterations = 25});
                if (!outcome) continue;
                for (const float v : w.values) QVERIFY(std::isfinite(v) && v >= 0);
                for (const float v : h.values) QVERIFY(std::isfinite(v) && v >= 0);
            }
        }
    }

    void badShapesAndOptions() {
        const TwoWayMatrix two(test::sparse(kX));
        Factor w = test::factor(kW);
        Factor h(3, 2);
        QCOMPARE(solve(two.view(), w, h, {}).error().code, ErrorCode::InvalidArgument);
        Factor good = test::factor(kH);
        QCOMPARE(solve(two.view(), w, good, {.maxIterations = 0}).error().code, ErrorCode::InvalidArgument);
        Factor wide(2, 3);
        QCOMPARE(solve(two.view(), w, wide, {}).error().code, ErrorCode::InvalidArgument);
        const auto outcome = solve(two.view(), w, good, {.stop = [] { return true; }}).value();
        QVERIFY(outcome.stopped);
        QCOMPARE(outcome.iterations, 0);
    }

    void simdLevelsAgreeWithThePlainTwin() {
        const auto& plain = simd::plainKernels();
        for (const char* name : {"base", "avx2", "avx512"}) {
            const auto& level = simd::kernelsFor(name);
            if (std::string_view(level.name) != name) continue;  // this processor does not have it
            for (const int k : {1, 5, 8, 13, 16, 23, 32, 40, 64, 71, 100, 128, 150, 300}) check(plain, level, k);
        }
        QVERIFY(std::string_view(simd::kernelsFor(nullptr).name) != "plain" || !simd::baseKernels());
        QCOMPARE(QString(simd::kernelsFor("base").name), QString(simd::baseKernels() ? "base" : "plain"));
    }

private:
    static void compare(const Factor& actual, const Rows& expected, double tolerance = 5e-6) {
        for (std::int64_t r = 0; r < actual.rows; ++r) {
            for (int c = 0; c < actual.k; ++c) {
                const double want = expected[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
                QVERIFY2(near(double{actual.at(r, c)}, want, tolerance),
                         qPrintable(QString("%1,%2: %3 not %4").arg(r).arg(c).arg(actual.at(r, c)).arg(want)));
            }
            for (int c = actual.k; c < actual.stride; ++c) QCOMPARE(actual.row(r)[c], 0.0F);
        }
    }

    static void close(const AlignedFloats& a, const AlignedFloats& b, double bound) {
        QCOMPARE(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY2(near(double{a[i]}, double{b[i]}, bound),
                     qPrintable(QString("%1: %2 %3").arg(i).arg(a[i]).arg(b[i])));
    }

    static void check(const simd::Kernels& plain, const simd::Kernels& level, int k) {
        const auto size = static_cast<std::size_t>(k);
        const auto seed = static_cast<std::uint64_t>(k);
        const SparseRows x = test::sparse(test::randomRows(77, 51, 0.25, seed));
        const Factor f = test::factor(test::randomRows(51, size, 0.8, seed + 1));
        const Factor g = test::factor(test::randomRows(77, size, 0.8, seed + 2));
        Factor a(77, k);
        Factor b(77, k);
        plain.sparseProduct(x.offsets.data(), x.columns.data(), x.values.data(), f.values.data(), f.stride,
                            a.values.data(), 0, 77);
        level.sparseProduct(x.offsets.data(), x.columns.data(), x.values.data(), f.values.data(), f.stride,
                            b.values.data(), 0, 77);
        close(a, b, 1e-5);

        const auto cells = static_cast<std::size_t>(f.stride) * static_cast<std::size_t>(f.stride);
        std::vector<double> gramA(cells), gramB(cells);
        plain.gram(f.values.data(), f.rows, f.stride, gramA.data());
        level.gram(f.values.data(), f.rows, f.stride, gramB.data());
        simd::mirrorGram(gramA.data(), f.stride);
        simd::mirrorGram(gramB.data(), f.stride);
        for (std::size_t i = 0; i < cells; ++i) QVERIFY(near(gramA[i], gramB[i], 1e-12));

        const AlignedFloats matrix(gramA.begin(), gramA.end());
        Factor rotatedA(77, k);
        Factor rotatedB(77, k);
        plain.rowsTimesMatrix(g.values.data(), 77, g.stride, matrix.data(), rotatedA.values.data());
        level.rowsTimesMatrix(g.values.data(), 77, g.stride, matrix.data(), rotatedB.values.data());
        close(rotatedA.values, rotatedB.values, 1e-4);

        AlignedFloats inverse(static_cast<std::size_t>(f.stride), 0.0F);
        for (std::size_t j = 0; j < size; ++j) {
            const double diagonal = gramA[j * static_cast<std::size_t>(f.stride) + j];
            inverse[j] = diagonal > 0 ? static_cast<float>(1 / diagonal) : 0.0F;
        }
        Factor sweptA = g;
        Factor sweptB = g;
        plain.sweeps(sweptA.values.data(), a.values.data(), 77, g.stride, k, matrix.data(), inverse.data(), 2);
        level.sweeps(sweptB.values.data(), a.values.data(), 77, g.stride, k, matrix.data(), inverse.data(), 2);
        close(sweptA.values, sweptB.values, 2e-3);

        plain.ratioProduct(x.offsets.data(), x.columns.data(), x.values.data(), f.values.data(), g.values.data(),
                           f.stride, 1e-6F, a.values.data(), 0, 77);
        level.ratioProduct(x.offsets.data(), x.columns.data(), x.values.data(), f.values.data(), g.values.data(),
                           f.stride, 1e-6F, b.values.data(), 0, 77);
        close(a.values, b.values, 1e-4);
        const auto total = static_cast<std::int64_t>(g.values.size());
        QVERIFY(near(plain.dot(g.values.data(), a.values.data(), total),
                     level.dot(g.values.data(), a.values.data(), total), 1e-10));
    }

    static void close(const Factor& a, const Factor& b, double bound) { close(a.values, b.values, bound); }
};

QTEST_APPLESS_MAIN(TestNmfSolver)
#include "tst_nmf_solver.moc"
