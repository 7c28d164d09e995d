// SPDX-License-Identifier: GPL-3.0-or-later
/// The search page against a canned service: results, facets, branch, empty states, keys, stale answers.
#include <QComboBox>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/query_client.h"
#include "ui/retrieval/search_page.h"
#include "ui/retrieval/search_results_model.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/style/empty_state.h"
#include "ui/style/theme.h"

using namespace espalier;
using namespace espalier::ui;
using espalier::test::TempFolder;

namespace {
constexpr int kLongMs = 20000;

QJsonObject cannedAnswer(bool hits, const QJsonValue& branch) {
    const auto hit = [](int rank, const char* id, const char* title, const QJsonArray& path) {
        return QJsonObject{{"rank", rank},   {"id", id},
                           {"title", title}, {"score", 3.0 / rank},
                           {"path", path},   {"snippet", "A sample of peat soil holds water and roots."}};
    };
    return {{"query", ""},
            {"model", QJsonValue()},
            {"mode", "words"},
            {"branch", branch},
            {"matches", hits ? 3 : 0},
            {"ms", 2.4},
            {"results", hits ? QJsonArray{hit(1, "s0", "Soil sample 0", {"Soil", "Peat"}),
                                          hit(2, "l1", "Light", {"Light"}), hit(3, "s4", "Soil sample 4", {})}
                             : QJsonArray{}},
            {"facets", QJsonArray{QJsonObject{{"node", 2}, {"path", QJsonArray{"Soil"}}, {"count", 20}},
                                  QJsonObject{{"node", 3}, {"path", QJsonArray{"Soil", "Peat"}}, {"count", 12}},
                                  QJsonObject{{"node", 5}, {"path", QJsonArray{"Light"}}, {"count", 3}}}}};
}

struct World {
    TempFolder folder;
    test::ScriptedDialogs dialogs;
    ProjectSession session;
    std::unique_ptr<JobManager> jobs;
    std::unique_ptr<Selection> selection;
    std::unique_ptr<SearchPage> page;

    explicit World(int documents = 40) {
        can(cannedAnswer(true, {}));
        qputenv("ESPALIER_FAKE_ANSWER", QFile::encodeName(answerFile()));
        jobs = std::make_unique<JobManager>(&session);
        jobs->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        selection = std::make_unique<Selection>(&session);
        page = std::make_unique<SearchPage>(&session, jobs.get(), selection.get());
        session.open(test::makeProject(folder.path(), documents, true));
        if (!QTest::qWaitFor([this] { return session.isOpen(); }, kLongMs)) qFatal("the project did not open");
        page->resize(1000, 620);
        page->show();
        if (!QTest::qWaitForWindowExposed(page.get())) qFatal("not shown");
        page->activateWindow();
    }
    QString answerFile() const { return fromPath(folder.path() / "answer.json"); }
    void can(const QJsonObject& answer) const {
        QFile file(answerFile());
        if (!file.open(QIODevice::WriteOnly)) qFatal("no answer");
        file.write(QJsonDocument(answer).toJson());
    }
    template <class T>
    T* find(const char* name) {
        return page->findChild<T*>(name);
    }
    QListView* results() { return find<QListView>("searchResults"); }
    QLineEdit* query() { return find<QLineEdit>("searchQuery"); }
    QString empty() { return find<EmptyState>("emptyState")->accessibleName(); }
};
}  // namespace

class TestSearchPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().install(*qApp, ThemeMode::Light); }

    void typingSearchesAfterAMoment() {
        World world;
        world.query()->setFocus();
        QTest::keyClicks(world.query(), "peat water");
        QCOMPARE(world.results()->model()->rowCount(), 0);  // not at every letter
        QTRY_COMPARE_WITH_TIMEOUT(world.results()->model()->rowCount(), 3, kLongMs);
        QVERIFY(world.results()->isVisible());
        QVERIFY(world.find<QLabel>("searchSummary")->text().startsWith("3 matches"));
        const QModelIndex first = world.results()->model()->index(0, 0);
        QCOMPARE(first.data(SearchResultsModel::PathRole).toStringList(), (QStringList{"Soil", "Peat"}));
        QVERIFY(first.data(SearchResultsModel::LabelRole).toLongLong() > 0);  // found in the tree, for its colour
        world.query()->clear();
        world.query()->setFocus();
        QTest::keyClicks(world.query(), "x");
        QTest::keyClick(world.query(), Qt::Key_Backspace);
        QTRY_VERIFY_WITH_TIMEOUT(world.empty().contains("Search by meaning"), kLongMs);
    }

    void keyboardThroughAllOfIt() {
        World world;
        QSignalSpy read(world.page.get(), &SearchPage::documentActivated);
        world.page->focusQuery();
        QTest::keyClicks(world.query(), "peat");
        QTest::keyClick(world.query(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(world.results()->model()->rowCount(), 3, kLongMs);
        QTest::keyClick(world.query(), Qt::Key_Down);
        QTRY_VERIFY(world.results()->hasFocus());
        QTRY_VERIFY_WITH_TIMEOUT(bool(world.selection->document()), kLongMs);  // the inspector follows
        QTest::keyClick(world.results(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(read.size(), 1, kLongMs);
        QTest::keyClick(world.results(), Qt::Key_Down);
        QCOMPARE(world.results()->currentIndex().row(), 1);
        QTest::keyClick(world.results(), Qt::Key_Escape);
        QTRY_VERIFY(world.query()->hasFocus());
        auto* facets = world.find<QTreeView>("searchFacets");
        facets->setFocus();
        facets->setCurrentIndex(facets->model()->index(0, 0));
        QTest::keyClick(facets, Qt::Key_Return);
        QTRY_COMPARE(world.find<QPushButton>("searchBranch")->text(), QString("In Soil"));
        QCOMPARE(world.selection->label().value, facets->model()->index(0, 0).data(Qt::UserRole).toLongLong());
    }

    void hitsAreThereBeforeTheirSentences() {
        const TempFolder gate;
        const QString open = fromPath(gate.path() / "open");
        qputenv("ESPALIER_FAKE_GATE", QFile::encodeName(open));
        World world;
        world.page->searchFor("early peat");
        QTRY_COMPARE_WITH_TIMEOUT(world.results()->model()->rowCount(), 3, kLongMs);
        qunsetenv("ESPALIER_FAKE_GATE");
        const auto* summary = world.find<QLabel>("searchSummary");
        QVERIFY2(summary->text().contains("finding the closest sentences"), qPrintable(summary->text()));
        const auto snippet = [&] {
            return world.results()->model()->index(0, 0).data(SearchResultsModel::SnippetRole);
        };
        QCOMPARE(snippet().toString(), QString());
        // What the user does meanwhile stays: the hit chosen, the facet opened.
        world.results()->setCurrentIndex(world.results()->model()->index(1, 0));
        auto* facets = world.find<QTreeView>("searchFacets");
        facets->collapse(facets->model()->index(0, 0));
        QFile file(open);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QTRY_VERIFY_WITH_TIMEOUT(snippet().toString().startsWith("A sample of peat"), kLongMs);
        QVERIFY2(summary->text().contains("ms"), qPrintable(summary->text()));
        QCOMPARE(world.results()->currentIndex().row(), 1);
        QVERIFY(!facets->isExpanded(facets->model()->index(0, 0)));
    }

    void facetsNarrowAndTheChipClears() {
        World world;
        world.page->searchFor("peat");
        QTRY_COMPARE_WITH_TIMEOUT(world.results()->model()->rowCount(), 3, kLongMs);
        auto* facets = world.find<QTreeView>("searchFacets");
        QCOMPARE(facets->model()->rowCount(), 2);
        QCOMPARE(facets->model()->rowCount(facets->model()->index(0, 0)), 1);  // Peat below Soil
        world.can(cannedAnswer(false, QJsonArray{"Light"}));
        const QModelIndex light = facets->model()->index(1, 0);
        QTest::mouseClick(facets->viewport(), Qt::LeftButton, {}, facets->visualRect(light).center());
        QTRY_VERIFY_WITH_TIMEOUT(world.empty().startsWith("0 in Light, 23 elsewhere"), kLongMs);
        QVERIFY(world.find<QToolButton>("clearBranch")->isVisible());
        world.can(cannedAnswer(true, {}));
        QTest::mouseClick(world.find<QPushButton>("searchNextStep"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(world.results()->model()->rowCount(), 3, kLongMs);
        QCOMPARE(world.find<QPushButton>("searchBranch")->text(), QString("In all documents"));
        QVERIFY(!world.find<QToolButton>("clearBranch")->isVisible());
    }

    void theSelectedLabelIsTheBranch() {
        World world;
        const TreeSnapshotPtr tree = world.session.tree();
        const LabelId soil = tree->tree.at(tree->tree.root()).children.front();
        world.selection->setLabel(soil);
        QCOMPARE(world.find<QPushButton>("searchBranch")->text(), QString("In Soil"));
        QTest::mouseClick(world.find<QToolButton>("clearBranch"), Qt::LeftButton);
        QCOMPARE(world.find<QPushButton>("searchBranch")->text(), QString("In all documents"));
        QCOMPARE(int(world.selection->scope()), int(Selection::Scope::AllDocuments));
    }

    void nothingAnywhereAndErrors() {
        World world;
        QJsonObject none = cannedAnswer(false, {});
        none["facets"] = QJsonArray();
        world.can(none);
        world.page->searchFor("zzz");
        QTRY_VERIFY_WITH_TIMEOUT(world.empty().contains("Nothing matches “zzz”"), kLongMs);
        world.page->searchFor("boom");
        QTRY_VERIFY_WITH_TIMEOUT(world.empty().contains("no vectors"), kLongMs);
        QSignalSpy embed(world.page.get(), &SearchPage::embedRequested);
        QTest::mouseClick(world.find<QPushButton>("searchNextStep"), Qt::LeftButton);
        QCOMPARE(embed.size(), 1);
    }

    void withoutVectorsOnlyWordsAreOffered() {
        World world;
        auto* mode = world.find<QComboBox>("searchMode");
        QCOMPARE(mode->currentData().toString(), QString("words"));
        QVERIFY(!world.find<QComboBox>("searchModel")->isVisible());
        QVERIFY(world.find<QWidget>("searchBanner")->isVisible());
    }

    void withoutDocumentsItSaysSo() {
        World world(0);
        QTRY_VERIFY_WITH_TIMEOUT(world.empty().contains("No documents yet"), kLongMs);
        QSignalSpy import(world.page.get(), &SearchPage::importRequested);
        QTest::mouseClick(world.find<QPushButton>("searchNextStep"), Qt::LeftButton);
        QCOMPARE(import.size(), 1);
    }

    void queryWordsAreMarked() {
        const QString text = "In the soil, peat holds water; a peaty soil holds more.";
        const auto places = queryWordsIn(text, "Peat in the SOIL?");
        QStringList marked;
        for (const auto& [start, length] : places) marked << text.mid(start, length);
        QCOMPARE(marked, (QStringList{"soil", "peat", "peaty", "soil"}));
        QVERIFY(queryWordsIn("nothing here", "peat").isEmpty());
        QCOMPARE(queryWordsIn("to be or not to be", "to be").size(),
                 2 + 2);  // fillers count when there is nothing else
        QCOMPARE(queryWordsIn("Müller und Muller", "muller").size(), 2);
    }
};

QTEST_MAIN(TestSearchPage)
#include "tst_search_page.moc"
