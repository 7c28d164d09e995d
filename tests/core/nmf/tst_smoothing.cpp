// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <limits>
#include <map>

#include "core/jobs/job_context.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/smoothing.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using test::Rows;

namespace {

Result<SparseRows> smoothed(const SparseRows& counts, const SparseRows& neighbours, const SmoothingOptions& options) {
    jobs::JobContext context;
    return smoothedRows(counts, counts, neighbours, rootTermWeights(counts), options, context);
}

Rows dense(const SparseRows& m) {
    Rows rows(static_cast<std::size_t>(m.rows), std::vector<double>(static_cast<std::size_t>(m.cols), 0.0));
    for (std::int64_t r = 0; r < m.rows; ++r)
        for (std::size_t i = 0; i < m.rowSize(r); ++i)
            rows[static_cast<std::size_t>(r)][static_cast<std::size_t>(m.rowColumns(r)[i])] = double{m.rowValues(r)[i]};
    return rows;
}

void scaleToUnit(std::vector<double>& row) {
    double square = 0;
    for (const double v : row) square += v * v;
    if (square > 0)
        for (double& v : row) v /= std::sqrt(square);
}

/// The formula of the header, dense and in double. Rows of unit length, before the weights are divided out.
Rows naive(const Rows& counts, const Rows& lenders, const Rows& a, const std::vector<double>& weights,
           const SmoothingOptions& options) {
    const auto weighed = [&](Rows m) {
        for (auto& row : m) {
            for (std::size_t t = 0; t < row.size(); ++t) row[t] *= weights[t];
            scaleToUnit(row);
        }
        return m;
    };
    const Rows own = weighed(counts), from = weighed(lenders);
    Rows out = own;
    for (std::size_t d = 0; d < out.size(); ++d) {
        bool any = false, said = false;
        for (const double w : a[d]) any = any || w > 0;
        for (const double c : counts[d]) said = said || c > 0;
        if (!any || !said) continue;
        for (std::size_t t = 0; t < out[d].size(); ++t) {
            out[d][t] = (1 - options.lent) * own[d][t];
            for (std::size_t j = 0; j < from.size(); ++j) out[d][t] += options.lent * a[d][j] * from[j][t];
        }
        scaleToUnit(out[d]);
        for (double& v : out[d])
            if (v < options.smallest) v = 0;
    }
    return out;
}

/// Random weights: some rows empty, the others sum to 1.
Rows randomWeights(std::size_t rows, std::size_t cols, std::uint64_t seed) {
    Rows a = test::randomRows(rows, cols, 0.2, seed);
    for (std::size_t d = 0; d < rows; ++d) {
        if (d % 9 == 4) a[d].assign(cols, 0.0);
        if (rows == cols) a[d][d] = 0;
        double sum = 0;
        for (const double w : a[d]) sum += w;
        if (sum > 0)
            for (double& w : a[d]) w = double{static_cast<float>(w / sum)};
    }
    return a;
}

Rows randomCounts(std::size_t rows, std::size_t cols, std::uint64_t seed) {
    Rows m = test::randomRows(rows, cols, 0.25, seed);
    for (auto& row : m)
        for (double& v : row) v = std::ceil(v * 3);
    m[rows / 2].assign(cols, 0.0);
    return m;
}

bool same(const SparseRows& a, const SparseRows& b) {
    return a.rows == b.rows && a.cols == b.cols && a.offsets == b.offsets && a.columns == b.columns &&
           a.values == b.values;
}

}  // namespace

class TestSmoothing : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenByHand() {
        // Two words, one a document: df = 1 of 2, weights ln(3 / 2) + 1 = 1.405465. Document 0 is lent .8 of
        // document 1: (.2, .8) to unit length is (.242536, .970143); divided by the weights .172566, .690265.
        const auto counts = test::sparse({{3, 0}, {0, 1}});
        const auto weights = rootTermWeights(counts);
        QVERIFY(std::abs(weights[0] - 1.405465F) < 1e-6F && std::abs(weights[1] - 1.405465F) < 1e-6F);
        const auto rows = dense(smoothed(counts, test::sparse({{0, 1}, {0, 0}}), {}).value());
        QVERIFY(std::abs(rows[0][0] - .172566) < 1e-6 && std::abs(rows[0][1] - .690265) < 1e-6);
        QVERIFY(rows[1][0] == 0 && rows[1][1] == 1);  // nobody lends to it: its own count
    }

    void agreesWithTheFormula_data() {
        QTest::addColumn<double>("lent");
        QTest::addColumn<double>("smallest");
        QTest::newRow("defaults") << 0.8 << 0.01;
        QTest::newRow("much dropped") << 0.8 << 0.15;
        QTest::newRow("neighbours alone") << 1.0 << 0.0;
        QTest::newRow("a little") << 0.1 << 0.01;
        QTest::newRow("nothing") << 0.0 << 0.01;
    }
    void agreesWithTheFormula() {
        QFETCH(double, lent);
        QFETCH(double, smallest);
        SmoothingOptions options;
        options.lent = lent;
        options.smallest = smallest;
        const Rows counts = randomCounts(70, 40, 1), lenders = randomCounts(30, 40, 2);
        const auto own = test::sparse(counts);
        const auto weights = rootTermWeights(own);
        const std::vector<double> w(weights.begin(), weights.end());
        for (const bool among : {true, false}) {
            const Rows& from = among ? counts : lenders;
            const Rows a = randomWeights(70, from.size(), 3);
            const auto fromRows = among ? own : test::sparse(from);
            jobs::JobContext context;
            const auto found =
                smoothedRows(own, among ? own : fromRows, test::sparse(a), weights, options, context).value();
            Rows rows = dense(found);
            for (std::size_t d = 0; d < rows.size(); ++d) {
                // What the root makes of it is the formula: weights on, to unit length (dropping left it shorter).
                std::vector<double> expected = naive(counts, from, a, w, options)[d];
                for (std::size_t t = 0; t < rows[d].size(); ++t) rows[d][t] *= w[t];
                scaleToUnit(rows[d]);
                scaleToUnit(expected);
                for (std::size_t t = 0; t < rows[d].size(); ++t)
                    QVERIFY2(std::abs(rows[d][t] - expected[t]) < 1e-6, qPrintable(QString::number(d)));
            }
        }
    }

    void threadsChangeNothing() {
        const auto counts = test::sparse(randomCounts(1300, 50, 4));
        const auto neighbours = test::sparse(randomWeights(1300, 1300, 5));
        SmoothingOptions options;
        options.threads = 1;
        const auto reference = smoothed(counts, neighbours, options).value();
        for (const int threads : {2, 8}) {
            options.threads = threads;
            QVERIFY(same(smoothed(counts, neighbours, options).value(), reference));
        }
    }

    void withoutNeighboursTheTreeIsThePlainOne() {
        const auto counts = test::sparse(test::plantedCounts(160, 4, 12, 1));
        SparseRows none;
        none.rows = none.cols = counts.rows;
        none.offsets.assign(static_cast<std::size_t>(counts.rows) + 1, 0);
        const auto rows = smoothed(counts, none, {}).value();
        QVERIFY(same(rows, counts));
        HierarchyOptions options;
        options.kMax = 6;
        options.perturbations = 3;
        jobs::JobContext context;
        const auto plain = buildHierarchy(counts, options, context).value();
        const auto other = buildHierarchy(counts, rows, options, context).value();
        QVERIFY(plain.nodes.size() > 3 && other.nodes.size() == plain.nodes.size());
        QVERIFY(other.resting == plain.resting);
    }

    void wordsThatNobodyHereSaysAreLeftOut() {
        // Term 4 occurs nowhere in the counts but is in every row: no label may have it, and the tree is as without.
        Rows counts = test::plantedCounts(120, 3, 10, 2, 0);
        for (auto& row : counts) row.push_back(0);
        Rows lent = counts;
        for (auto& row : lent) row.back() = 50;
        HierarchyOptions options;
        options.kMax = 4;
        options.perturbations = 3;
        jobs::JobContext context;
        const auto plain = buildHierarchy(test::sparse(counts), options, context).value();
        const auto tree = buildHierarchy(test::sparse(counts), test::sparse(lent), options, context).value();
        QCOMPARE(tree.nodes.size(), plain.nodes.size());
        QVERIFY(tree.nodes.size() > 2);
        for (std::size_t v = 0; v < tree.nodes.size(); ++v) {
            QVERIFY(tree.nodes[v].terms == plain.nodes[v].terms);
            for (std::int64_t c = 0; c < tree.nodes[v].W.rows; ++c) QVERIFY(tree.nodes[v].W.row(c).back() == 0);
        }
        for (std::size_t d = 0; d < counts.size(); ++d)
            QCOMPARE(hardNode(tree, tree.resting[d]), hardNode(plain, plain.resting[d]));
    }

    /// Two vocabularies for each of three subjects. Words alone see six groups and, when there may be three labels at
    /// most, cut across the subjects; neighbours of the same subject, whatever the vocabulary, make the three subjects.
    void neighboursJoinTwoVocabularies() {
        const std::size_t documents = 240, subjects = 3;
        const Rows counts = test::plantedCounts(documents, subjects * 2, 15, 7, 8);  // group = d % 6
        const auto subject = [&](std::size_t d) { return d % (subjects * 2) / 2; };
        SplitMix64 random(9);
        Rows a(documents, std::vector<double>(documents, 0.0));
        for (std::size_t d = 0; d < documents; ++d) {
            for (int i = 0; i < 30; ++i) {
                std::size_t other = random.below(documents);
                while (other == d || subject(other) != subject(d) || a[d][other] > 0) other = random.below(documents);
                a[d][other] = 1.0 / 30;
            }
        }
        const auto raw = test::sparse(counts);
        HierarchyOptions options;
        options.depth = 1;
        options.kMax = 8;
        options.perturbations = 6;
        options.resampler = Resampler::DocumentBootstrap;  // 1.5 % of noise would let made data fall into more
        jobs::JobContext context;
        const auto words = buildHierarchy(raw, options, context).value();
        QCOMPARE(words.nodes.front().children.size(), std::size_t{6});
        options.kMax = static_cast<int>(subjects);
        const auto fewer = buildHierarchy(raw, options, context).value();
        std::size_t joined = 0;  // documents whose two vocabularies share a label
        for (std::size_t d = 0; d < documents; d += 2) {
            const int node = hardNode(fewer, fewer.resting[d]);
            joined += node > 0 && node == hardNode(fewer, fewer.resting[d + 1]) ? 2 : 0;
        }
        QVERIFY2(joined < documents * 6 / 10, qPrintable(QString::number(joined)));
        const auto rows = smoothed(raw, test::sparse(a), {}).value();
        const auto meaning = buildHierarchy(raw, rows, options, context).value();
        QCOMPARE(meaning.nodes.front().children.size(), subjects);
        std::map<int, std::map<std::size_t, int>> found;
        for (std::size_t d = 0; d < documents; ++d) ++found[hardNode(meaning, meaning.resting[d])][subject(d)];
        QCOMPARE(found.size(), subjects);
        for (const auto& [node, bySubject] : found) {
            QCOMPARE(bySubject.size(), std::size_t{1});
            bool first = false, second = false;  // and each label is named in both vocabularies
            for (const auto& [term, score] : meaning.nodes[static_cast<std::size_t>(node)].terms) {
                first = first || static_cast<std::size_t>(term) / 15 == bySubject.begin()->first * 2;
                second = second || static_cast<std::size_t>(term) / 15 == bySubject.begin()->first * 2 + 1;
            }
            QVERIFY(first && second);
        }
    }

    void badInput() {
        const auto counts = test::sparse(randomCounts(10, 6, 1));
        const auto refused = [&](const SparseRows& neighbours, SmoothingOptions options) {
            const auto result = smoothed(counts, neighbours, options);
            return !result && result.error().code == ErrorCode::InvalidArgument;
        };
        const auto fit = test::sparse(randomWeights(10, 10, 1));
        SmoothingOptions options;
        options.lent = 1.5;
        QVERIFY(refused(fit, options));
        options.lent = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(refused(fit, options));
        options = {};
        options.smallest = 1;
        QVERIFY(refused(fit, options));
        QVERIFY(refused(test::sparse(randomWeights(9, 10, 1)), {}));
        QVERIFY(refused(test::sparse(randomWeights(10, 9, 1)), {}));
        jobs::JobContext context;
        QCOMPARE(buildHierarchy(counts, test::sparse(randomCounts(9, 6, 1)), {}, context).error().code,
                 ErrorCode::InvalidArgument);
        auto spoiled = counts;
        spoiled.values[2] = -1;
        QCOMPARE(buildHierarchy(counts, spoiled, {}, context).error().code, ErrorCode::InvalidArgument);
        context.setControl(jobs::Control::Stop);
        const auto stopped = smoothedRows(counts, counts, fit, rootTermWeights(counts), {}, context);
        QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
        const auto empty = smoothed(SparseRows{}, SparseRows{}, {});
        QVERIFY(empty && empty->rows == 0);
    }
};

QTEST_APPLESS_MAIN(TestSmoothing)
#include "tst_smoothing.moc"
