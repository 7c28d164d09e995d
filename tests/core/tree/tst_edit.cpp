// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <set>

#include "core/base/rng.h"
#include "core/tree/edit.h"
#include "core/tree/memberships.h"
#include "core/tree/tree_json.h"

using namespace espalier;
using namespace espalier::tree;

namespace {
Edit make(EditKind kind, std::int64_t label, std::int64_t parent = 0, std::int64_t index = -1, std::string text = {}) {
    Edit edit;
    edit.kind = kind;
    edit.label = LabelId{label};
    edit.parent = LabelId{parent};
    edit.index = index;
    edit.text = std::move(text);
    return edit;
}
Edit merge(std::int64_t keep, std::vector<LabelId> others) {
    Edit edit = make(EditKind::Merge, keep);
    edit.others = std::move(others);
    return edit;
}
Edit retire(std::int64_t label, std::int64_t to = 0) {
    Edit edit = make(EditKind::Retire, label);
    edit.to = LabelId{to};
    return edit;
}

Edit pin(std::int64_t document, std::int64_t label, bool must = true, std::int64_t revision = 1) {
    Edit edit = make(EditKind::Pin, label);
    edit.document = DocumentKey{document};
    edit.must = must;
    edit.revision = revision;
    return edit;
}
Edit unpin(std::int64_t document, std::int64_t label) {
    Edit edit = make(EditKind::Unpin, label);
    edit.document = DocumentKey{document};
    return edit;
}

/// 1: 2 Soil (3 Peat, 4 Clay), 5 Water (6 Lake), 7 Air
LabelTree garden() {
    LabelTree tree;
    const std::vector<std::tuple<int, int, const char*>> labels{{2, 1, "Soil"},  {3, 2, "Peat"}, {4, 2, "Clay"},
                                                                {5, 1, "Water"}, {6, 5, "Lake"}, {7, 1, "Air"}};
    for (const auto& [id, parent, name] : labels) {
        if (!apply(tree, make(EditKind::New, id, parent, -1, name))) qFatal("fixture");
        Label* label = tree.findMutable(LabelId{id});
        label->nameByUser = false;
        label->terms = {{std::string("term of ") + name, 1.0}};
        label->note = std::string("note of ") + name;
    }
    return tree;
}

std::vector<std::int64_t> childIds(const LabelTree& tree, std::int64_t id) {
    std::vector<std::int64_t> ids;
    for (const LabelId child : tree.at(LabelId{id}).children) ids.push_back(child.value);
    return ids;
}
using Ids = std::vector<std::int64_t>;

/// Mass of stored cells per label of the tree.
std::map<LabelId, double> restingMass(const LabelTree& tree, const std::map<LabelId, double>& cells) {
    std::map<LabelId, double> mass;
    for (const auto& [cell, owner] : tree.massOwners()) {
        const auto found = cells.find(cell);
        mass[owner] += found == cells.end() ? 0.0 : found->second;
    }
    return mass;
}

/// Pins as they hold, by label: what belongs to a label besides its own fields.
std::map<LabelId, std::vector<std::pair<DocumentKey, bool>>> pinsByLabel(const LabelTree& tree) {
    std::map<LabelId, std::vector<std::pair<DocumentKey, bool>>> found;
    for (const Pin& stored : tree.pins()) {
        if (const LabelId label = inForceAt(tree, stored)) found[label].emplace_back(stored.document, stored.must);
    }
    for (auto& [label, pins] : found) std::sort(pins.begin(), pins.end());
    return found;
}

Edit randomEdit(const LabelTree& tree, SplitMix64& random, std::int64_t& nextId, std::int64_t revision) {
    std::vector<LabelId> ids = tree.depthFirst();
    const auto any = [&] { return ids[random.below(ids.size())]; };
    switch (random.below(13)) {
        case 0: {
            const LabelId parent = any();
            return make(EditKind::New, nextId++, parent.value,
                        static_cast<std::int64_t>(random.below(tree.at(parent).children.size() + 1)),
                        "new " + std::to_string(random.below(100)));
        }
        case 1:
            return make(EditKind::Rename, any().value, 0, -1, "name " + std::to_string(random.below(100)));
        case 2:
            return make(EditKind::Move, any().value, any().value);
        case 3: {
            Edit edit = merge(any().value, {any()});
            if (random.below(2) == 0) edit.others.push_back(any());
            return edit;
        }
        case 4:
            return retire(any().value, random.below(2) == 0 ? 0 : any().value);
        case 5: {
            if (tree.formerLabels().empty()) return make(EditKind::Note, any().value, 0, -1, "n");
            auto former = tree.formerLabels().begin();
            std::advance(former, static_cast<std::ptrdiff_t>(random.below(tree.formerLabels().size())));
            return make(EditKind::Restore, former->first.value);
        }
        case 6:
            return make(EditKind::Lock, any().value);
        case 7:
        case 8: {
            for (const LabelId id : ids) {
                if (tree.at(id).locked) return make(EditKind::Unlock, id.value);
            }
            return make(EditKind::Unlock, any().value);
        }
        case 9:
        case 10:
            return pin(static_cast<std::int64_t>(random.below(4)) + 1, any().value, random.below(3) > 0, revision);
        case 11:
            if (!tree.pins().empty()) {
                const Pin& stored = tree.pins()[random.below(tree.pins().size())];
                return unpin(stored.document.value, stored.label.value);
            }
            return unpin(1, any().value);
        default:
            return make(EditKind::Note, any().value, 0, -1, "note " + std::to_string(random.below(100)));
    }
}
}  // namespace

class TestEdit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void newLabel() {
        LabelTree tree = garden();
        const auto effect = apply(tree, make(EditKind::New, 8, 2, 1, "  Sand "));
        QVERIFY(effect);
        QVERIFY(childIds(tree, 2) == (Ids{3, 8, 4}));
        QCOMPARE(tree.at(LabelId{8}).name, std::string("Sand"));
        QVERIFY(tree.at(LabelId{8}).nameByUser);
        QCOMPARE(effect->subject.value, std::int64_t{8});
        QCOMPARE(effect->before.size(), std::size_t{1});  // the parent alone
        QCOMPARE(effect->after.size(), std::size_t{2});
    }

    void moveCarriesTheBranch() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, make(EditKind::Move, 5, 2, 1)));
        QVERIFY(childIds(tree, 2) == (Ids{3, 5, 4}));
        QVERIFY(childIds(tree, 5) == (Ids{6}));
        QCOMPARE(tree.level(LabelId{6}), 2);
        QVERIFY(apply(tree, make(EditKind::Move, 3, 2, 2)));  // within its parent: the index counts without itself
        QVERIFY(childIds(tree, 2) == (Ids{5, 4, 3}));
        QVERIFY(apply(tree, make(EditKind::Move, 5, 1)));  // -1: at the end
        QVERIFY(childIds(tree, 1) == (Ids{2, 7, 5}));
    }

    void mergeKeepsWhatOthersHad() {
        LabelTree tree = garden();
        tree.findMutable(LabelId{5})->alternativeNames = {"Waters", "Soil"};
        const auto effect = apply(tree, merge(2, {LabelId{5}, LabelId{7}}));
        QVERIFY(effect);
        const Label& kept = tree.at(LabelId{2});
        QVERIFY(childIds(tree, 2) == (Ids{3, 4, 6}));
        QVERIFY(kept.alternativeNames == (std::vector<std::string>{"Water", "Waters", "Air"}));
        QCOMPARE(kept.note, std::string("note of Soil\nnote of Water\nnote of Air"));
        QVERIFY(kept.massOf == (std::vector<LabelId>{{2}, {5}, {7}}));
        QCOMPARE(kept.name, std::string("Soil"));
        QVERIFY(kept.terms == garden().at(LabelId{2}).terms);
        QVERIFY(effect->massMoves == (std::vector<MassMove>{{LabelId{5}, LabelId{2}}, {LabelId{7}, LabelId{2}}}));
        QCOMPARE(tree.successor(LabelId{7}).value, std::int64_t{2});
        QCOMPARE(apply(tree, make(EditKind::Restore, 7)).error().code, ErrorCode::InvalidState);
    }

    void mergeOfAChildIntoItsParent() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, merge(2, {LabelId{3}})));
        QVERIFY(childIds(tree, 2) == (Ids{4}));
        QVERIFY(tree.checkInvariants());
    }

    void retireGivesMassAndChildren() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, retire(2)));
        QVERIFY(childIds(tree, 1) == (Ids{3, 4, 5, 7}));  // children in its place
        QVERIFY(tree.at(LabelId{1}).massOf == (std::vector<LabelId>{{1}, {2}}));
        QVERIFY(apply(tree, retire(5, 7)));
        QVERIFY(childIds(tree, 7) == (Ids{6}));
        QVERIFY(tree.at(LabelId{7}).massOf == (std::vector<LabelId>{{5}, {7}}));
        QVERIFY(tree.at(LabelId{7}).alternativeNames.empty());
    }

    void restoreIsTheInverseOfRetire() {
        const LabelTree before = garden();
        for (const std::int64_t to : {0, 7, 6}) {
            LabelTree tree = before;
            QVERIFY(apply(tree, retire(2, to)));
            QVERIFY(!(tree == before));
            QVERIFY(apply(tree, make(EditKind::Restore, 2)));
            QVERIFY(tree == before);
        }
    }

    void restoreAfterOtherEdits() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, retire(2, 7)));                // Peat, Clay and the mass go to Air
        QVERIFY(apply(tree, make(EditKind::Move, 3, 5)));  // Peat moves on to Water
        QVERIFY(apply(tree, make(EditKind::Rename, 4, 0, -1, "Loam")));
        QVERIFY(apply(tree, make(EditKind::New, 8, 1, 0, "First")));
        QVERIFY(apply(tree, make(EditKind::Restore, 2)));
        QVERIFY(childIds(tree, 2) == (Ids{4}));     // Clay, by its new name, comes back
        QVERIFY(childIds(tree, 5) == (Ids{6, 3}));  // Peat stays where it was put
        QCOMPARE(tree.at(LabelId{4}).name, std::string("Loam"));
        QCOMPARE(tree.at(LabelId{2}).note, std::string("note of Soil"));
        QVERIFY(tree.at(LabelId{2}).massOf == (std::vector<LabelId>{{2}}));
        QVERIFY(tree.at(LabelId{7}).massOf == (std::vector<LabelId>{{7}}));
    }

    void restoreWhenTheMassMovedOn() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, retire(2, 7)));
        QVERIFY(apply(tree, merge(5, {LabelId{7}})));  // the destination is gone, its mass at Water
        QVERIFY(apply(tree, make(EditKind::Restore, 2)));
        QVERIFY(tree.at(LabelId{2}).massOf.empty());
        QVERIFY(tree.at(LabelId{5}).massOf == (std::vector<LabelId>{{2}, {5}, {7}}));
        QVERIFY(tree.checkInvariants());
    }

    void restoreUnderWhatTookTheParentsPlace() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, retire(3)));
        QVERIFY(apply(tree, merge(5, {LabelId{2}})));
        QVERIFY(apply(tree, make(EditKind::Restore, 3)));
        QCOMPARE(tree.at(LabelId{3}).parent.value, std::int64_t{5});
    }

    void refusals_data() {
        QTest::addColumn<int>("row");
        for (int i = 0; i < 22; ++i) QTest::addRow("%d", i) << i;
    }
    void refusals() {
        QFETCH(int, row);
        using E = ErrorCode;
        const std::vector<std::pair<Edit, E>> cases{
            {make(EditKind::Move, 2, 3), E::InvalidArgument},  // into its own branch
            {make(EditKind::Move, 2, 2), E::InvalidArgument},
            {make(EditKind::Move, 1, 2), E::InvalidArgument},  // the root
            {make(EditKind::Move, 2, 99), E::NotFound},
            {make(EditKind::Move, 99, 2), E::NotFound},
            {make(EditKind::Move, 3, 5, 2), E::InvalidArgument},  // position beyond the end
            {make(EditKind::Move, 3, 5, -2), E::InvalidArgument},
            {merge(3, {LabelId{2}}), E::InvalidArgument},  // into its own branch
            {merge(2, {LabelId{2}}), E::InvalidArgument},
            {merge(2, {LabelId{5}, LabelId{5}}), E::InvalidArgument},
            {merge(2, {LabelId{1}}), E::InvalidArgument},
            {merge(2, {}), E::InvalidArgument},
            {merge(2, {LabelId{99}}), E::NotFound},
            {retire(1), E::InvalidArgument},
            {retire(2, 3), E::InvalidArgument},
            {retire(2, 2), E::InvalidArgument},
            {retire(2, 99), E::NotFound},
            {make(EditKind::New, 2, 1, -1, "taken"), E::AlreadyExists},
            {make(EditKind::New, 9, 1, -1, " \t"), E::InvalidArgument},
            {make(EditKind::Rename, 2, 0, -1, "two\nlines"), E::InvalidArgument},
            {make(EditKind::Rename, 2, 0, -1, "\xff"), E::InvalidArgument},
            {make(EditKind::Restore, 2), E::InvalidState},  // it is there
        };
        LabelTree tree = garden();
        const LabelTree before = tree;
        const auto& [edit, code] = cases.at(static_cast<std::size_t>(row));
        const auto effect = apply(tree, edit);
        QVERIFY(!effect);
        QCOMPARE(effect.error().code, code);
        QVERIFY(!effect.error().message.empty());
        QVERIFY(tree == before);
    }

    void lockedLabelsRefuse() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, pin(8, 2)));
        QVERIFY(apply(tree, make(EditKind::Lock, 2)));
        const LabelTree before = tree;
        const std::vector<Edit> edits{make(EditKind::Rename, 2, 0, -1, "x"),
                                      make(EditKind::Move, 2, 5),
                                      make(EditKind::Note, 2, 0, -1, "x"),
                                      retire(2),
                                      merge(5, {LabelId{2}}),
                                      merge(2, {LabelId{5}}),
                                      make(EditKind::New, 9, 2, -1, "x"),
                                      make(EditKind::Move, 5, 2),
                                      make(EditKind::Move, 3, 5),
                                      retire(7, 2),
                                      make(EditKind::Lock, 2),
                                      pin(1, 2),
                                      pin(1, 2, false),
                                      unpin(8, 2)};
        for (const Edit& edit : edits) {
            const auto effect = apply(tree, edit);
            QVERIFY2(!effect, describe(tree, edit).c_str());
            QCOMPARE(effect.error().code, ErrorCode::InvalidState);
            QVERIFY(tree == before);
        }
        QVERIFY(apply(tree, make(EditKind::Rename, 3, 0, -1, "a label below may change")));
        QVERIFY(apply(tree, pin(1, 3)));
        QVERIFY(apply(tree, make(EditKind::Move, 5, 7)));  // what is around it may change as well
        QVERIFY(labelToJson(tree.at(LabelId{2})) == labelToJson(before.at(LabelId{2})));
    }

    void lockAndUnlock() {
        LabelTree tree = garden();
        const LabelTree before = tree;
        const auto locked = apply(tree, make(EditKind::Lock, 2));
        QVERIFY(locked);
        QVERIFY(tree.at(LabelId{2}).locked);
        QCOMPARE(locked->after.size(), std::size_t{1});
        QCOMPARE(apply(tree, make(EditKind::Lock, 2)).error().code, ErrorCode::InvalidState);
        LabelTree undone = tree;
        QVERIFY(revert(undone, *locked));
        QVERIFY(undone == before);
        QVERIFY(apply(tree, make(EditKind::Unlock, 2)));
        QVERIFY(tree == before);
        QCOMPARE(apply(tree, make(EditKind::Unlock, 2)).error().code, ErrorCode::InvalidState);
        QCOMPARE(apply(tree, make(EditKind::Lock, 99)).error().code, ErrorCode::NotFound);
    }

    /// A label without mass or children changes nothing where it is retired to, but its pins would.
    void lockKeepsPinsOut() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, retire(3, 7)));
        QVERIFY(apply(tree, merge(5, {LabelId{7}})));
        QVERIFY(apply(tree, make(EditKind::Restore, 3)));  // its mass stays with Water: nothing rests here
        QVERIFY(tree.at(LabelId{3}).massOf.empty());
        QVERIFY(apply(tree, pin(1, 3)));
        QVERIFY(apply(tree, make(EditKind::Lock, 4)));
        QCOMPARE(apply(tree, retire(3, 4)).error().code, ErrorCode::InvalidState);
        QVERIFY(apply(tree, make(EditKind::Unlock, 4)));
        QVERIFY(apply(tree, retire(3, 4)));
        QCOMPARE(pinsInForce(tree, DocumentKey{1}).front().label.value, std::int64_t{4});
        QVERIFY(apply(tree, make(EditKind::Lock, 4)));
        QCOMPARE(apply(tree, make(EditKind::Restore, 3)).error().code, ErrorCode::InvalidState);
    }

    void pinsAreSetReplacedAndTakenAway() {
        LabelTree tree = garden();
        const LabelTree before = tree;
        const auto set = apply(tree, pin(1, 3, true, 7));
        QVERIFY(set);
        QVERIFY(set->before.empty() && set->after.empty());  // no label changes
        QVERIFY(set->pinsAfter == (std::vector<Pin>{{DocumentKey{1}, LabelId{3}, true, 7}}));
        QCOMPARE(set->subject.value, std::int64_t{3});
        QCOMPARE(apply(tree, pin(1, 3)).error().code, ErrorCode::InvalidState);  // said already
        const auto turned = apply(tree, pin(1, 3, false, 8));
        QVERIFY(turned);
        QVERIFY(pinsInForce(tree, DocumentKey{1}) == (std::vector<PinInForce>{{LabelId{3}, false, 8}}));
        QVERIFY(pinsInForce(tree, DocumentKey{2}).empty());
        const auto gone = apply(tree, unpin(1, 3));
        QVERIFY(gone);
        QVERIFY(tree == before);
        QCOMPARE(apply(tree, unpin(1, 3)).error().code, ErrorCode::InvalidState);
        QVERIFY(revert(tree, *gone));
        QVERIFY(revert(tree, *turned));
        QVERIFY(pinsInForce(tree, DocumentKey{1}) == (std::vector<PinInForce>{{LabelId{3}, true, 7}}));
        QCOMPARE(revert(tree, *turned).error().code, ErrorCode::Conflict);          // it is not in effect any more
        QCOMPARE(apply(tree, pin(1, 1)).error().code, ErrorCode::InvalidArgument);  // every document is under the root
        QCOMPARE(apply(tree, pin(0, 3)).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(apply(tree, pin(1, 99)).error().code, ErrorCode::NotFound);
    }

    void onlyTakesBackWhatElseWasSaid() {
        LabelTree tree = garden();
        // Under Peat, and not under Air; not under Soil, which "under Clay" would contradict.
        for (const Edit& edit : {pin(1, 3, true, 1), pin(1, 7, false, 2), pin(1, 2, false, 3), pin(2, 3, true, 4)})
            QVERIFY(apply(tree, edit));
        const LabelTree before = tree;
        Edit only = pin(1, 4, true, 5);
        only.only = true;
        const auto set = apply(tree, only);
        QVERIFY(set);
        QVERIFY(pinsInForce(tree, DocumentKey{1}) ==
                (std::vector<PinInForce>{{LabelId{4}, true, 5}, {LabelId{7}, false, 2}}));
        QCOMPARE(pinsInForce(tree, DocumentKey{2}).size(), std::size_t{1});  // of another document
        QCOMPARE(apply(tree, only).error().code, ErrorCode::InvalidState);   // said already, and alone
        QVERIFY(revert(tree, *set));
        QVERIFY(tree == before);
        QVERIFY(reapply(tree, *set));
        // The label above it instead: the deeper pin would lead past it.
        only.label = LabelId{2};
        only.revision = 6;
        QVERIFY(apply(tree, only));
        QVERIFY(pinsInForce(tree, DocumentKey{1}) ==
                (std::vector<PinInForce>{{LabelId{2}, true, 6}, {LabelId{7}, false, 2}}));
        // What a locked label holds stays, and is a contradiction.
        QVERIFY(apply(tree, make(EditKind::Lock, 2)));
        only.label = LabelId{6};
        only.revision = 7;
        QVERIFY(apply(tree, only));
        QCOMPARE(contradictions(tree, pinsInForce(tree, DocumentKey{1})).size(), std::size_t{1});
        // Alone where it was not: the same label once more is no repetition.
        LabelTree two = garden();
        QVERIFY(apply(two, pin(1, 3, true, 1)) && apply(two, pin(1, 6, true, 2)));
        only.label = LabelId{3};
        QVERIFY(apply(two, only));
        QCOMPARE(pinsInForce(two, DocumentKey{1}).size(), std::size_t{1});
    }

    void pinsFollowTheirLabel() {
        LabelTree tree = garden();
        for (const bool must : {true, false}) QVERIFY(apply(tree, pin(must ? 1 : 2, 3, must)));
        const LabelTree before = tree;
        const auto labelOf = [&tree](std::int64_t document) {
            const auto pins = pinsInForce(tree, DocumentKey{document});
            return pins.empty() ? std::int64_t{0} : pins.front().label.value;
        };
        const auto merged = apply(tree, merge(5, {LabelId{3}}));
        QVERIFY(merged);
        QCOMPARE(labelOf(1), std::int64_t{5});
        QCOMPARE(labelOf(2), std::int64_t{5});
        QVERIFY(revert(tree, *merged));
        QVERIFY(tree == before);
        QVERIFY(apply(tree, retire(3, 7)));
        QCOMPARE(labelOf(1), std::int64_t{7});
        QCOMPARE(labelOf(2), std::int64_t{0});  // nothing left to keep out of
        QVERIFY(apply(tree, make(EditKind::Restore, 3)));
        QVERIFY(tree == before);
        QVERIFY(apply(tree, retire(3)));
        QVERIFY(apply(tree, retire(2)));
        QCOMPARE(labelOf(1), std::int64_t{0});  // it ended at the root, under which everything is
        QVERIFY(tree.checkInvariants());
        QVERIFY(apply(tree, make(EditKind::Restore, 2)));
        QCOMPARE(labelOf(1), std::int64_t{2});
        QVERIFY(apply(tree, unpin(1, 2)));  // where it holds, not where it was set
        QVERIFY(tree.pinsOf(DocumentKey{1}).empty());
    }

    void contradictionsAreNamedInPairs() {
        LabelTree tree = garden();
        QVERIFY(apply(tree, pin(1, 3, true, 1)));
        QVERIFY(apply(tree, pin(1, 2, true, 2)));   // on one path
        QVERIFY(apply(tree, pin(1, 4, false, 3)));  // a sibling
        const auto pairs = [&tree] { return contradictions(tree, pinsInForce(tree, DocumentKey{1})); };
        QVERIFY(pairs().empty());
        QVERIFY(apply(tree, pin(1, 6, true, 4)));  // another branch: against Soil and against Peat
        QCOMPARE(pairs().size(), std::size_t{2});
        QCOMPARE(describeContradiction(tree, pairs()[0].first, pairs()[0].second),
                 std::string("it must be under 'Soil' and under 'Lake', which are different branches"));
        QVERIFY(apply(tree, unpin(1, 6)));
        QVERIFY(apply(tree, pin(1, 2, false, 5)));  // not under what is above Peat
        QCOMPARE(pairs().size(), std::size_t{1});
        QCOMPARE(describeContradiction(tree, pairs()[0].first, pairs()[0].second),
                 std::string("it must be under 'Peat' but not under 'Soil', which is above it"));
        QVERIFY(apply(tree, merge(4, {LabelId{3}})));  // must under Peat and must not under Clay become one label
        bool found = false;
        for (const auto& [a, b] : pairs()) found = found || (a.label == b.label && a.label.value == 4);
        QVERIFY(found);
    }

    void descriptions() {
        const LabelTree tree = garden();
        QCOMPARE(describe(tree, make(EditKind::Rename, 2, 0, -1, "Earth")), std::string("Rename 'Soil' to 'Earth'"));
        QCOMPARE(describe(tree, merge(2, {LabelId{5}, LabelId{7}})), std::string("Merge 'Water', 'Air' into 'Soil'"));
        QCOMPARE(describe(tree, retire(2)), std::string("Retire 'Soil'"));
        QCOMPARE(describe(tree, make(EditKind::Unlock, 2)), std::string("Unlock 'Soil'"));
        Edit not2 = pin(7, 2, false);
        not2.text = "d7";
        QCOMPARE(describe(tree, not2), std::string("Pin 'd7' not under 'Soil'"));
        QCOMPARE(describe(tree, unpin(7, 2)), std::string("Unpin document 7 from 'Soil'"));
    }

    void revertRefusesATreeThatMovedOn() {
        LabelTree tree = garden();
        const auto effect = apply(tree, make(EditKind::Rename, 2, 0, -1, "Earth")).value();
        tree.findMutable(LabelId{2})->name = "Ground";
        QCOMPARE(revert(tree, effect).error().code, ErrorCode::Conflict);
    }

    /// Whatever is done: the inverse is exact, the other labels and all locked ones stay byte-equal with their pins,
    /// mass is neither made nor lost.
    void randomSequences() {
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            SplitMix64 random(seed);
            LabelTree tree = garden();
            std::int64_t nextId = 100;
            std::map<LabelId, double> cells;
            for (const auto& [id, label] : tree.labels()) cells[id] = random.uniform();
            double total = 0;
            for (const auto& [id, mass] : cells) total += mass;
            std::vector<std::pair<LabelTree, EditEffect>> done;
            for (int step = 0; step < 25; ++step) {
                const LabelTree before = tree;
                const Edit edit = randomEdit(tree, random, nextId, step + 1);
                const LabelId keeper = tree.successor(edit.label);  // gives a restored label its pins back
                auto effect = apply(tree, edit);
                if (!effect) {
                    QVERIFY2(tree == before, effect.error().message.c_str());
                    continue;
                }
                const auto sound = tree.checkInvariants();
                QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
                std::set<LabelId> named;
                for (const auto& label : effect->before) named.insert(label.id);
                for (const auto& label : effect->after) named.insert(label.id);
                const auto massBefore = restingMass(before, cells), massAfter = restingMass(tree, cells);
                const auto pinsBefore = pinsByLabel(before), pinsAfter = pinsByLabel(tree);
                const auto samePins = [&](LabelId id) {
                    const auto was = pinsBefore.find(id), is = pinsAfter.find(id);
                    if (was == pinsBefore.end() || is == pinsAfter.end())
                        return was == pinsBefore.end() && is == pinsAfter.end();
                    return was->second == is->second;
                };
                if (edit.kind == EditKind::Pin || edit.kind == EditKind::Unpin) named.insert(edit.label);
                double sum = 0;
                for (const auto& [id, label] : tree.labels()) {
                    const auto own = massAfter.find(id);
                    if (own != massAfter.end()) sum += own->second;
                    if (before.contains(id) && before.at(id).locked &&
                        !(edit.kind == EditKind::Unlock && id == edit.label)) {
                        QVERIFY(labelToJson(before.at(id)) == labelToJson(label));
                        QVERIFY(massBefore.count(id) == massAfter.count(id) && samePins(id));
                        if (own != massAfter.end()) QCOMPARE(massBefore.at(id), own->second);
                    }
                    if (named.count(id) > 0) continue;
                    QVERIFY(samePins(id) || (edit.kind == EditKind::Restore && id == keeper));
                    QVERIFY(before.at(id) == label && labelToJson(before.at(id)) == labelToJson(label));
                    QVERIFY(massBefore.count(id) == massAfter.count(id));
                    if (own != massAfter.end()) QCOMPARE(massBefore.at(id), own->second);
                }
                QVERIFY(std::abs(sum - total) < 1e-6);
                LabelTree undone = tree;
                QVERIFY(revert(undone, *effect));
                QVERIFY(undone == before);
                const auto stored = effectFromJson(effectToJson(*effect));  // as the journal keeps it
                QVERIFY(stored && *stored == *effect);
                QVERIFY(reapply(undone, *stored));
                QVERIFY(undone == tree);
                done.emplace_back(before, std::move(*effect));
            }
            for (auto step = done.rbegin(); step != done.rend(); ++step) {
                QVERIFY(revert(tree, step->second));
                QVERIFY(tree == step->first);
            }
            QVERIFY(tree == garden());
        }
    }
};

QTEST_APPLESS_MAIN(TestEdit)
#include "tst_edit.moc"
