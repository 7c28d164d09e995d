// SPDX-License-Identifier: Apache-2.0
/// A branch grown again around decisions, at the level of rows and places.
#include <QTest>
#include <algorithm>
#include <cmath>

#include "core/jobs/job_context.h"
#include "core/nmf/refit.h"
#include "tests/core/nmf/made_data.h"

using namespace espalier;
using namespace espalier::nmf;
using Kind = RefitLabel::Kind;

namespace {

constexpr int kEach = 40;

/// Five subjects of 40 documents each, in turn.
SparseRows subjects() {
    SplitMix64 random(3);
    test::Rows m(5 * kEach, std::vector<double>(5 * 12 + 8, 0.0));
    for (std::size_t d = 0; d < m.size(); ++d) {
        for (int i = 0; i < 30; ++i) m[d][d % 5 * 12 + random.below(12)] += 1;
        for (int i = 0; i < 5; ++i) m[d][60 + random.below(8)] += 1;
    }
    return test::sparse(m);
}

RefitOptions quick() {
    RefitOptions options;
    options.tree.depth = 1;
    options.tree.kMax = 6;
    options.tree.perturbations = 4;
    options.tree.iterations = 80;
    options.tree.minDocuments = 20;
    return options;
}

/// A root and one label a subject; the places of its documents.
std::vector<RefitLabel> flatOutline() {
    std::vector<RefitLabel> outline(6);
    for (std::size_t place = 1; place < 6; ++place) outline[place].parent = 0;
    return outline;
}
std::vector<RefitDocument> documentsOf(const std::vector<int>& placeOfSubject) {
    std::vector<RefitDocument> documents;
    for (int d = 0; d < 5 * kEach; ++d) documents.push_back({placeOfSubject[static_cast<std::size_t>(d % 5)], {}});
    return documents;
}

Result<Refit> refit(std::vector<RefitLabel> outline, const std::vector<RefitDocument>& documents,
                    const RefitOptions& options) {
    jobs::JobContext context;
    const SparseRows counts = subjects();
    return refitHierarchy(counts, counts, std::move(outline), documents, options, context);
}

/// Share of a subject's documents that are at the node of a place.
double shareAt(const Refit& found, int subject, int place) {
    int there = 0;
    for (int d = subject; d < 5 * kEach; d += 5) {
        const int node = found.documentAt[static_cast<std::size_t>(d)];
        there += node >= 0 && found.goesOnAs[static_cast<std::size_t>(node)] == place ? 1 : 0;
    }
    return static_cast<double>(there) / kEach;
}

}  // namespace

class TestRefit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void freeLabelsAreTheBuildAndGoOn() {
        const auto found = refit(flatOutline(), documentsOf({1, 2, 3, 4, 5}), quick());
        QVERIFY(found.ok());
        jobs::JobContext context;
        const Hierarchy built = buildHierarchy(subjects(), quick().tree, context).value();
        QCOMPARE(found->hierarchy.nodes.size(), built.nodes.size());
        QVERIFY(found->hierarchy.nodes.front().W.values == built.nodes.front().W.values);
        QVERIFY(found->removed.empty() && found->untouched.empty());
        for (int subject = 0; subject < 5; ++subject) QVERIFY(shareAt(*found, subject, subject + 1) > 0.95);
    }

    void aMergedLabelIsNotTornApartAgain() {
        auto outline = flatOutline();
        outline.pop_back();
        outline[1].kind = Kind::Anchored;
        outline[1].whole = true;
        for (const int k : {0, 4}) {  // as many as are stable, as many as there are subjects left
            RefitOptions options = quick();
            options.k = k;
            const auto found = refit(outline, documentsOf({1, 1, 2, 3, 4}), options);
            QVERIFY(found.ok());
            QVERIFY(found->removed.empty());
            QVERIFY(shareAt(*found, 0, 1) > 0.9 && shareAt(*found, 1, 1) > 0.9);
            for (int subject = 2; subject < 5; ++subject) {
                QVERIFY(shareAt(*found, subject, 1) < 0.05);
                QVERIFY(k == 0 || shareAt(*found, subject, subject) > 0.9);
            }
        }
    }

    /// Three examples of a subject that lies in another label bring the rest of it.
    void examplesBringTheRest() {
        auto outline = flatOutline();
        outline[1].kind = outline[5].kind = Kind::Anchored;
        outline[1].whole = outline[5].whole = true;
        auto documents = documentsOf({1, 2, 3, 4, 1});
        for (const std::size_t d : {4U, 9U, 14U}) documents[d] = {5, {{5, true}}};
        const auto found = refit(outline, documents, quick());
        QVERIFY(found.ok());
        QVERIFY(shareAt(*found, 4, 5) > 0.9 && shareAt(*found, 0, 1) > 0.9);
    }

    void pinsAndLocksHold() {
        auto outline = flatOutline();
        outline[1].kind = Kind::Anchored;
        outline[1].whole = true;
        outline[2].kind = Kind::Locked;
        auto documents = documentsOf({1, 2, 3, 4, 5});
        documents[2] = {1, {{1, true}}};   // its words are of the third subject
        documents[0] = {0, {{1, false}}};  // its words are of the first
        const auto found = refit(outline, documents, quick());
        QVERIFY(found.ok());
        const auto placeOf = [&](std::size_t d) {
            return found->goesOnAs[static_cast<std::size_t>(found->documentAt[d])];
        };
        QCOMPARE(placeOf(2), 1);
        QVERIFY(placeOf(0) != 1);
        QVERIFY(found->untouched == std::vector<int>{2});
        QVERIFY(std::find(found->goesOnAs.begin(), found->goesOnAs.end(), 2) == found->goesOnAs.end());
        for (std::size_t d = 1; d < documents.size(); d += 5) QCOMPARE(found->documentAt[d], -1);
    }

    /// A document goes where most of it was said to be; the others take what is left as it fits.
    void setSharesHold() {
        auto outline = flatOutline();
        for (const std::size_t place : {1, 2, 3}) {
            outline[place].kind = Kind::Anchored;
            outline[place].whole = true;
        }
        auto documents = documentsOf({1, 2, 3, 4, 5});
        documents[2] = {3, {}, {{1, 0.75}}};             // its words are of the third subject
        documents[0] = {1, {}, {{1, 0.125}, {2, 0.5}}};  // its words are of the first
        documents[1] = {2, {}, {{2, 0}}};                // its words are of the second
        const auto found = refit(outline, documents, quick());
        QVERIFY(found.ok());
        const auto placeOf = [&](std::size_t d) {
            return found->goesOnAs[static_cast<std::size_t>(found->documentAt[d])];
        };
        QCOMPARE(placeOf(2), 1);
        QCOMPARE(placeOf(0), 2);
        QVERIFY(placeOf(1) != 2);
        QCOMPARE(placeOf(7), 3);  // nobody said anything of the others
        QCOMPARE(placeOf(5), 1);
    }

    /// What rests at a label stays there when the labels below it are not about it.
    void whatFitsNoLabelStaysWhereItIs() {
        std::vector<RefitLabel> outline(2);
        outline[1] = {0, Kind::Anchored, true, false};
        const auto found = refit(outline, documentsOf({1, 0, 0, 0, 0}), quick());
        QVERIFY(found.ok());
        QVERIFY(shareAt(*found, 0, 1) > 0.95);
        for (int subject = 1; subject < 5; ++subject) QVERIFY(shareAt(*found, subject, 1) < 0.05);
        QCOMPARE(std::count(found->rests.begin(), found->rests.end(), 1), 1);
    }

    void theNumberAskedForCountsWhatStays() {
        auto outline = flatOutline();
        outline[1].kind = outline[2].kind = Kind::Anchored;
        RefitOptions options = quick();
        for (const int k : {2, 3, 4}) {
            options.k = k;
            const auto found = refit(outline, documentsOf({1, 2, 3, 4, 5}), options);
            QVERIFY(found.ok());
            const auto& nodes = found->hierarchy.nodes;
            const auto rests = static_cast<std::size_t>(std::count(found->rests.begin(), found->rests.end(), 1));
            QCOMPARE(nodes.front().children.size() - rests, static_cast<std::size_t>(k));
            QCOMPARE(found->removed.size(), static_cast<std::size_t>(5 - k));
        }
        outline[3].kind = Kind::Anchored;
        options.k = 2;
        const auto few = refit(outline, documentsOf({1, 2, 3, 4, 5}), options);
        QVERIFY(!few && few.error().code == ErrorCode::InvalidState);
    }

    void threadsChangeNoBit() {
        auto outline = flatOutline();
        outline[1].kind = Kind::Anchored;
        outline[3].kind = Kind::Locked;
        RefitOptions options = quick();
        options.tree.threads = 1;
        const auto one = refit(outline, documentsOf({1, 2, 3, 4, 5}), options);
        options.tree.threads = 8;
        const auto eight = refit(outline, documentsOf({1, 2, 3, 4, 5}), options);
        QVERIFY(one.ok() && eight.ok());
        QVERIFY(one->hierarchy.nodes.front().W.values == eight->hierarchy.nodes.front().W.values);
        QVERIFY(one->documentAt == eight->documentAt && one->goesOnAs == eight->goesOnAs);
    }

    void badInputIsRefused() {
        const auto refused = [](const Result<Refit>& found) {
            return !found && found.error().code == ErrorCode::InvalidArgument;
        };
        const auto documents = documentsOf({1, 2, 3, 4, 5});
        QVERIFY(refused(refit({}, documents, quick())));
        auto outline = flatOutline();
        outline[2].parent = 4;
        QVERIFY(refused(refit(outline, documents, quick())));
        QVERIFY(refused(refit(flatOutline(), documentsOf({1, 2, 3, 4, 6}), quick())));
        auto pinned = documents;
        pinned[0].pins = {{9, true}};
        QVERIFY(refused(refit(flatOutline(), pinned, quick())));
        for (const auto& share : {std::pair{0, 0.5}, {6, 0.5}, {1, 1.5}, {1, -0.5}, {1, std::nan("")}}) {
            auto said = documents;
            said[0].shares = {share};
            QVERIFY(refused(refit(flatOutline(), said, quick())));
        }
        auto fewer = documents;
        fewer.pop_back();
        QVERIFY(refused(refit(flatOutline(), fewer, quick())));
        RefitOptions options = quick();
        options.k = 1;
        QVERIFY(refused(refit(flatOutline(), documents, options)));
    }
};

QTEST_GUILESS_MAIN(TestRefit)
#include "tst_refit.moc"
