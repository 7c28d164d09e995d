// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <span>
#include <thread>

#include "core/jobs/job_context.h"
#include "core/nmf/cost.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/naming.h"
#include "core/nmf/presets.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using test::Rows;

namespace {

/// Three subjects, each in two parts: a tree of depth 2. Sizes differ, so that the order of the labels is settled.
SparseRows nestedCounts(std::uint64_t seed, std::size_t documents = 420) {
    SplitMix64 random(seed);
    Rows m(documents, std::vector<double>(3 * 12 + 6 * 12 + 8, 0.0));
    for (std::size_t d = 0; d < documents; ++d) {
        const std::size_t draw = random.below(12);
        const std::size_t subject = draw < 6 ? 0 : draw < 10 ? 1 : 2;
        const std::size_t part = subject * 2 + (random.below(5) < 2 ? 1 : 0);
        for (int i = 0; i < 30; ++i) m[d][subject * 12 + random.below(12)] += 1;
        for (int i = 0; i < 14; ++i) m[d][36 + part * 12 + random.below(12)] += 1;
        for (int i = 0; i < 4; ++i) m[d][108 + random.below(8)] += 1;
    }
    return test::sparse(m);
}

HierarchyOptions quick() {
    HierarchyOptions options;
    options.kMax = 5;
    options.deepKMax = 4;
    options.perturbations = 4;
    options.iterations = 80;
    return options;
}

Result<Hierarchy> build(const SparseRows& counts, const HierarchyOptions& options) {
    jobs::JobContext context;
    return buildHierarchy(counts, options, context);
}

bool sameBits(const Hierarchy& a, const Hierarchy& b) {
    if (a.nodes.size() != b.nodes.size() || a.resting != b.resting || a.fits != b.fits) return false;
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        const auto& x = a.nodes[i];
        const auto& y = b.nodes[i];
        if (x.parent != y.parent || x.terms != y.terms || x.children != y.children || x.W.values != y.W.values ||
            x.idf != y.idf || x.stopReason != y.stopReason || x.documents != y.documents)
            return false;
    }
    return true;
}

struct TwinFit {
    std::vector<double> h;
    double residual = 1;
};

/// x ~ W h at a node by exact coordinate descent on dense rows, until nothing moves.
TwinFit naiveFit(const HierarchyNode& node, std::span<const std::int32_t> columns, std::span<const float> counts) {
    std::vector<double> x(node.idf.size(), 0.0);
    double square = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto term = static_cast<std::size_t>(columns[i]);
        x[term] = double{counts[i]} * double{node.idf[term]};
        square += x[term] * x[term];
    }
    for (double& value : x) value /= std::sqrt(square);
    TwinFit fit;
    fit.h.assign(node.children.size(), 0.0);
    auto left = x;
    for (int round = 0; round < 300; ++round) {
        for (std::size_t c = 0; c < fit.h.size(); ++c) {
            const auto topic = node.W.row(static_cast<std::int64_t>(c));
            double step = 0, length = 0;
            for (std::size_t t = 0; t < left.size(); ++t) {
                step += left[t] * double{topic[t]};
                length += double{topic[t]} * double{topic[t]};
            }
            const double is = std::max(0.0, fit.h[c] + step / length);
            for (std::size_t t = 0; t < left.size(); ++t) left[t] -= (is - fit.h[c]) * double{topic[t]};
            fit.h[c] = is;
        }
    }
    double rest = 0;
    for (const double value : left) rest += value * value;
    fit.residual = std::sqrt(rest);
    return fit;
}

void checkInvariants(const Hierarchy& tree, const SparseRows& counts) {
    QVERIFY(!tree.nodes.empty());
    QCOMPARE(tree.nodes.front().parent, -1);
    for (std::size_t v = 0; v < tree.nodes.size(); ++v) {
        const auto& node = tree.nodes[v];
        QVERIFY(v == 0 || (node.parent >= 0 && node.parent < static_cast<int>(v)));
        QCOMPARE(node.stopReason.empty(), !node.children.empty());
        QVERIFY(node.children.size() != 1);
        QCOMPARE(node.W.rows, static_cast<std::int64_t>(node.children.size()));
        std::int64_t below = 0;
        for (std::size_t c = 0; c < node.children.size(); ++c) {
            const auto& child = tree.nodes[static_cast<std::size_t>(node.children[c])];
            QCOMPARE(child.parent, static_cast<int>(v));
            QVERIFY(c == 0 || child.documents <= tree.nodes[static_cast<std::size_t>(node.children[c - 1])].documents);
            below += child.documents;
            double sum = 0;
            for (const float value : node.W.row(static_cast<std::int64_t>(c))) {
                QVERIFY(value >= 0 && std::isfinite(value));
                sum += double{value};
            }
            QVERIFY(std::abs(sum - 1) < 1e-4);
        }
        QVERIFY(node.children.empty() || below == node.documents);
        std::set<std::int32_t> ofParent;
        if (v > 0)
            for (const auto& [term, score] : tree.nodes[static_cast<std::size_t>(node.parent)].terms)
                ofParent.insert(term);
        for (std::size_t i = 0; i < node.terms.size(); ++i) {
            QVERIFY(node.terms[i].first >= 0 && node.terms[i].first < counts.cols);
            QVERIFY(node.terms[i].second > 0 && !ofParent.contains(node.terms[i].first));
            QVERIFY(i == 0 || node.terms[i].second <= node.terms[i - 1].second);
        }
    }
    QCOMPARE(tree.resting.size(), static_cast<std::size_t>(counts.rows));
    QCOMPARE(tree.fits.size(), static_cast<std::size_t>(counts.rows));
    for (std::size_t d = 0; d < tree.resting.size(); ++d) {
        for (const auto& [node, residual] : tree.fits[d]) {
            QVERIFY(!tree.nodes[static_cast<std::size_t>(node)].children.empty());
            QVERIFY(residual >= 0 && residual <= 1);
        }
        if (counts.rowSize(static_cast<std::int64_t>(d)) == 0) {
            QVERIFY(tree.resting[d].empty());
            QCOMPARE(hardNode(tree, tree.resting[d]), 0);
            continue;
        }
        double sum = 0;
        for (std::size_t i = 0; i < tree.resting[d].size(); ++i) {
            const auto& [node, mass] = tree.resting[d][i];
            QVERIFY(node >= 0 && node < static_cast<int>(tree.nodes.size()));
            QVERIFY(i == 0 || node > tree.resting[d][i - 1].first);
            QVERIFY(double{mass} >= kSmallestShare - 1e-9 || node == 0);
            sum += double{mass};
        }
        QVERIFY2(std::abs(sum - 1) < 1e-6, qPrintable(QString::number(sum, 'g', 12)));
    }
}

}  // namespace

class TestHierarchy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void findsThePlantedTree() {
        const auto counts = nestedCounts(1);
        auto options = quick();
        options.kMax = 3;
        options.deepKMax = 2;
        const auto tree = build(counts, options).value();
        checkInvariants(tree, counts);
        QCOMPARE(tree.nodes.front().children.size(), std::size_t{3});
        for (const int child : tree.nodes.front().children) {
            const auto& node = tree.nodes[static_cast<std::size_t>(child)];
            QCOMPARE(node.children.size(), std::size_t{2});
            // The words of a label are those of its subject.
            const auto subjectOf = [](std::int32_t term) { return term < 36 ? term / 12 : (term - 36) / 24; };
            const auto subject = subjectOf(node.terms.front().first);
            for (std::size_t i = 0; i < 6; ++i) QCOMPARE(subjectOf(node.terms[i].first), subject);
            for (const int leaf : node.children) {
                const auto& part = tree.nodes[static_cast<std::size_t>(leaf)];
                QCOMPARE(subjectOf(part.terms.front().first), subject);
                QVERIFY(part.stopReason.find("deepest level") != std::string::npos);
            }
        }
        // Fold-in of a training document is its stored row, and hard paths agree with the routing counts.
        const FoldIn foldIn(tree);
        std::vector<std::int64_t> hard(tree.nodes.size(), 0);
        for (std::int64_t d = 0; d < counts.rows; ++d) {
            const auto shares = foldIn.shares(counts.rowColumns(d), counts.rowValues(d));
            QVERIFY(shares.resting == tree.resting[static_cast<std::size_t>(d)]);
            ++hard[static_cast<std::size_t>(hardNode(tree, shares.resting))];
        }
        for (std::size_t v = 4; v < tree.nodes.size(); ++v)
            QVERIFY(std::abs(static_cast<double>(hard[v] - tree.nodes[v].documents)) <= 3);
    }

    void threadsChangeNothing() {
        const auto counts = nestedCounts(2, 300);
        for (const auto resampler : {Resampler::UniformNoise, Resampler::LeaveOut, Resampler::DocumentBootstrap,
                                     Resampler::PoissonNoise, Resampler::RandomStart}) {
            auto options = quick();
            options.resampler = resampler;
            options.threads = 1;
            const auto reference = build(counts, options).value();
            QVERIFY(resampler != Resampler::UniformNoise || reference.nodes.size() > 3);
            for (const int threads : {2, 8}) {
                options.threads = threads;
                QVERIFY(sameBits(build(counts, options).value(), reference));
            }
        }
    }

    void presetsBuildTrees() {
        const auto counts = nestedCounts(1, 300);
        for (const auto& name : presetNames()) {
            const Preset preset = presetNamed(name).value();
            auto options = presetOptions(preset, false);
            const auto tree = build(counts, options).value();
            checkInvariants(tree, counts);
            QVERIFY2(tree.nodes.front().children.size() >= 2, name.c_str());
        }
        QVERIFY(!presetNamed("Balanced") && !presetNamed(""));
        const HierarchyOptions plain;
        const auto balanced = presetOptions(Preset::Balanced, false);
        QVERIFY(balanced.resampler == plain.resampler && balanced.threshold == plain.threshold &&
                balanced.perturbations == plain.perturbations && balanced.solver == plain.solver);
        QCOMPARE(presetOptions(Preset::Balanced, true).resampler, Resampler::DocumentBootstrap);
        QCOMPARE(presetOptions(Preset::Coarse, false).rule, KRule::Ours);
        const auto telf = presetOptions(Preset::Telf, false);
        QVERIFY(telf.solver == SolverKind::MultiplicativeFrobenius && telf.matching == Matching::Greedy &&
                telf.rule == KRule::Telf && telf.resampler == Resampler::UniformNoise && telf.noise == 0.015 &&
                telf.tolerance == 0 && telf.perturbations == 20 && telf.iterations == 100 && !telf.permuteH);
        QVERIFY(!usesVectors(Preset::Telf) && usesVectors(Preset::Coarse));
        for (const auto& name : presetNames()) {
            const auto one = presetOptions(presetNamed(name).value(), true);
            QVERIFY(one.depth == plain.depth && one.kMax == plain.kMax && one.minDocuments == plain.minDocuments);
        }
    }

    /// Subjects with words of their own among common ones: their number is found, whatever it is.
    void plantedNumbers_data() {
        QTest::addColumn<int>("groups");
        for (const int groups : {2, 3, 5, 8}) QTest::newRow(qPrintable(QString::number(groups))) << groups;
    }
    void plantedNumbers() {
        QFETCH(int, groups);
        for (const std::uint64_t seed : {1, 2, 3}) {
            SplitMix64 random(seed);
            constexpr std::size_t kCommon = 100, kOwn = 30;
            Rows m(240, std::vector<double>(kCommon + kOwn * static_cast<std::size_t>(groups), 0.0));
            for (std::size_t d = 0; d < m.size(); ++d) {
                const std::size_t group = d % static_cast<std::size_t>(groups);
                for (int word = 0; word < 40; ++word) {
                    const double u = random.uniform();
                    const auto rank = static_cast<std::size_t>(u * u * (word % 2 == 0 ? kOwn : kCommon));
                    ++m[d][word % 2 == 0 ? kCommon + group * kOwn + rank : rank];
                }
            }
            HierarchyOptions options;
            options.depth = 1;
            options.kMax = 12;
            options.seed = seed;
            const auto tree = build(test::sparse(m), options).value();
            QCOMPARE(tree.nodes.front().children.size(), static_cast<std::size_t>(groups));
        }
    }

    /// The words are places in the enumerations.
    void namesOfChoices() {
        QCOMPARE(nameOf(solverNames(), SolverKind::MultiplicativeKl), std::string("kl"));
        QCOMPARE(nameOf(solverNames(), SolverKind::MultiplicativeFrobenius), std::string("mu"));
        QCOMPARE(nameOf(matchingNames(), Matching::Greedy), std::string("greedy"));
        QCOMPARE(nameOf(resamplerNames(), Resampler::UniformNoise), std::string("noise"));
        QCOMPARE(nameOf(resamplerNames(), Resampler::LeaveOut), std::string("leave-out"));
        QCOMPARE(nameOf(resamplerNames(), Resampler::DocumentBootstrap), std::string("bootstrap"));
        QCOMPARE(nameOf(resamplerNames(), Resampler::PoissonNoise), std::string("poisson"));
        QCOMPARE(nameOf(resamplerNames(), Resampler::RandomStart), std::string("random-start"));
        QCOMPARE(nameOf(searchNames(), KSearch::BisectPost), std::string("bisect-post"));
        QCOMPARE(nameOf(ruleNames(), KRule::Telf), std::string("telf"));
        QCOMPARE(nameOf(ruleNames(), KRule::Surplus), std::string("surplus"));
        QCOMPARE(named<Resampler>(resamplerNames(), "poisson"), Resampler::PoissonNoise);
    }

    void threadsChangeNothingAtDepthThree() {
        const auto counts = nestedCounts(8, 400);
        auto options = quick();
        options.depth = 3;
        options.minDocuments = 20;
        options.minGain = 0;
        options.threshold = 0.4;
        options.threads = 1;
        const auto reference = build(counts, options).value();
        checkInvariants(reference, counts);
        int deepest = 0;
        for (const auto& node : reference.nodes) {
            int depth = 0;
            for (int at = node.parent; at >= 0; at = reference.nodes[static_cast<std::size_t>(at)].parent) ++depth;
            deepest = std::max(deepest, depth);
        }
        QCOMPARE(deepest, 3);
        for (const int threads : {2, 8}) {
            options.threads = threads;
            QVERIFY(sameBits(build(counts, options).value(), reference));
        }
    }

    void splitsAreToldWhileTheTreeGrows() {
        const auto counts = nestedCounts(1);
        auto options = quick();
        std::vector<GrownSplit> told;
        std::set<int> known{0};
        std::map<int, std::string> whole;
        options.onSplit = [&](const GrownSplit& split) {
            told.push_back(split);
            for (const auto& child : split.children) known.insert(child.label);
        };
        options.onWhole = [&](int label, const std::string& reason) {
            QVERIFY(known.contains(label));
            QVERIFY(whole.emplace(label, reason).second);
        };
        const auto tree = build(counts, options).value();
        // What was told, put together, is the finished tree.
        std::vector<int> nodeOf{0};
        std::size_t labels = 1;
        for (const auto& split : told) {
            QVERIFY(split.label >= 0 && split.label < static_cast<int>(nodeOf.size()));
            const auto& node = tree.nodes[static_cast<std::size_t>(nodeOf[static_cast<std::size_t>(split.label)])];
            QCOMPARE(split.children.size(), node.children.size());
            for (std::size_t c = 0; c < split.children.size(); ++c) {
                const auto& child = split.children[c];
                const auto& same = tree.nodes[static_cast<std::size_t>(node.children[c])];
                QVERIFY(child.terms == same.terms && child.documents == same.documents);
                nodeOf.resize(std::max(nodeOf.size(), static_cast<std::size_t>(child.label) + 1), -1);
                QCOMPARE(nodeOf[static_cast<std::size_t>(child.label)], child.label == 0 ? 0 : -1);
                nodeOf[static_cast<std::size_t>(child.label)] = node.children[c];
                ++labels;
            }
        }
        QCOMPARE(labels, tree.nodes.size());
        QVERIFY(!tree.stopped);
        QCOMPARE(whole.size() + told.size(), tree.nodes.size());
        for (const auto& [label, reason] : whole)
            QCOMPARE(tree.nodes[static_cast<std::size_t>(nodeOf[static_cast<std::size_t>(label)])].stopReason, reason);
    }

    void finishedBranchesAreKeptOnStop() {
        const auto counts = nestedCounts(1, 4000);  // long enough for the word to come in time
        auto options = quick();
        options.depth = 3;
        options.threads = 2;
        jobs::JobContext context;
        options.onSplit = [&](const GrownSplit& split) {
            if (split.label == 0) context.setControl(jobs::Control::Stop);
        };
        const auto stopped = buildHierarchy(counts, options, context);
        QVERIFY(stopped.ok());
        checkInvariants(*stopped, counts);
        QVERIFY(stopped->stopped && stopped->nodes.size() >= 4);
        const auto cut = [](const HierarchyNode& node) {
            return node.stopReason.find("stopped before it was split") != std::string::npos;
        };
        QVERIFY(std::any_of(stopped->nodes.begin(), stopped->nodes.end(), cut));
        // What is there is as it would have been.
        options.onSplit = {};
        const auto whole = build(counts, options).value();
        QVERIFY(std::none_of(whole.nodes.begin(), whole.nodes.end(), cut));
        QVERIFY(stopped->nodes.front().W.values == whole.nodes.front().W.values);

        jobs::JobContext stopping;
        options.keepOnStop = false;
        options.onSplit = [&](const GrownSplit&) { stopping.setControl(jobs::Control::Stop); };
        const auto unkept = buildHierarchy(counts, options, stopping);
        QVERIFY(!unkept && unkept.error().code == ErrorCode::Cancelled);
        options.keepOnStop = true;

        jobs::JobContext discarding;
        options.onSplit = [&](const GrownSplit&) { discarding.setControl(jobs::Control::Discard); };
        const auto nothing = buildHierarchy(counts, options, discarding);
        QVERIFY(!nothing && nothing.error().code == ErrorCode::Cancelled);
    }

    void theEstimateIsWithinAFactorOfTwo_data() {
        QTest::addColumn<int>("documents");
        QTest::addColumn<int>("depth");
        QTest::addColumn<int>("kMax");
        QTest::newRow("flat") << 700 << 1 << 8;
        QTest::newRow("two levels") << 700 << 2 << 8;
        QTest::newRow("two levels, more documents") << 1500 << 2 << 6;
    }
    void theEstimateIsWithinAFactorOfTwo() {
        QFETCH(int, documents);
        QFETCH(int, depth);
        QFETCH(int, kMax);
        const auto counts = nestedCounts(9, static_cast<std::size_t>(documents));
        auto options = quick();
        options.depth = depth;
        options.kMax = kMax;
        options.deepKMax = kMax;
        options.threads = 2;
        jobs::JobContext context;
        const auto cost = estimateTree(counts, counts, counts.rows, options, context).value();
        const auto tree = build(counts, options).value();
        QVERIFY(tree.work > 0);
        QVERIFY2(cost.work < 2 * tree.work && tree.work < 2 * cost.work,
                 qPrintable(QString("%1 foretold, %2 done").arg(cost.work).arg(tree.work)));
        QVERIFY(cost.lowWork <= cost.work && cost.work <= cost.highWork && tree.work <= 1.001 * cost.highWork);
        QVERIFY(cost.seconds > 0 && cost.low <= cost.seconds && cost.seconds <= cost.high && cost.peakBytes > 0);
    }

    void nothingToSplitCostsNothing() {
        jobs::JobContext context;
        const SparseRows none;
        QCOMPARE(estimateTree(none, none, 0, quick(), context).value().work, 0.0);
        const auto few = test::sparse(test::plantedCounts(20, 2, 10, 1));
        QCOMPARE(estimateTree(few, few, 20, quick(), context).value().work, 0.0);
        context.setControl(jobs::Control::Stop);
        const auto counts = nestedCounts(2, 1000);
        QVERIFY(!estimateTree(counts, counts, 1000, quick(), context));
    }

    void solversAndRulesBuildTrees() {
        const auto counts = nestedCounts(3, 240);
        for (const auto solver : {SolverKind::MultiplicativeFrobenius, SolverKind::MultiplicativeKl}) {
            auto options = quick();
            options.solver = solver;
            options.depth = 1;
            options.rule = KRule::Telf;
            options.matching = Matching::Greedy;
            const auto tree = build(counts, options).value();
            checkInvariants(tree, counts);
            QVERIFY(tree.nodes.size() >= 3);
        }
    }

    void foldInGolden() {
        // method.md 10.4: W = [[.5,0],[.5,.25],[0,.75]].
        Hierarchy tree;
        tree.terms = 3;
        tree.nodes.resize(3);
        tree.nodes[0].children = {1, 2};
        tree.nodes[1].parent = tree.nodes[2].parent = 0;
        tree.nodes[0].W = {2, 3, {.5F, .5F, 0, 0, .25F, .75F}};
        tree.nodes[0].idf = {1, 1, 1};
        const FoldIn foldIn(tree);
        const std::int32_t columns[] = {0, 1, 2};
        const float even[] = {1, 1.5F, 1.5F};
        auto shares = foldIn.shares(columns, even);
        QCOMPARE(shares.resting.size(), std::size_t{2});
        QVERIFY(std::abs(shares.resting[0].second - .5F) < 1e-6F && std::abs(shares.resting[1].second - .5F) < 1e-6F);
        QCOMPARE(shares.fits.size(), std::size_t{1});
        QVERIFY(shares.fits[0].first == 0 && shares.fits[0].second < 1e-3F);
        const float odd[] = {1, .2F, 0};
        shares = foldIn.shares(columns, odd);
        QCOMPARE(shares.resting.size(), std::size_t{1});
        QCOMPARE(shares.resting[0].first, 1);
        QVERIFY(std::abs(shares.fits.at(0).second - .554700F) < 5e-6F);
    }

    void fitResidualsAgainstATwin() {
        // Every document at every node over which its mass was dealt out, against plain double arithmetic.
        const auto counts = nestedCounts(1);
        auto options = quick();
        options.kMax = 3;
        options.deepKMax = 2;
        const auto built = build(counts, options);
        QVERIFY(built);
        std::size_t deep = 0;
        for (std::int64_t d = 0; d < counts.rows; ++d) {
            const auto& fits = built->fits[static_cast<std::size_t>(d)];
            std::vector<double> mass(built->nodes.size(), 0.0);
            mass[0] = counts.rowSize(d) > 0 ? 1 : 0;
            std::vector<int> dealt;
            for (std::size_t v = 0; v < built->nodes.size(); ++v) {
                const HierarchyNode& node = built->nodes[v];
                if (node.children.empty() || mass[v] < kSmallestSplitMass) continue;
                const auto twin = naiveFit(node, counts.rowColumns(d), counts.rowValues(d));
                const auto found = std::find_if(fits.begin(), fits.end(),
                                                [v](const auto& fit) { return fit.first == static_cast<int>(v); });
                QVERIFY(found != fits.end());
                QVERIFY2(std::abs(double{found->second} - twin.residual) < 1e-4,
                         qPrintable(QString::number(twin.residual)));
                dealt.push_back(static_cast<int>(v));
                double sum = 0;
                for (const double value : twin.h) sum += value;
                for (std::size_t c = 0; c < node.children.size() && sum > 0; ++c)
                    mass[static_cast<std::size_t>(node.children[c])] = mass[v] * twin.h[c] / sum;
            }
            QCOMPARE(fits.size(), dealt.size());
            deep += dealt.size() > 1 ? 1 : 0;
        }
        QVERIFY(deep > 100);
    }

    void pathMasses() {
        // Root (.7, .3), then (.6, .4) and (.5, .5): .42 .28 .15 .15 (method.md 10.7). Topics without a common word
        // make the shares the words' own.
        Hierarchy tree;
        tree.terms = 6;
        tree.nodes.resize(7);
        const auto family = [&](int parent, std::vector<int> children, std::vector<float> w) {
            auto& node = tree.nodes[static_cast<std::size_t>(parent)];
            node.children = children;
            node.W = {2, 6, std::move(w)};
            node.idf.assign(6, 1.0F);
            for (const int child : children) tree.nodes[static_cast<std::size_t>(child)].parent = parent;
        };
        family(0, {1, 2}, {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
        family(1, {3, 4}, {0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0});
        family(2, {5, 6}, {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1});
        const FoldIn foldIn(tree);
        const std::int32_t columns[] = {0, 1, 2, 3, 4, 5};
        const float counts[] = {7, 3, 6, 4, 5, 5};
        const auto shares = foldIn.shares(columns, counts);
        const double expected[] = {.42, .28, .15, .15};
        QCOMPARE(shares.resting.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(double{shares.resting[i].second} - expected[i]) < 1e-6);
        QCOMPARE(hardNode(tree, shares.resting), 3);

        // A branch under the cut of .05 is not split; crumbs under .01 climb to the parent.
        const float crumbs[] = {96, 4, 995, 5, 1, 1};
        const auto coarse = foldIn.shares(columns, crumbs);
        QCOMPARE(coarse.resting.size(), std::size_t{3});
        QCOMPARE(coarse.resting[0].first, 0);  // .96 * .005 climbed from leaf 4 by way of label 1
        QVERIFY(std::abs(coarse.resting[0].second - .0048F) < 1e-6F);
        QCOMPARE(coarse.resting[1].first, 2);
        QVERIFY(std::abs(coarse.resting[1].second - .04F) < 1e-6F);
        QCOMPARE(coarse.resting[2].first, 3);
        QVERIFY(std::abs(coarse.resting[2].second - .9552F) < 1e-6F);
    }

    void unknownAndEmptyDocuments() {
        const auto counts = nestedCounts(4, 120);
        const auto tree = build(counts, quick()).value();
        const FoldIn foldIn(tree);
        QVERIFY(foldIn.shares({}, {}).resting.empty());
        const std::int32_t outside[] = {-3, 5000};
        const float some[] = {1, 2};
        QVERIFY(foldIn.shares(outside, some).resting.empty());
        const float none[] = {0, 0};
        const std::int32_t inside[] = {0, 1};
        QVERIFY(foldIn.shares(inside, none).resting.empty());
    }

    void impossibleInputGivesARootWithItsReason_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("reason");
        QTest::newRow("no documents") << 0 << "no documents";
        QTest::newRow("no terms") << 1 << "No document has a word";
        QTest::newRow("one document") << 2 << "1 document;";
        QTest::newRow("few documents") << 3 << "29 documents;";
        QTest::newRow("all equal") << 4 << "same words";
        QTest::newRow("one term") << 5 << "too few different words";
        QTest::newRow("structureless") << 6 << "";
    }
    void impossibleInputGivesARootWithItsReason() {
        QFETCH(int, which);
        QFETCH(QString, reason);
        SparseRows counts;
        if (which == 1) counts = test::sparse(Rows(50, std::vector<double>(4, 0.0)));
        if (which == 2) counts = test::sparse({{1, 2, 3}});
        if (which == 3) counts = test::sparse(test::plantedCounts(29, 2, 10, 1));
        if (which == 4) counts = test::sparse(Rows(60, {1, 2, 3, 4, 5, 6}));
        if (which == 5) counts = test::sparse(Rows(60, {3}));
        if (which == 6) counts = test::sparse(test::randomRows(80, 60, 0.5, 4));
        const auto tree = build(counts, quick()).value();
        checkInvariants(tree, counts);
        if (which != 6) QCOMPARE(tree.nodes.size(), std::size_t{1});
        QVERIFY2(which == 6 || QString::fromStdString(tree.nodes.front().stopReason).contains(reason),
                 tree.nodes.front().stopReason.c_str());
    }

    void oddMatricesNeverBreakIt() {
        SplitMix64 random(5);
        for (int round = 0; round < 25; ++round) {
            Rows m = test::randomRows(random.below(60) + 1, random.below(30) + 1, random.uniform(), random.next());
            for (auto& row : m) {
                if (random.below(6) == 0) row.assign(row.size(), 0.0);
                for (auto& value : row)
                    value = value > 0 ? std::ceil(value * static_cast<double>(random.below(9) + 1)) : 0;
            }
            if (round % 4 == 0 && m.size() > 2) m[1] = m[0];
            const auto counts = test::sparse(m);
            auto options = quick();
            options.minDocuments = 4;
            options.depth = 3;
            options.iterations = 30;
            options.minGain = round % 2 == 0 ? 0 : 1;
            options.threshold = 0.3;
            checkInvariants(build(counts, options).value(), counts);
        }
    }

    void badOptions() {
        const auto counts = test::sparse(test::plantedCounts(20, 2, 5, 1));
        const auto refused = [&](auto change) {
            HierarchyOptions options;
            change(options);
            const auto result = build(counts, options);
            return !result && result.error().code == ErrorCode::InvalidArgument;
        };
        QVERIFY(refused([](auto& o) { o.depth = 0; }));
        QVERIFY(refused([](auto& o) { o.kMax = 1; }));
        QVERIFY(refused([](auto& o) { o.deepKMax = 1; }));
        QVERIFY(refused([](auto& o) { o.minDocuments = 0; }));
        QVERIFY(refused([](auto& o) { o.perturbations = 1; }));
        QVERIFY(refused([](auto& o) { o.threshold = 1.5; }));
        QVERIFY(refused([](auto& o) { o.noise = -0.1; }));
        QVERIFY(refused([](auto& o) { o.iterations = 0; }));
        QVERIFY(refused([](auto& o) { o.kMin = 3; }));
        QVERIFY(refused([](auto& o) { o.tolerance = -1; }));
        auto spoiled = counts;
        spoiled.values[3] = std::numeric_limits<float>::quiet_NaN();
        QCOMPARE(build(spoiled, {}).error().code, ErrorCode::InvalidArgument);
    }

    void cancelledWithinTwoSeconds() {
        const auto counts = nestedCounts(2, 3000);
        jobs::JobContext context;
        std::thread user([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            context.setControl(jobs::Control::Stop);
        });
        HierarchyOptions options;
        options.perturbations = 300;
        const auto begun = std::chrono::steady_clock::now();
        const auto result = buildHierarchy(counts, options, context);
        user.join();
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QVERIFY(std::chrono::steady_clock::now() - begun < std::chrono::seconds(2));
    }

    void tellsHowFarItIs() {
        std::int64_t last = 0;
        std::int64_t total = 0;
        bool sane = true;
        jobs::JobContext context([&](const nlohmann::json& event) {
            if (event.value("phase", "") != "tree") return;
            sane = sane && event["done"].get<std::int64_t>() >= last;
            last = event["done"].get<std::int64_t>();
            total = event["total"].get<std::int64_t>();
            sane = sane && last <= total;
        });
        QVERIFY(buildHierarchy(nestedCounts(1, 200), quick(), context).ok());
        QVERIFY(sane && total > 0 && last == total);
    }
};

QTEST_APPLESS_MAIN(TestHierarchy)
#include "tst_hierarchy.moc"
