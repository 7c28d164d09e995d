// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/tree/label_tree.h"
#include "core/tree/memberships.h"
#include "core/tree/tree_hash.h"
#include "core/tree/tree_json.h"

using namespace espalier;
using namespace espalier::tree;

namespace {
Label label(std::int64_t id, std::int64_t parent, std::string name) {
    Label made;
    made.id = LabelId{id};
    made.parent = LabelId{parent};
    made.name = std::move(name);
    made.massOf = {made.id};
    return made;
}

void add(LabelTree& tree, std::int64_t id, std::int64_t parent, const std::string& name) {
    const std::size_t end = tree.at(LabelId{parent}).children.size();
    QVERIFY(tree.insert(label(id, parent, name), end));
}

/// 1 root: 2 Soil (4 Peat, 5 a/b), 3 Water (6 Peat, 7 42), 8 = C:\x
LabelTree garden() {
    LabelTree tree;
    add(tree, 2, 1, "Soil");
    add(tree, 3, 1, "Water");
    add(tree, 4, 2, "Peat");
    add(tree, 5, 2, "a/b");
    add(tree, 6, 3, "Peat");
    add(tree, 7, 1, "42");
    add(tree, 8, 1, "C:\\x");
    return tree;
}
}  // namespace

class TestLabelTree : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void levelsAndBranches() {
        const LabelTree tree = garden();
        QCOMPARE(tree.level(tree.root()), -1);
        QCOMPARE(tree.level(LabelId{2}), 0);
        QCOMPARE(tree.level(LabelId{6}), 1);
        QCOMPARE(tree.depth(), 2);
        QVERIFY(tree.levelSizes() == (std::vector<std::int64_t>{4, 3}));
        QVERIFY(tree.branch(LabelId{2}) == (std::vector<LabelId>{{2}, {4}, {5}}));
        QVERIFY(tree.labelsAtLevel(1) == (std::vector<LabelId>{{4}, {5}, {6}}));
        QVERIFY(tree.path(LabelId{6}) == (std::vector<LabelId>{{3}, {6}}));
        QVERIFY(tree.inBranch(LabelId{4}, LabelId{2}) && tree.inBranch(LabelId{2}, LabelId{2}));
        QVERIFY(!tree.inBranch(LabelId{2}, LabelId{4}));
        QVERIFY(tree.checkInvariants());
    }

    void pathSyntax_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("id");  // 0: not found, -1: invalid
        QTest::newRow("root") << QByteArray("/") << 1;
        QTest::newRow("id") << QByteArray("6") << 6;
        QTest::newRow("name") << QByteArray("Soil") << 2;
        QTest::newRow("path") << QByteArray("Water/Peat") << 6;
        QTest::newRow("from the root") << QByteArray("/Water/Peat") << 6;
        QTest::newRow("escaped slash") << QByteArray("Soil/a\\/b") << 5;
        QTest::newRow("escaped backslash") << QByteArray("C:\\\\x") << 8;
        QTest::newRow("digits are an id") << QByteArray("42") << 0;
        QTest::newRow("a name of digits") << QByteArray("=42") << 7;
        QTest::newRow("unknown") << QByteArray("Air") << 0;
        QTest::newRow("a child is no level 0 label") << QByteArray("Peat") << 0;
        QTest::newRow("huge id") << QByteArray("99999999999999999999") << 0;
        QTest::newRow("empty") << QByteArray("") << -1;
        QTest::newRow("lone backslash") << QByteArray("a\\b") << -1;
        QTest::newRow("ends in a backslash") << QByteArray("Soil\\") << -1;
        QTest::newRow("trailing slash") << QByteArray("Soil/") << 0;
    }
    void pathSyntax() {
        QFETCH(QByteArray, text);
        QFETCH(int, id);
        const auto found = garden().resolve(text.toStdString());
        QCOMPARE(found.ok(), id > 0);
        if (id > 0) QCOMPARE(found->value, std::int64_t{id});
        if (id == 0) QCOMPARE(found.error().code, ErrorCode::NotFound);
        if (id < 0) QCOMPARE(found.error().code, ErrorCode::InvalidArgument);
    }

    void ambiguousPathListsIds() {
        LabelTree tree = garden();
        add(tree, 11, 2, "Peat");
        const auto found = tree.resolve("Soil/Peat");
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(found.error().message.find("4, 11") != std::string::npos, found.error().message.c_str());
    }

    void digitsInsideAPath() {
        LabelTree tree = garden();
        add(tree, 11, 2, "2024");
        QCOMPARE(tree.resolve("Soil/2024").value().value, std::int64_t{11});
        QCOMPARE(tree.resolve("Soil/=2024").value().value, std::int64_t{11});
        add(tree, 12, 2, "=2024");
        QCOMPARE(tree.resolve("Soil/2024").value().value, std::int64_t{11});
        QCOMPARE(tree.resolve("Soil/=2024").value().value, std::int64_t{12});  // the name as it is comes first
    }

    void formattedPathsResolve() {
        LabelTree tree = garden();
        add(tree, 12, 1, "=7");
        add(tree, 13, 1, "==");
        add(tree, 14, 13, "\\/\\");
        for (const LabelId id : tree.depthFirst()) {
            const std::string text = LabelTree::formatPath(tree.pathNames(id));
            const auto found = tree.resolve(text);
            QVERIFY2(found.ok(), text.c_str());
            QCOMPARE(found->value, id.value);
        }
    }

    void refusesBrokenTrees() {
        std::vector<Label> labels{label(1, 0, "root"), label(2, 1, "A")};
        labels[0].children = {LabelId{2}};
        QVERIFY(LabelTree::fromLabels(LabelId{1}, labels));
        const auto broken = [&](auto change) {
            auto copy = labels;
            change(copy);
            const auto tree = LabelTree::fromLabels(LabelId{1}, copy);
            return !tree && tree.error().code == ErrorCode::Corrupt;
        };
        QVERIFY(broken([](auto& l) { l[0].children.clear(); }));
        QVERIFY(broken([](auto& l) { l[0].children.push_back(LabelId{3}); }));
        QVERIFY(broken([](auto& l) { l[1].parent = LabelId{2}; }));
        QVERIFY(broken([](auto& l) { l[1].massOf = {LabelId{1}}; }));
        QVERIFY(broken([](auto& l) { l[1].name.clear(); }));
        QVERIFY(broken([](auto& l) { l.push_back(l[1]); }));
        QVERIFY(broken([](auto& l) { l[0].children = {LabelId{2}, LabelId{2}}; }));
    }

    void buildingBlocksKeepTheRules() {
        LabelTree tree = garden();
        const LabelTree before = tree;
        QCOMPARE(tree.insert(label(2, 1, "again"), 0).error().code, ErrorCode::AlreadyExists);
        QCOMPARE(tree.insert(label(20, 99, "orphan"), 0).error().code, ErrorCode::NotFound);
        QCOMPARE(tree.insert(label(20, 1, "far"), 9).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(tree.erase(LabelId{2}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(tree.erase(LabelId{1}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(tree.reparent(LabelId{2}, LabelId{4}, 0).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(tree.reparent(LabelId{2}, LabelId{2}, 0).error().code, ErrorCode::InvalidArgument);
        QVERIFY(tree == before);
    }

    void jsonKeepsEverything() {
        Label full = label(7, 3, "Ünïcode \"quoted\"");
        full.nameByUser = full.locked = true;
        full.terms = {{"peat", 0.1 + 0.2}, {"soil", 1e-300}};
        full.alternativeNames = {"A", "B"};
        full.note = "two\nlines";
        full.stopReason = "too few documents";
        full.children = {LabelId{9}};
        full.massOf = {LabelId{7}, LabelId{12}};
        QVERIFY(labelFromJson(labelToJson(full)).value() == full);
        EditEffect effect;
        effect.before = {full};
        effect.after = {label(7, 3, "x")};
        effect.formerAfter = {{full, 4, LabelId{3}, true}};
        effect.massMoves = {{LabelId{7}, LabelId{3}}};
        effect.subject = LabelId{3};
        QVERIFY(effectFromJson(effectToJson(effect)).value() == effect);
        effect.pinsBefore = {{DocumentKey{9}, LabelId{3}, true, 4}};
        effect.pinsAfter = {{DocumentKey{9}, LabelId{3}, false, 5}, {DocumentKey{9}, LabelId{7}, true, 5}};
        QVERIFY(effectFromJson(effectToJson(effect)).value() == effect);
        for (const char* bad : {"", "{", "[]", "{\"id\":\"x\"}", "null"}) {
            QCOMPARE(labelFromJson(bad).error().code, ErrorCode::Corrupt);
            QCOMPARE(effectFromJson(bad).error().code, ErrorCode::Corrupt);
        }
    }

    void hardPath() {
        const LabelTree tree = garden();
        const auto hard = [&](const std::vector<Resting>& resting) { return hardLabel(tree, resting).value; };
        QCOMPARE(hard({}), std::int64_t{0});
        QCOMPARE(hard({{LabelId{1}, 1.0}}), std::int64_t{1});
        QCOMPARE(hard({{LabelId{1}, 0.9}, {LabelId{3}, 0.1}}), std::int64_t{3});  // the root is left when it can be
        QCOMPARE(hard({{LabelId{2}, 0.3}, {LabelId{4}, 0.3}}), std::int64_t{4});  // at least as much below
        QCOMPARE(hard({{LabelId{2}, 0.4}, {LabelId{4}, 0.2}}), std::int64_t{2});  // less below: stays
        QCOMPARE(hard({{LabelId{4}, 0.3}, {LabelId{5}, 0.3}, {LabelId{6}, 0.4}}),
                 std::int64_t{4});                                                              // by branch, then tie
        QCOMPARE(hard({{LabelId{3}, 0.5 + 4e-7}, {LabelId{2}, 0.5 - 4e-7}}), std::int64_t{2});  // near tie: lowest id
        QCOMPARE(hard({{LabelId{3}, 0.5 + 4e-6}, {LabelId{2}, 0.5 - 4e-6}}), std::int64_t{3});
    }

    /// 1: 2 (4, 5), 3 (6)
    void hardPathUnderPins() {
        const LabelTree tree = garden();
        const std::vector<Resting> resting{{LabelId{4}, 0.5}, {LabelId{5}, 0.1}, {LabelId{6}, 0.4}};
        const auto hard = [&](const std::vector<PinInForce>& pins, const std::vector<Resting>& mass) {
            return hardLabel(tree, mass, pinRule(tree, pins)).value;
        };
        const auto must = [](std::int64_t label, std::int64_t revision = 1) {
            return PinInForce{LabelId{label}, true, revision};
        };
        const auto never = [](std::int64_t label, std::int64_t revision = 1) {
            return PinInForce{LabelId{label}, false, revision};
        };
        QCOMPARE(hard({}, resting), std::int64_t{4});
        QCOMPARE(hard({must(3)}, resting), std::int64_t{6});  // under it, and on by the shares
        QCOMPARE(hard({must(5)}, resting), std::int64_t{5});
        QCOMPARE(hard({must(2), must(5)}, resting), std::int64_t{5});  // the deepest of one path
        QCOMPARE(hard({never(4)}, resting), std::int64_t{5});          // the next best beside it
        QCOMPARE(hard({never(4), never(5)}, resting), std::int64_t{2});
        QCOMPARE(hard({never(2)}, resting), std::int64_t{6});
        QCOMPARE(hard({never(2), never(3)}, resting), std::int64_t{1});
        QCOMPARE(hard({must(2), never(4)}, resting), std::int64_t{5});
        QCOMPARE(hard({must(3)}, {{LabelId{4}, 1.0}}), std::int64_t{3});  // no mass there: at the label itself
        QCOMPARE(hard({must(3)}, {}), std::int64_t{3});                   // nor anywhere
        QCOMPARE(hard({never(3)}, {}), std::int64_t{0});
        QCOMPARE(hard({must(2, 1), must(3, 2)}, resting), std::int64_t{6});  // of contradicting ones the later
        QCOMPARE(hard({must(2, 2), must(3, 1)}, resting), std::int64_t{4});
        QCOMPARE(hard({must(4, 1), never(2, 2)}, resting), std::int64_t{6});
        QCOMPARE(hard({must(4, 2), never(2, 1)}, resting), std::int64_t{4});
        QCOMPARE(hard({must(4, 1), must(3, 2), never(6, 3)}, resting), std::int64_t{3});
    }

    void sharesSumUpTheBranch() {
        const LabelTree tree = garden();
        const std::vector<Resting> resting{{LabelId{1}, 0.1}, {LabelId{2}, 0.2}, {LabelId{4}, 0.3}, {LabelId{6}, 0.25}};
        const auto shares = branchShares(tree, resting);
        QCOMPARE(shares.at(LabelId{1}), 0.85);
        QCOMPARE(shares.at(LabelId{2}), 0.5);
        QCOMPARE(shares.at(LabelId{3}), 0.25);
        QVERIFY(shares.count(LabelId{5}) == 0);
        QCOMPARE(residual(resting), 0.15);
        QCOMPARE(residual({}), 1.0);
    }

    void likeliestAreTheEndsOfPathsThenWhatIsAbove() {
        const LabelTree tree = garden();
        const std::vector<Resting> resting{
            {LabelId{1}, 0.1}, {LabelId{2}, 0.1}, {LabelId{4}, 0.25}, {LabelId{5}, 0.15}, {LabelId{6}, 0.25}};
        const auto ids = [&](std::size_t count) {
            std::vector<std::int64_t> found;
            for (const Candidate& one : likeliest(tree, resting, count)) found.push_back(one.label.value);
            return found;
        };
        QCOMPARE(ids(9), (std::vector<std::int64_t>{4, 6, 5, 2, 3}));  // equal shares: the lower id
        QCOMPARE(ids(2), (std::vector<std::int64_t>{4, 6}));
        QCOMPARE(likeliest(tree, resting, 9)[3].share, 0.5);
        QVERIFY(likeliest(tree, {{LabelId{1}, 1.0}}, 9).empty());  // never the root
        QVERIFY(likeliest(tree, {}, 9).empty());
    }

    void hashIgnoresIdsAndOrderOfDocuments() {
        LabelTree a(LabelId{1}), b(LabelId{50}, "another name");
        add(a, 2, 1, "Soil");
        add(b, 77, 50, "Earth");
        a.findMutable(LabelId{2})->terms = {{"peat", 0.9}, {"bog", 0.5}};
        b.findMutable(LabelId{77})->terms = {{"peat", 0.8999}, {"bog", 0.1}};
        const auto first = treeHash(a, {{LabelId{2}, {"aa", "bb"}}, {LabelId{1}, {"cc"}}});
        QCOMPARE(first, treeHash(b, {{LabelId{77}, {"bb", "aa"}}, {LabelId{50}, {"cc"}}}));
        QVERIFY(first != treeHash(a, {{LabelId{2}, {"aa"}}, {LabelId{1}, {"bb", "cc"}}}));
        a.findMutable(LabelId{2})->terms.pop_back();
        QVERIFY(first != treeHash(a, {{LabelId{2}, {"aa", "bb"}}, {LabelId{1}, {"cc"}}}));
    }
};

QTEST_APPLESS_MAIN(TestLabelTree)
#include "tst_label_tree.moc"
