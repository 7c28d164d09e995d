// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/jobs/job_context.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/term_split.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using test::Rows;

namespace {

/// Subjects in parts, whose documents also borrow words of another subject: shares over several labels.
SparseRows mixedCounts(std::uint64_t seed, std::size_t documents = 260) {
    SplitMix64 random(seed);
    Rows m(documents, std::vector<double>(3 * 10 + 6 * 8 + 6, 0.0));
    for (std::size_t d = 0; d < documents; ++d) {
        for (const int size : {24, d % 3 == 0 ? 14 : 2}) {
            const std::size_t subject = random.below(3);
            const std::size_t part = subject * 2 + random.below(2);
            for (int i = 0; i < size; ++i) m[d][subject * 10 + random.below(10)] += 1;
            for (int i = 0; i < size / 2; ++i) m[d][30 + part * 8 + random.below(8)] += 1;
        }
        for (int i = 0; i < 4; ++i) m[d][78 + random.below(6)] += 1;
    }
    return test::sparse(m);
}

Hierarchy grown(const SparseRows& counts, int depth, std::uint64_t seed = 42) {
    HierarchyOptions options;
    options.depth = depth;
    options.kMax = 4;
    options.deepKMax = 3;
    options.perturbations = 3;
    options.iterations = 60;
    options.threshold = 0.3;
    options.minGain = 0;
    options.seed = seed;
    jobs::JobContext context;
    return buildHierarchy(counts, options, context).value();
}

std::vector<std::int64_t> labelsOf(const Hierarchy& tree, std::int64_t first = 0) {
    std::vector<std::int64_t> labels(tree.nodes.size());
    std::iota(labels.begin(), labels.end(), first);
    return labels;
}

/// Solves A x = b by elimination.
std::vector<double> solved(Rows a, std::vector<double> b) {
    const std::size_t n = b.size();
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t best = i;
        for (std::size_t r = i; r < n; ++r)
            if (std::abs(a[r][i]) > std::abs(a[best][i])) best = r;
        std::swap(a[i], a[best]);
        std::swap(b[i], b[best]);
        for (std::size_t r = i + 1; r < n; ++r) {
            const double factor = a[r][i] / a[i][i];
            for (std::size_t c = i; c < n; ++c) a[r][c] -= factor * a[i][c];
            b[r] -= factor * b[i];
        }
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t c = i + 1; c < n; ++c) b[i] -= a[i][c] * b[c];
        b[i] /= a[i][i];
    }
    return b;
}

/// Best h >= 0 by trying every set of children: the slow exact way.
std::pair<std::vector<double>, std::vector<std::size_t>> bestFit(const Rows& w, const std::vector<double>& x) {
    const std::size_t k = w.size();
    std::vector<double> best(k, 0.0);
    std::vector<std::size_t> bestSet;
    double least = std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
    for (unsigned bits = 1; bits < (1U << k); ++bits) {
        std::vector<std::size_t> set;
        for (std::size_t c = 0; c < k; ++c)
            if (bits & (1U << c)) set.push_back(c);
        Rows gram(set.size(), std::vector<double>(set.size()));
        std::vector<double> rhs(set.size());
        for (std::size_t i = 0; i < set.size(); ++i) {
            rhs[i] = std::inner_product(x.begin(), x.end(), w[set[i]].begin(), 0.0);
            for (std::size_t j = 0; j < set.size(); ++j)
                gram[i][j] = std::inner_product(w[set[i]].begin(), w[set[i]].end(), w[set[j]].begin(), 0.0);
        }
        const auto h = solved(gram, rhs);
        if (std::any_of(h.begin(), h.end(), [](double v) { return !(v > 0); })) continue;
        double error = 0;
        for (std::size_t t = 0; t < x.size(); ++t) {
            double fitted = 0;
            for (std::size_t i = 0; i < set.size(); ++i) fitted += h[i] * w[set[i]][t];
            error += (x[t] - fitted) * (x[t] - fitted);
        }
        if (error >= least - 1e-14) continue;
        least = error;
        std::fill(best.begin(), best.end(), 0.0);
        for (std::size_t i = 0; i < set.size(); ++i) best[set[i]] = h[i];
        bestSet = set;
    }
    return {best, bestSet};
}

/// The local share of one child with term t's amount scaled by y_t, the sum of h and the set of children held.
struct LocalShare {
    std::vector<double> byTerm;  ///< a_ct / S, by solving one system for each term
    double at(const std::vector<double>& y) const {
        return std::inner_product(y.begin(), y.end(), byTerm.begin(), 0.0);
    }
};

LocalShare naiveShare(const HierarchyNode& node, std::size_t child, const std::vector<double>& counts) {
    Rows w;
    for (std::int64_t c = 0; c < node.W.rows; ++c) {
        const auto row = node.W.row(c);
        w.emplace_back(row.begin(), row.end());
    }
    std::vector<double> x(counts.size());
    double square = 0;
    for (std::size_t t = 0; t < x.size(); ++t) {
        x[t] = counts[t] * double{node.idf[t]};
        square += x[t] * x[t];
    }
    for (double& value : x) value /= std::sqrt(square);
    const auto [h, set] = bestFit(w, x);
    const double sum = std::accumulate(h.begin(), h.end(), 0.0);
    LocalShare share{std::vector<double>(x.size(), 0.0)};
    const auto place = std::find(set.begin(), set.end(), child);
    if (place == set.end()) return share;
    Rows gram(set.size(), std::vector<double>(set.size()));
    for (std::size_t i = 0; i < set.size(); ++i)
        for (std::size_t j = 0; j < set.size(); ++j)
            gram[i][j] = std::inner_product(w[set[i]].begin(), w[set[i]].end(), w[set[j]].begin(), 0.0);
    for (std::size_t t = 0; t < x.size(); ++t) {
        std::vector<double> one(set.size());
        for (std::size_t i = 0; i < set.size(); ++i) one[i] = w[set[i]][t] * x[t];
        share.byTerm[t] = solved(gram, one)[static_cast<std::size_t>(place - set.begin())] / sum;
    }
    return share;
}

/// Aumann-Shapley by its definition: the gradient integrated from no words to all (Simpson, exact up to degree 3).
std::vector<double> naiveParts(const std::vector<LocalShare>& path, std::size_t terms) {
    const auto product = [&path](const std::vector<double>& y) {
        double all = 1;
        for (const auto& one : path) all *= one.at(y);
        return all;
    };
    std::vector<double> parts(terms, 0.0);
    constexpr double kStep = 1e-3;
    for (const auto& [tau, weight] : {std::pair{0.0, 1.0 / 6}, std::pair{0.5, 4.0 / 6}, std::pair{1.0, 1.0 / 6}}) {
        for (std::size_t t = 0; t < terms; ++t) {
            std::vector<double> up(terms, tau), down(terms, tau);
            up[t] += kStep;
            down[t] -= kStep;
            parts[t] += weight * (product(up) - product(down)) / (2 * kStep);
        }
    }
    return parts;
}

double sumOf(const TermSplit::Share& share) {
    double sum = share.undecided;
    for (const auto& part : share.parts) sum += part.part;
    return sum;
}

std::vector<double> denseRow(const SparseRows& rows, std::int64_t row) {
    std::vector<double> dense(static_cast<std::size_t>(rows.cols), 0.0);
    const auto columns = rows.rowColumns(row);
    for (std::size_t i = 0; i < columns.size(); ++i)
        dense[static_cast<std::size_t>(columns[i])] = double{rows.rowValues(row)[i]};
    return dense;
}

}  // namespace

class TestTermSplit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenSplit() {
        // method.md 10.4: W = [[.5,0],[.5,.25],[0,.75]], x = (1,1.5,1.5) -> h = (2,2). G = [[1/2,1/8],[1/8,5/8]],
        // G^-1 = [[40,-8],[-8,32]] / 19; W'x by term: (1/2,0), (3/4,3/8), (0,9/8); S = 4.
        Hierarchy tree;
        tree.terms = 3;
        tree.nodes.resize(3);
        tree.nodes[0].children = {1, 2};
        tree.nodes[0].W = {2, 3, {0.5F, 0.5F, 0, 0, 0.25F, 0.75F}};
        tree.nodes[0].idf = {1, 1, 1};
        tree.nodes[1].parent = tree.nodes[2].parent = 0;
        const std::vector<std::int32_t> columns{0, 1, 2};
        const std::vector<float> counts{1, 1.5F, 1.5F};
        const std::vector<std::int64_t> labels{7, 8, 9};
        const TermSplit split(tree, labels, columns, counts);
        const auto first = split.share([](std::int64_t label) { return label == 8; });
        QVERIFY(std::abs(first.share - 0.5) < 1e-12);
        QCOMPARE(first.parts.size(), std::size_t{3});
        const double expected[] = {20.0 / 19 / 4, (30.0 - 3.0) / 19 / 4, -9.0 / 19 / 4};
        for (std::size_t t = 0; t < 3; ++t) {
            QCOMPARE(first.parts[t].term, static_cast<std::int32_t>(t));
            QVERIFY2(std::abs(first.parts[t].part - expected[t]) < 1e-12, qPrintable(QString::number(t)));
        }
        // Both together: no split decided that.
        const auto both = split.share([](std::int64_t label) { return label > 7; });
        QVERIFY(std::abs(both.share - 1) < 1e-12 && std::abs(both.undecided - 1) < 1e-12 && both.parts.empty());
        const auto none = split.share([](std::int64_t) { return false; });
        QVERIFY(none.share == 0 && none.parts.empty());
        // A document that the second child takes no part in: x = (1,.2,0) -> h = (1.2,0).
        const TermSplit alone(tree, labels, std::vector<std::int32_t>{0, 1}, std::vector<float>{1, 0.2F});
        const auto all = alone.share([](std::int64_t label) { return label == 8; });
        QVERIFY(std::abs(all.share - 1) < 1e-12);
        QVERIFY(all.undecided == 0 && std::abs(sumOf(all) - 1) < 1e-12);  // it could have come elsewhere
    }

    void sumsToTheShareOfAnySet() {
        std::size_t negative = 0, several = 0;
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            const auto counts = mixedCounts(seed);
            const auto tree = grown(counts, 3, seed);
            QVERIFY2(tree.nodes.size() > 6, qPrintable(QString::number(tree.nodes.size())));
            const auto labels = labelsOf(tree, 100);
            SplitMix64 random(seed);
            for (std::int64_t d = 0; d < counts.rows; ++d) {
                const TermSplit split(tree, labels, counts.rowColumns(d), counts.rowValues(d));
                const auto masses = split.resting();
                const auto& stored = tree.resting[static_cast<std::size_t>(d)];
                QCOMPARE(masses.size(), stored.size());
                for (const auto& [node, mass] : stored) QVERIFY(std::abs(masses.at(100 + node) - double{mass}) < 1e-7);
                for (int draw = 0; draw < 6; ++draw) {
                    std::set<std::int64_t> chosen;
                    for (const auto label : labels)
                        if (random.uniform() < (draw < 3 ? 0.3 : 0.8)) chosen.insert(label);
                    const auto share = split.share([&](std::int64_t label) { return chosen.contains(label); });
                    double expected = 0;
                    for (const auto& [label, mass] : masses)
                        if (chosen.contains(label)) expected += mass;
                    QVERIFY(std::abs(share.share - expected) < 1e-12);
                    QVERIFY2(std::abs(sumOf(share) - share.share) < 1e-12,
                             qPrintable(QString::number(sumOf(share) - share.share)));
                    for (const auto& part : share.parts) negative += part.part < -1e-6 ? 1 : 0;
                }
                several += masses.size() > 1 ? 1 : 0;
            }
        }
        QVERIFY2(negative > 100 && several > 100, "the data are too plain to say anything");
    }

    void agreesWithTheDefinition() {
        const auto counts = mixedCounts(5, 200);
        const auto tree = grown(counts, 2);
        const auto labels = labelsOf(tree);
        int compared = 0;
        for (std::int64_t d = 0; d < counts.rows; d += 7) {
            const TermSplit split(tree, labels, counts.rowColumns(d), counts.rowValues(d));
            const auto dense = denseRow(counts, d);
            for (const auto& [label, mass] : split.resting()) {
                // Only leaves that keep what came to them: there the share is the product along the path.
                const auto node = static_cast<std::size_t>(label);
                if (!tree.nodes[node].children.empty()) continue;
                std::vector<LocalShare> path;
                for (auto v = node; v > 0; v = static_cast<std::size_t>(tree.nodes[v].parent)) {
                    const auto& parent = tree.nodes[static_cast<std::size_t>(tree.nodes[v].parent)];
                    const auto child = std::find(parent.children.begin(), parent.children.end(), static_cast<int>(v)) -
                                       parent.children.begin();
                    path.push_back(naiveShare(parent, static_cast<std::size_t>(child), dense));
                }
                const auto expected = naiveParts(path, dense.size());
                const auto share = split.share([l = label](std::int64_t other) { return other == l; });
                std::vector<double> got(dense.size(), 0.0);
                for (const auto& part : share.parts) got[static_cast<std::size_t>(part.term)] = part.part;
                for (std::size_t t = 0; t < got.size(); ++t)
                    QVERIFY2(std::abs(got[t] - expected[t]) < 1e-7,
                             qPrintable(QString("document %1 label %2 term %3: %4 and %5")
                                            .arg(d)
                                            .arg(label)
                                            .arg(t)
                                            .arg(got[t], 0, 'g', 9)
                                            .arg(expected[t], 0, 'g', 9)));
                ++compared;
            }
        }
        QVERIFY2(compared > 20, qPrintable(QString::number(compared)));
    }

    void laterSplitsDealOutOnceMore() {
        const auto counts = mixedCounts(8);
        const auto tree = grown(counts, 1);
        const auto labels = labelsOf(tree);
        const std::size_t children = tree.nodes[0].children.size();
        QVERIFY(children >= 2);
        // The first label is split by a tree of its documents; what it keeps stays at its own label.
        std::vector<std::int64_t> of;
        for (std::size_t d = 0; d < tree.resting.size(); ++d)
            if (hardNode(tree, tree.resting[d]) == 1) of.push_back(static_cast<std::int64_t>(d));
        Rows rows;
        for (const auto d : of) rows.push_back(denseRow(counts, d));
        const auto step = grown(test::sparse(rows), 1, 3);
        QVERIFY(step.nodes.size() > 2);
        auto stepLabels = labelsOf(step, 50);
        stepLabels[0] = 1;
        stepLabels.back() = 1;  // a part that was not taken
        const std::vector<std::int64_t> sources{1};
        const FoldIn foldIn(step);
        int split = 0;
        for (std::int64_t d = 0; d < counts.rows; ++d) {
            TermSplit grownOn(tree, labels, counts.rowColumns(d), counts.rowValues(d));
            auto expected = grownOn.resting();
            grownOn.grow(step, stepLabels, sources, counts.rowColumns(d), counts.rowValues(d));
            const double mass = expected.contains(1) ? expected.at(1) : 0;
            if (mass >= kSmallestSplitMass) {
                expected.erase(1);
                std::map<int, double> dealt;
                for (const auto& [node, share] : foldIn.shares(counts.rowColumns(d), counts.rowValues(d)).resting)
                    dealt[node] += mass * double{share};
                for (const auto& [node, part] : dealt) {  // one level: a crumb climbs to node 0
                    const int to = part < kSmallestShare ? 0 : node;
                    expected[stepLabels[static_cast<std::size_t>(to)]] += part;
                }
                split += dealt.size() > 1 ? 1 : 0;
            }
            const auto got = grownOn.resting();
            double total = 0;
            for (const auto& [label, part] : got) {
                total += part;
                QVERIFY2(expected.contains(label) && std::abs(expected.at(label) - part) < 1e-6,
                         qPrintable(QString("document %1 label %2").arg(d).arg(label)));
                const auto share = grownOn.share([l = label](std::int64_t other) { return other == l; });
                QVERIFY(std::abs(share.share - part) < 1e-12 && std::abs(sumOf(share) - part) < 1e-12);
            }
            QVERIFY(std::abs(total - 1) < 1e-12);
            // The branch as a whole is what it was before the split, and for the same reasons.
            const auto inBranch = [](std::int64_t label) { return label == 1 || label >= 50; };
            const auto before =
                TermSplit(tree, labels, counts.rowColumns(d), counts.rowValues(d)).share([](auto label) {
                    return label == 1;
                });
            const auto after = grownOn.share(inBranch);
            QCOMPARE(after.parts.size(), before.parts.size());
            for (std::size_t i = 0; i < before.parts.size(); ++i)
                QVERIFY(before.parts[i].term == after.parts[i].term &&
                        std::abs(before.parts[i].part - after.parts[i].part) < 1e-12);
        }
        QVERIFY(split > 10);
    }

    void nothingToSplit() {
        const auto counts = mixedCounts(9, 120);
        const auto tree = grown(counts, 1);
        const auto labels = labelsOf(tree);
        const auto all = [](std::int64_t) { return true; };
        for (const std::vector<std::int32_t>& columns :
             {std::vector<std::int32_t>{}, std::vector<std::int32_t>{-1}, std::vector<std::int32_t>{100000}}) {
            const TermSplit split(tree, labels, columns, std::vector<float>(columns.size(), 1.0F));
            QVERIFY(split.resting().empty());
            QVERIFY(split.share(all).share == 0 && split.share(all).parts.empty());
        }
        // A word of no topic: it rests at the root, decided by nothing.
        Hierarchy plain;
        plain.terms = 2;
        plain.nodes.resize(1);
        const TermSplit split(plain, std::vector<std::int64_t>{4}, std::vector<std::int32_t>{1}, std::vector<float>{2});
        QCOMPARE(split.resting(), (std::map<std::int64_t, double>{{4, 1.0}}));
        QCOMPARE(split.share(all).undecided, 1.0);
    }
};

QTEST_APPLESS_MAIN(TestTermSplit)
#include "tst_term_split.moc"
