// SPDX-License-Identifier: GPL-3.0-or-later
// The models under Qt's own tester, through random edits, filters, resets and pages.
#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <memory>
#include <random>

#include "core/tree/edit.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/test_project.h"
#include "ui/models/document_finder.h"
#include "ui/models/document_list_model.h"
#include "ui/models/fuzzy.h"
#include "ui/models/go_to_model.h"
#include "ui/models/history_model.h"
#include "ui/models/label_finder_model.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/project_session.h"
#include "ui/style/plurals.h"

using namespace espalier;
using namespace espalier::ui;

namespace {

project::TreeSnapshotPtr snapshotOf(const tree::LabelTree& tree, std::int64_t revision) {
    auto snapshot = std::make_shared<project::TreeSnapshot>();
    snapshot->revision = revision;
    snapshot->tree = tree;
    snapshot->documents = 100;
    for (const auto& [id, label] : tree.labels()) snapshot->counts[id] = {id.value * 3, double(id.value)};
    return snapshot;
}

QString dumpTree(const tree::LabelTree& tree, LabelId id, int indent = 0) {
    QString text;
    for (const LabelId child : tree.at(id).children)
        text += QString(indent, u' ') + QString::number(child.value) + u'\n' + dumpTree(tree, child, indent + 1);
    return text;
}

QString dumpModel(const LabelTreeModel& model, const QModelIndex& parent = {}, int indent = 0) {
    QString text;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        text += QString(indent, u' ') + QString::number(model.labelAt(index).value) + u'\n' +
                dumpModel(model, index, indent + 1);
    }
    return text;
}

// Soil (Peat (Bog), Clay), Light, Water (Rain, River)
tree::LabelTree gardenTree() {
    tree::LabelTree tree{LabelId{1}};
    std::int64_t next = 2;
    const auto add = [&](std::int64_t parent, const char* name) {
        tree::Edit edit;
        edit.kind = tree::EditKind::New;
        edit.label = LabelId{next++};
        edit.parent = LabelId{parent};
        edit.text = name;
        const auto effect = tree::apply(tree, edit);
        if (!effect) qFatal("%s", effect.error().message.c_str());
        return edit.label.value;
    };
    const auto soil = add(1, "Soil");
    const auto peat = add(soil, "Peat");
    add(peat, "Bog");
    add(soil, "Clay");
    add(1, "Light");
    const auto water = add(1, "Water");
    add(water, "Rain");
    add(water, "Rivière");
    return tree;
}

}  // namespace

class TestModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void treeFollowsRandomEdits() {
        tree::LabelTree tree = gardenTree();
        LabelTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSnapshot(snapshotOf(tree, 1));
        QCOMPARE(dumpModel(model), dumpTree(tree, tree.root()));
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        std::mt19937 random(7);
        std::int64_t nextId = 100;
        // Persistent indexes stand for selection and expansion: they stay with their labels.
        QHash<qint64, QPersistentModelIndex> held;
        for (int step = 0; step < 300; ++step) {
            held.clear();
            for (const LabelId id : tree.depthFirst())
                if (id != tree.root()) held.insert(id.value, model.indexOf(id));
            const auto labels = tree.depthFirst();
            const auto any = [&] { return labels[random() % labels.size()]; };
            tree::Edit edit;
            edit.label = any();
            switch (random() % 5) {
                case 0:
                    edit.kind = tree::EditKind::New;
                    edit.parent = edit.label;
                    edit.label = LabelId{nextId++};
                    edit.text = "New " + std::to_string(step);
                    edit.index = int(random() % 3) - 1;
                    break;
                case 1:
                    edit.kind = tree::EditKind::Rename;
                    edit.text = "Name " + std::to_string(step);
                    break;
                case 2:
                    edit.kind = tree::EditKind::Move;
                    edit.parent = any();
                    edit.index = int(random() % 3) - 1;
                    break;
                case 3:
                    edit.kind = tree::EditKind::Merge;
                    edit.others = {any()};
                    break;
                case 4:
                    edit.kind = tree::EditKind::Retire;
                    break;
            }
            if (!tree::apply(tree, edit)) continue;
            model.setSnapshot(snapshotOf(tree, step + 2));
            QCOMPARE(dumpModel(model), dumpTree(tree, tree.root()));
            for (auto it = held.begin(); it != held.end(); ++it) {
                const LabelId id{it.key()};
                if (tree.contains(id))
                    QCOMPARE(model.labelAt(it.value()), id);
                else
                    QVERIFY(!it.value().isValid());
            }
        }
        QCOMPARE(resets.count(), 0);
    }

    void filterKeepsAncestorsAndMarksHits() {
        LabelTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSnapshot(snapshotOf(gardenTree(), 1));
        model.setFilter(QStringLiteral("bo"));
        QCOMPARE(model.hits(), 1);
        QCOMPARE(dumpModel(model), QStringLiteral("2\n 3\n  4\n"));
        const QModelIndex bog = model.indexOf(LabelId{4});
        QCOMPARE((bog.data(LabelTreeModel::FilterHitRole).value<QPair<int, int>>()), qMakePair(0, 2));
        QCOMPARE((bog.parent().data(LabelTreeModel::FilterHitRole).value<QPair<int, int>>().second), 0);
        model.setFilter(QStringLiteral("RIVIERE"));  // case and accents do not matter
        QCOMPARE(model.hits(), 1);
        model.setFilter(QStringLiteral("pheat"));
        QCOMPARE(model.hits(), 0);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.closestNames(1), QStringList{QStringLiteral("Peat")});
        model.setFilter({});
        QCOMPARE(model.rowCount(), 3);
    }

    void filterFollowsEdits() {
        tree::LabelTree tree = gardenTree();
        LabelTreeModel model;
        model.setSnapshot(snapshotOf(tree, 1));
        model.setFilter(QStringLiteral("clay"));
        QCOMPARE(model.hits(), 1);
        tree::Edit rename;
        rename.kind = tree::EditKind::Rename;
        rename.label = LabelId{5};
        rename.text = "Loam";
        QVERIFY(tree::apply(tree, rename));
        model.setSnapshot(snapshotOf(tree, 2));
        QCOMPARE(model.hits(), 0);
    }

    void refusesWithAReason() {
        LabelTreeModel model;
        model.setSnapshot(snapshotOf(gardenTree(), 1));
        QVERIFY(model.refusal({LabelId{2}}, LabelId{4}).contains(QStringLiteral("lies inside")));
        QVERIFY(!model.refusal({LabelId{2}}, LabelId{2}).isEmpty());
        QVERIFY(model.refusal({LabelId{3}}, LabelId{6}).isEmpty());
        model.setEditable(false);
        QVERIFY(model.refusal({LabelId{3}}, LabelId{6}).contains(QStringLiteral("reading only")));
    }

    void dropAsksForAMove() {
        LabelTreeModel model;
        model.setSnapshot(snapshotOf(gardenTree(), 1));
        QSignalSpy moves(&model, &LabelTreeModel::moveRequested);
        const std::unique_ptr<QMimeData> clay(model.mimeData({model.indexOf(LabelId{5})}));
        QCOMPARE(LabelTreeModel::labelsOf(clay.get()), QList<LabelId>{LabelId{5}});
        model.dropMimeData(clay.get(), Qt::MoveAction, 1, 0, model.indexOf(LabelId{7}));  // between Rain and Rivière
        QCOMPARE(moves.count(), 1);
        QCOMPARE(moves.last().at(1).value<LabelId>(), LabelId{7});
        QCOMPARE(moves.last().at(2).toLongLong(), 1);
        const std::unique_ptr<QMimeData> peat(model.mimeData({model.indexOf(LabelId{3})}));
        model.dropMimeData(peat.get(), Qt::MoveAction, 2, 0,
                           model.indexOf(LabelId{2}));  // below Clay: itself not counted
        QCOMPARE(moves.last().at(2).toLongLong(), -1);
        const std::unique_ptr<QMimeData> soil(model.mimeData({model.indexOf(LabelId{2})}));
        QVERIFY(!model.canDropMimeData(soil.get(), Qt::MoveAction, -1, 0, model.indexOf(LabelId{4})));
    }

    void treeRowsSpeak() {
        EnglishPlurals plurals;
        QCoreApplication::installTranslator(&plurals);
        LabelTreeModel model;
        tree::LabelTree tree = gardenTree();
        tree.putPin({DocumentKey{7}, LabelId{4}, true, 1});
        tree.putPin({DocumentKey{8}, LabelId{4}, true, 2});
        tree.putPin({DocumentKey{9}, LabelId{4}, false, 3});  // kept from it: no document of it
        auto snapshot = std::make_shared<project::TreeSnapshot>(*snapshotOf(tree, 1));
        snapshot->counts[LabelId{1}] = {24, 24};
        snapshot->counts[LabelId{3}] = {48, 48};
        model.setSnapshot(snapshot);
        model.setExpandedProbe([](LabelId id) { return id.value == 2; });
        QCOMPARE(model.indexOf(LabelId{2}).data(Qt::AccessibleTextRole).toString(),
                 QStringLiteral("Soil, level 0, expanded, 6 documents, 25 % of all, 1 of 3"));
        QCOMPARE(model.indexOf(LabelId{4}).data(Qt::AccessibleTextRole).toString(),
                 QStringLiteral("Bog, level 2, 12 documents, 25 % of the label above, 2 pins, 1 of 1"));
    }

    void largeTreeIsQuick() {
        tree::LabelTree tree{LabelId{1}};
        for (std::int64_t id = 2; id < 5002; ++id) {
            tree::Label label;
            label.id = LabelId{id};
            label.parent = LabelId{id < 72 ? 1 : 2 + (id - 72) % 70};
            label.name = "Label " + std::to_string(id);
            QVERIFY(tree.insert(label, tree.at(label.parent).children.size()));
        }
        LabelTreeModel model;
        model.setSnapshot(snapshotOf(tree, 1));
        QElapsedTimer clock;
        clock.start();
        model.setFilter(QStringLiteral("499"));
        const qint64 filtered = clock.restart();
        tree::Edit move;
        move.kind = tree::EditKind::Move;
        move.label = LabelId{300};
        move.parent = LabelId{3};
        QVERIFY(tree::apply(tree, move));
        model.setFilter({});
        const auto next = snapshotOf(tree, 2);
        clock.restart();
        model.setSnapshot(next);
        const qint64 moved = clock.elapsed();
        qInfo("5,000 labels: filter %lld ms, edit %lld ms", filtered, moved);
        QVERIFY2(filtered < 400 && moved < 400, "a hundred milliseconds on an idle machine, four times that here");
    }

    void finderRanksNamesFirst() {
        LabelFinderModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSnapshot(snapshotOf(gardenTree(), 1), true);
        QCOMPARE(model.rowCount(), 9);
        model.setPattern(QStringLiteral("pt"));
        QCOMPARE(model.labelAt(0), LabelId{3});  // Peat
        model.setPattern(QStringLiteral("soil"));
        QCOMPARE(model.labelAt(0), LabelId{2});
        QVERIFY(model.rowCount() > 1);  // those with Soil in their path come after
        model.setRefusal([](LabelId id) { return id.value == 2 ? QStringLiteral("is the label itself") : QString(); });
        QVERIFY(!(model.index(0).flags() & Qt::ItemIsEnabled));
        QCOMPARE(model.index(0).data(LabelFinderModel::RefusalRole).toString(), QStringLiteral("is the label itself"));
    }

    void fuzzyFindsWhatPeopleType() {
        QVERIFY(fuzzyScore(QStringLiteral("peat"), QStringLiteral("Peat")) >
                fuzzyScore(QStringLiteral("peat"), QStringLiteral("Repeat")));
        QVERIFY(fuzzyScore(QStringLiteral("sc"), QStringLiteral("Soil chemistry")) > 0);
        QCOMPARE(fuzzyScore(QStringLiteral("xyz"), QStringLiteral("Soil")), 0.0);
        QList<int> places;
        fuzzyScore(QStringLiteral("sc"), QStringLiteral("Soil chemistry"), &places);
        QCOMPARE(places, (QList<int>{0, 5}));
        int length = 0;
        QCOMPARE(foldedFind(QStringLiteral("Große Bäume"), foldForSearch(QStringLiteral("baume")), &length), 6);
        QCOMPARE(length, 5);
    }

    void wordsMayStandInAnotherOrder() {
        const QString title = QStringLiteral("2.6. Joins Between Tables");
        QVERIFY(fuzzyScore(QStringLiteral("joins between"), title) >= kFuzzyWhole);
        const double apart = fuzzyScore(QStringLiteral("tables joins"), title);
        QVERIFY(apart > 0 && apart < kFuzzyWhole);
        QCOMPARE(fuzzyScore(QStringLiteral("tables peat"), title), 0.0);
        QList<int> places;
        fuzzyScore(QStringLiteral("tables joins"), title, &places);
        QCOMPARE(places, (QList<int>{5, 6, 7, 8, 9, 19, 20, 21, 22, 23, 24}));
    }

    void aNeedleScoresAsThePatternDoes() {
        std::mt19937 random(11);
        const auto text = [&random](int length) {
            QString made;
            for (int i = 0; i < length; ++i) made += QChar(u"abcAB -.1é"[random() % 10]);
            return made;
        };
        for (int round = 0; round < 3000; ++round) {
            const QString pattern = text(1 + int(random() % 5)), name = text(int(random() % 14));
            const FuzzyNeedle needle(pattern);
            const QString folded = foldForSearch(name);
            const double score = needle.score(folded);
            QList<int> places;
            QCOMPARE(score, fuzzyScore(pattern, name));
            QCOMPARE(score, fuzzyScore(pattern, name, &places));
            QCOMPARE(places.isEmpty(), score <= 0);
            // The bits may only rule out what does not match anyway.
            if ((FuzzyNeedle::letters(folded) & needle.letters()) != needle.letters()) QCOMPARE(score, 0.0);
        }
    }

    void documentsAreFoundByTitleAndId() {
        const std::vector<project::DocumentName> names{{DocumentKey{1}, "b-7", "Clay and water"},
                                                       {DocumentKey{2}, "a-12", "Light in the evening"},
                                                       {DocumentKey{3}, "c-1", ""},
                                                       {DocumentKey{4}, "peat", "A lamp"},
                                                       {DocumentKey{5}, "z", "Peat"}};
        const DocumentCatalogue catalogue(names);
        const auto keys = [&catalogue](const char* pattern, std::size_t most = 10) {
            QList<qint64> found;
            qint64 total = 0;
            for (const auto& hit : catalogue.find(QString::fromLatin1(pattern), most, &total))
                found << catalogue.key(hit.row).value;
            return std::pair(found, total);
        };
        QCOMPARE(keys("WATER").first, QList<qint64>{1});
        QCOMPARE(keys("a-1").first, QList<qint64>{2});
        QCOMPARE(keys("peat").first, (QList<qint64>{4, 5}));  // equal: by id
        QCOMPARE(keys("peat", 1), (std::pair<QList<qint64>, qint64>{{4}, 2}));
        QCOMPARE(keys("evening light").first, QList<qint64>{2});
        QVERIFY(keys("").first.isEmpty());
        QVERIFY(keys("cyr").first.isEmpty());  // letters far apart are no hit
        QCOMPARE(catalogue.title(2), QStringLiteral("c-1"));
        qint64 total = -1;
        QVERIFY(catalogue.find(QStringLiteral("a"), 10, &total, [] { return true; }).empty());
        QCOMPARE(total, 0);
    }

    void onlyTheNewestQuestionIsAnswered() {
        const test::TempFolder folder;
        ProjectSession session;
        DocumentFinder finder(&session);
        session.open(test::makeGrownProject(folder.path(), 60, 4));
        QTRY_VERIFY(session.isOpen());
        QStringList answered;
        qint64 total = 0;
        for (const char* pattern : {"s", "so", "soil", "soil sample 1"})
            finder.find(
                QString::fromLatin1(pattern),
                [&](const DocumentFinder::Answer& answer) {
                    answered << answer.pattern;
                    total = answer.total;
                    for (const auto& document : answer.documents) QVERIFY(document.label || document.id.size() > 1);
                },
                &session);
        QTRY_COMPARE(answered, QStringList{QStringLiteral("soil sample 1")});
        QCOMPARE(total, 5);  // 10, 12, 14, 16, 18
        QTest::qWait(50);
        QCOMPARE(answered.size(), 1);
        finder.find(
            QStringLiteral("lamp"), [&](const DocumentFinder::Answer& answer) { answered << answer.pattern; },
            &session);
        session.close();
        QTest::qWait(50);
        QCOMPARE(answered.size(), 1);
    }

    void goToListsLabelsThenDocuments() {
        const test::TempFolder folder;
        ProjectSession session;
        DocumentFinder finder(&session);
        session.open(test::makeGrownProject(folder.path(), 60, 4));
        QTRY_VERIFY(session.isOpen());
        GoToModel model(&session, &finder);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 1 + 6);  // all labels while nothing is typed
        const auto ask = [&model](const char* pattern) {
            model.setPattern(QString::fromLatin1(pattern));
            return QTest::qWaitFor([&model] { return !model.searching(); });
        };
        QVERIFY(ask("soil"));
        QCOMPARE(model.kindAt(0), GoToModel::Kind::Heading);
        QCOMPARE(model.kindAt(1), GoToModel::Kind::Label);
        QCOMPARE(model.bestRow(), 1);
        QCOMPARE(model.documentsFound(), 30);
        QVERIFY(!(model.flags(model.index(0)) & Qt::ItemIsSelectable));
        // What is called exactly so goes before labels that merely hold the letters.
        QVERIFY(ask("s10"));
        QCOMPARE(model.kindAt(model.bestRow()), GoToModel::Kind::Document);
        QCOMPARE(model.index(model.bestRow()).data(GoToModel::IdRole).toString(), QStringLiteral("s10"));
        QVERIFY(
            model.index(model.bestRow()).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("in Soil")));
        model.setScope(GoToModel::Scope::Labels);
        QVERIFY(!model.searching());
        QCOMPARE(model.documentsFound(), 0);
        QVERIFY(ask("xyzzy"));
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.bestRow(), -1);
    }

    void documentsComeByThePage() {
        const test::TempFolder folder;
        ProjectSession session;
        DocumentListModel model(&session);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        session.open(test::makeGrownProject(folder.path(), 350));
        QTRY_VERIFY(session.isOpen());
        project::DocumentQuery query;
        query.order = project::Order::Id;
        model.setQuery(query);
        QTRY_VERIFY(!model.loading());
        QCOMPARE(model.rowCount(), 350);
        QVERIFY(model.index(0).data(DocumentListModel::LoadedRole).toBool());
        QVERIFY(!model.index(320).data(DocumentListModel::LoadedRole).toBool());  // asks for its page
        QTRY_VERIFY(model.index(320).data(DocumentListModel::LoadedRole).toBool());
        QStringList ids;
        for (int row = 0; row < 350; ++row) {
            QTRY_VERIFY(model.index(row).data(DocumentListModel::LoadedRole).toBool());
            ids << model.index(row).data(DocumentListModel::IdRole).toString();
        }
        QStringList sorted = ids;
        std::sort(sorted.begin(), sorted.end());
        QCOMPARE(ids, sorted);
        QCOMPARE(QSet<QString>(ids.begin(), ids.end()).size(), 350);
        QVERIFY(model.index(0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("1 of 350")));

        // A branch, and the same branch after an edit gave it more.
        const auto tree = session.tree();
        const auto soil = tree->tree.resolve("Soil");
        QVERIFY(soil);
        query.branch = *soil;
        query.order = project::Order::Typical;
        model.setQuery(query);
        QTRY_VERIFY(!model.loading());
        const int before = model.rowCount();
        QVERIFY(before > 0 && before < 350);
        const double first = model.index(0).data(DocumentListModel::ShareRole).toDouble();
        QVERIFY(first >= model.index(before / 4).data(DocumentListModel::ShareRole).toDouble());
        tree::Edit edit;
        edit.kind = tree::EditKind::Move;
        edit.label = *tree->tree.resolve("Light/Lamp");
        edit.parent = *soil;
        session.edit(edit);
        QTRY_VERIFY(model.rowCount() > before);
        session.close();
        QTRY_COMPARE(model.rowCount(), 0);
    }

    void staleAnswersAreDropped() {
        const test::TempFolder folder;
        ProjectSession session;
        DocumentListModel model(&session);
        session.open(test::makeGrownProject(folder.path(), 120));
        QTRY_VERIFY(session.isOpen());
        project::DocumentQuery all, peat;
        peat.branch = *session.tree()->tree.resolve("Soil/Peat");
        QSignalSpy loaded(&model, &DocumentListModel::loaded);
        for (int n = 0; n < 20; ++n) {
            model.setQuery(all);
            model.setQuery(peat);
        }
        QTRY_VERIFY(!model.loading());
        QCOMPARE(loaded.count(), 1);
        QCOMPARE(qint64(model.rowCount()), session.tree()->countsOf(*peat.branch).documents);
    }

    void historyTellsWhoAndWhat() {
        const test::TempFolder folder;
        ProjectSession session;
        session.setActor(QStringLiteral("Ada"));
        HistoryModel model(&session);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        session.open(test::makeGrownProject(folder.path(), 60));
        QTRY_COMPARE(model.rowCount(), 2);  // import, build
        tree::Edit edit;
        edit.kind = tree::EditKind::Rename;
        edit.label = *session.tree()->tree.resolve("Soil");
        edit.text = "Earth";
        session.edit(edit);
        QTRY_COMPARE(model.rowCount(), 3);
        QVERIFY(model.index(0).data(HistoryModel::WhatRole).toString().contains(QStringLiteral("Earth")));
        QVERIFY(model.index(0).data(HistoryModel::DetailRole).toString().startsWith(QStringLiteral("Ada")));
        session.undo();
        QTRY_VERIFY(model.index(0).data(HistoryModel::UndoneRole).toBool());
    }
};

QTEST_GUILESS_MAIN(TestModels)
#include "tst_models.moc"
