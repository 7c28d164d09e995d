// SPDX-License-Identifier: Apache-2.0
// Set shares: what becomes of a document's mass, and what cannot be.
#include <QTest>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/rng.h"
#include "core/tree/edit.h"
#include "core/tree/share.h"
#include "core/tree/tree_json.h"

using namespace espalier;
using namespace espalier::tree;

namespace {
constexpr DocumentKey kDocument{7};

Label labelOf(std::int64_t id, std::int64_t parent, std::vector<LabelId> children, const char* name) {
    Label label;
    label.id = LabelId{id};
    label.parent = LabelId{parent};
    label.name = name;
    label.children = std::move(children);
    label.massOf = {label.id};
    return label;
}

/// 1 root: 2 Soil (4 Peat, 5 Clay), 3 Water (6 Rain, 7 Sea).
LabelTree garden() {
    return LabelTree::fromLabels(
               LabelId{1},
               {labelOf(1, 0, {LabelId{2}, LabelId{3}}, "All"), labelOf(2, 1, {LabelId{4}, LabelId{5}}, "Soil"),
                labelOf(3, 1, {LabelId{6}, LabelId{7}}, "Water"), labelOf(4, 2, {}, "Peat"), labelOf(5, 2, {}, "Clay"),
                labelOf(6, 3, {}, "Rain"), labelOf(7, 3, {}, "Sea")})
        .value();
}

std::vector<CellMass> row(std::map<int, double> masses) {
    std::vector<CellMass> cells;
    for (const auto& [cell, mass] : masses) cells.push_back({LabelId{cell}, mass});
    return cells;
}

double sum(const std::vector<CellMass>& cells) {
    double total = 0;
    for (const CellMass& cell : cells) total += cell.mass;
    return total;
}

bool close(const std::vector<CellMass>& a, const std::vector<CellMass>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].cell != b[i].cell || std::abs(a[i].mass - b[i].mass) > 1e-12) return false;
    }
    return true;
}

Edit shareEdit(LabelId label, double value, EditKind kind = EditKind::Share) {
    Edit edit;
    edit.kind = kind;
    edit.label = label;
    edit.document = kDocument;
    edit.text = "d7";
    edit.share = value;
    edit.revision = 3;
    return edit;
}
}  // namespace

class TestShare : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void siblingsGive_data() {
        QTest::addColumn<int>("label");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("after");  // masses of cells 1 to 7
        // From: root .04, Soil .06, Peat .3, Clay .1, Rain .2, Sea .3.
        QTest::newRow("more, from the siblings") << 4 << 0.38 << "0.04 0.03 0 0.38 0.05 0.2 0.3";
        QTest::newRow("less, to the siblings") << 4 << 0.14 << "0.04 0.12 0 0.14 0.2 0.2 0.3";
        QTest::newRow("as much as the parent has") << 4 << 0.46 << "0.04 0 0 0.46 0 0.2 0.3";
        QTest::newRow("more than the parent has") << 4 << 0.73 << "0.02 0 0 0.73 0 0.1 0.15";
        QTest::newRow("all") << 4 << 1.0 << "0 0 0 1 0 0 0";
        QTest::newRow("a branch keeps its proportions")
            << 2 << 0.73 << "0.02 0.0952173913043478 0 0.476086956521739 0.158695652173913 0.1 0.15";
        QTest::newRow("nothing") << 2 << 0.0 << "0.0740740740740741 0 0 0 0 0.37037037037037 0.555555555555556";
        QTest::newRow("where nothing was") << 3 << 0.5 << "0.04 0.06 0 0.3 0.1 0.2 0.3";
    }
    void siblingsGive() {
        QFETCH(int, label);
        QFETCH(double, value);
        QFETCH(QString, after);
        const auto tree = garden();
        const auto before = row({{1, .04}, {2, .06}, {4, .3}, {5, .1}, {6, .2}, {7, .3}});
        const auto found = withShare(tree, before, LabelId{label}, value, {});
        QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
        QVERIFY(std::abs(sum(*found) - 1) < 1e-12);
        QVERIFY(std::abs(shareOf(tree, *found, LabelId{label}) - value) < 1e-12);
        std::map<int, double> expected;
        const auto masses = after.split(' ');
        for (int cell = 1; cell <= 7; ++cell) {
            const double mass = masses[cell - 1].toDouble();
            if (mass > 0) expected[cell] = mass;
        }
        QVERIFY(close(*found, row(expected)));
    }

    void restsWhereNobodyElseIs() {
        const auto tree = garden();
        // Its only label: what is left over rests at the parent; nothing there yet: all of it rests at the label.
        QVERIFY(close(*withShare(tree, row({{4, 1.0}}), LabelId{4}, 0.25, {}), row({{2, .75}, {4, .25}})));
        QVERIFY(close(*withShare(tree, row({{4, 1.0}}), LabelId{3}, 0.25, {}), row({{3, .25}, {4, .75}})));
        // Mass that rests nowhere stays nowhere.
        const auto partly = withShare(tree, row({{4, .3}, {6, .6}}), LabelId{4}, 0.6, {});
        QVERIFY(std::abs(sum(*partly) - 0.9) < 1e-12);
        QVERIFY(close(*partly, row({{4, .6}, {6, .3}})));
        QCOMPARE(withShare(tree, row({{4, .3}, {6, .6}}), LabelId{4}, 0.95, {}).error().code, ErrorCode::InvalidState);
    }

    void whatIsHeldStays() {
        const auto tree = garden();
        const auto before = row({{4, .3}, {5, .2}, {6, .2}, {7, .3}});
        auto found = withShare(tree, before, LabelId{4}, 0.5, {LabelId{7}, LabelId{4}});
        QVERIFY(close(*found, row({{4, .5}, {6, .2}, {7, .3}})));
        found = withShare(tree, before, LabelId{4}, 0.6, {LabelId{7}});
        QVERIFY(close(*found, row({{4, .6}, {6, .1}, {7, .3}})));
        found = withShare(tree, before, LabelId{4}, 0.8, {LabelId{7}});
        QCOMPARE(found.error().code, ErrorCode::InvalidState);
        QCOMPARE(found.error().message, std::string("the share of 'Peat' can be at most 0.7: 'Sea' is set to 0.3"));
        found = withShare(tree, before, LabelId{4}, 0.6, {LabelId{2}});
        QCOMPARE(found.error().message, std::string("the share of 'Soil', which is above 'Peat', is set to 0.5; change "
                                                    "that first"));
        found = withShare(tree, before, LabelId{2}, 0.2, {LabelId{4}});
        QCOMPARE(found.error().message, std::string("the share of 'Soil' cannot be under 0.3: 'Peat' is set to 0.3"));
        found = withShare(tree, before, LabelId{2}, 0.4, {LabelId{4}});
        QVERIFY(close(*found, row({{4, .3}, {5, .1}, {6, .24}, {7, .36}})));
    }

    void lockedLabelsKeepTheirMass() {
        auto tree = garden();
        tree.findMutable(LabelId{7})->locked = true;
        const auto before = row({{4, .3}, {5, .2}, {6, .2}, {7, .3}});
        QVERIFY(close(*withShare(tree, before, LabelId{4}, 0.6, {}), row({{4, .6}, {6, .1}, {7, .3}})));
        QCOMPARE(withShare(tree, before, LabelId{4}, 0.8, {}).error().message,
                 std::string("the share of 'Peat' can be at most 0.7: 'Sea' is locked"));
        QCOMPARE(withShare(tree, before, LabelId{7}, 0.8, {}).error().code, ErrorCode::InvalidState);
        tree.findMutable(LabelId{2})->locked = true;  // what is left over would rest there
        QCOMPARE(withShare(tree, row({{4, 1.0}}), LabelId{4}, 0.5, {}).error().code, ErrorCode::InvalidState);
        QVERIFY(close(*withShare(tree, before, LabelId{4}, 0.1, {}), row({{4, .1}, {5, .4}, {6, .2}, {7, .3}})));
    }

    void badValues() {
        const auto tree = garden();
        const auto before = row({{4, 1.0}});
        for (const double value :
             {-0.1, 1.0001, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            QCOMPARE(withShare(tree, before, LabelId{4}, value, {}).error().code, ErrorCode::InvalidArgument);
            auto edited = tree;
            QCOMPARE(apply(edited, shareEdit(LabelId{4}, value)).error().code, ErrorCode::InvalidArgument);
            QVERIFY(edited == tree);
        }
        QCOMPARE(withShare(tree, before, LabelId{1}, 0.5, {}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(withShare(tree, before, LabelId{99}, 0.5, {}).error().code, ErrorCode::InvalidArgument);
        auto edited = tree;
        QCOMPARE(apply(edited, shareEdit(LabelId{99}, 0.5)).error().code, ErrorCode::NotFound);
        QCOMPARE(apply(edited, shareEdit(LabelId{1}, 0.5)).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(apply(edited, shareEdit(LabelId{4}, 0, EditKind::Unshare)).error().code, ErrorCode::InvalidState);
        auto nobody = shareEdit(LabelId{4}, 0.5);
        nobody.document = {};
        QCOMPARE(apply(edited, nobody).error().code, ErrorCode::InvalidArgument);
        edited.findMutable(LabelId{4})->locked = true;
        QCOMPARE(apply(edited, shareEdit(LabelId{4}, 0.5)).error().code, ErrorCode::InvalidState);
    }

    void setReplacedAndTakenBack() {
        auto tree = garden();
        const auto start = tree;
        QCOMPARE(describe(tree, shareEdit(LabelId{4}, 0.6)), std::string("Set the share of 'd7' under 'Peat' to 0.6"));
        const auto set = apply(tree, shareEdit(LabelId{4}, 0.6)).value();
        QCOMPARE(apply(tree, shareEdit(LabelId{4}, 0.6)).error().code, ErrorCode::InvalidState);  // said already
        QCOMPARE(tree.sharesOf(kDocument).size(), std::size_t{1});
        QVERIFY(tree.sharesOf(DocumentKey{6}).empty() && tree.sharesOf(DocumentKey{8}).empty());
        const auto changed = apply(tree, shareEdit(LabelId{4}, 0.2)).value();
        QCOMPARE(tree.sharesOf(kDocument).front().value, 0.2);
        const auto unset = apply(tree, shareEdit(LabelId{4}, 0, EditKind::Unshare)).value();
        QVERIFY(tree.shares().empty());
        for (const auto* effect : {&unset, &changed, &set}) {
            const auto again = effectFromJson(effectToJson(*effect));
            QVERIFY(again.ok() && *again == *effect);
            QVERIFY(revert(tree, *again).ok());
        }
        QVERIFY(tree == start);
        QVERIFY(!revert(tree, set).ok());  // it is not there any more
        QVERIFY(reapply(tree, set).ok());
        QVERIFY(tree.checkInvariants().ok());
    }

    void goesWhereItsLabelGoes() {
        auto tree = garden();
        QVERIFY(apply(tree, shareEdit(LabelId{4}, 0.6)).ok());
        const auto holdsAt = [&] {
            const auto shares = sharesInForce(tree, kDocument);
            return shares.size() == 1 ? shares.front().label.value : 0;
        };
        Edit edit;
        edit.kind = EditKind::Move;
        edit.label = LabelId{4};
        edit.parent = LabelId{3};
        QVERIFY(apply(tree, edit).ok());
        QCOMPARE(holdsAt(), 4);
        edit = {};
        edit.kind = EditKind::Merge;
        edit.label = LabelId{5};
        edit.others = {LabelId{4}};
        const auto merged = apply(tree, edit).value();
        QCOMPARE(holdsAt(), 5);
        // A merge adds mass: what the document has there now is what stays.
        const auto kept = keptShares(tree, kDocument, row({{4, .6}, {5, .15}, {6, .25}}));
        QCOMPARE(kept.size(), std::size_t{1});
        QVERIFY(std::abs(kept.front().value - 0.75) < 1e-12);
        const auto redealt = withShares(tree, row({{4, .1}, {6, .9}}), kept);
        QVERIFY(close(*redealt, row({{4, .75}, {6, .25}})));
        QVERIFY(revert(tree, merged).ok());
        edit = {};
        edit.kind = EditKind::Retire;
        edit.label = LabelId{4};
        QVERIFY(apply(tree, edit).ok());
        QCOMPARE(holdsAt(), 0);  // rests
        edit.kind = EditKind::Restore;
        QVERIFY(apply(tree, edit).ok());
        QCOMPARE(holdsAt(), 4);
        QVERIFY(tree.checkInvariants().ok());
    }

    void contradictsPins() {
        auto tree = garden();
        const auto pin = [&tree](int label, bool must) {
            Edit edit;
            edit.kind = EditKind::Pin;
            edit.label = LabelId{label};
            edit.document = kDocument;
            edit.must = must;
            QVERIFY(apply(tree, edit).ok());
        };
        QVERIFY(apply(tree, shareEdit(LabelId{4}, 0.6)).ok());
        pin(2, true);
        pin(6, false);
        QVERIFY(shareContradictions(tree, kDocument).empty());
        pin(2, false);
        auto pairs = shareContradictions(tree, kDocument);
        QCOMPARE(pairs.size(), std::size_t{1});
        QCOMPARE(describeContradiction(tree, pairs[0].first, pairs[0].second),
                 std::string("its share of 'Peat' is set to 0.6, but it must not be under 'Soil'"));
        QVERIFY(apply(tree, shareEdit(LabelId{4}, 0)).ok());
        QVERIFY(shareContradictions(tree, kDocument).empty());
        pin(4, true);
        pairs = shareContradictions(tree, kDocument);
        QCOMPARE(pairs.size(), std::size_t{1});
        QCOMPARE(describeContradiction(tree, pairs[0].first, pairs[0].second),
                 std::string("its share of 'Peat' is set to 0, but it must be under it"));
    }

    /// Any row, any label, any value, any shares held: the sums hold, what was asked is there, what is held stays.
    void sumsHoldAtRandom() {
        auto tree = garden();
        SplitMix64 random(5);
        int done = 0, refused = 0;
        for (int turn = 0; turn < 3000; ++turn) {
            std::map<int, double> masses;
            double total = 0;
            for (int cell = 1; cell <= 7; ++cell) {
                if (random.below(3) > 0) total += masses[cell] = 0.01 + random.uniform();
            }
            if (masses.empty()) continue;
            for (auto& [cell, mass] : masses) mass /= total;
            const auto before = row(masses);
            std::vector<LabelId> held;
            for (int label = 2; label <= 7; ++label) {
                tree.findMutable(LabelId{label})->locked = random.below(12) == 0;
                if (random.below(5) == 0) held.push_back(LabelId{label});
            }
            const LabelId label{2 + static_cast<std::int64_t>(random.below(6))};
            const double value = random.below(8) == 0 ? static_cast<double>(random.below(2)) : random.uniform();
            const auto after = withShare(tree, before, label, value, held);
            if (!after) {
                QCOMPARE(after.error().code, ErrorCode::InvalidState);
                ++refused;
                continue;
            }
            ++done;
            QVERIFY(std::abs(sum(*after) - 1) < 1e-6);
            QVERIFY(std::abs(shareOf(tree, *after, label) - value) < 1e-9);
            auto shares = sharesOf(tree, *after);
            for (int any = 1; any <= 7; ++any)
                QVERIFY(std::abs(shares[LabelId{any}] - shareOf(tree, *after, LabelId{any})) < 1e-12);
            for (const CellMass& cell : *after) QVERIFY(cell.mass > 0 && cell.mass <= 1 + 1e-9);
            for (const LabelId other : held) {
                if (other != label)
                    QVERIFY(std::abs(shareOf(tree, *after, other) - shareOf(tree, before, other)) < 1e-9);
            }
            for (int other = 2; other <= 7; ++other) {
                if (!tree.at(LabelId{other}).locked) continue;
                const auto own = [&](const std::vector<CellMass>& cells) {
                    for (const CellMass& cell : cells) {
                        if (cell.cell.value == other) return cell.mass;
                    }
                    return 0.0;
                };
                QVERIFY(std::abs(own(*after) - own(before)) < 1e-9);
            }
        }
        QVERIFY(done > 1500 && refused > 100);
    }
};

QTEST_APPLESS_MAIN(TestShare)
#include "tst_share.moc"
