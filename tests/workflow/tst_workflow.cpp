// SPDX-License-Identifier: GPL-3.0-or-later
// One user's whole way through the window: a project from 200 documents, a tree, edits, vectors, a short training, one
// that is stopped, a search by branch, and everything there again after the window was closed. Real pointer and keys,
// the real worker. The steps build on each other; a watchdog looks on whether the window ever stops to answer.
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QTreeView>
#include <memory>
#include <set>

#include "tests/support/event_loop_watchdog.h"
#include "tests/support/temp_folder.h"
#include "tests/workflow/support/person.h"
#include "tests/workflow/support/planted_corpus.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/query_client.h"
#include "ui/models/label_tree_model.h"
#include "ui/retrieval/search_delegates.h"
#include "ui/retrieval/search_results_model.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/shell/toast.h"
#include "ui/style/theme.h"
#include "ui/training/runs_model.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
constexpr int kPerPart = 25;  // 200 documents
constexpr int kDocuments = kPerPart * test::kSubjects * test::kPartsOfASubject;
constexpr int kJobMs = 60000;
constexpr int kHits = 20;  // that the window asks for
}  // namespace

class TestWorkflow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        qputenv("ESPALIER_WORKER", ESPALIER_BIN_DIR "/espalier-worker");
        theme().install(*qApp, ThemeMode::Light);
        m_corpus = fromPath(test::writePlantedCorpus(m_folder.path(), kPerPart));
        m_encoder = fromPath(test::writePlantedEncoder(m_folder.path() / "tiny-encoder"));
        m_project = fromPath(m_folder.path() / "Almanac.espalier");
        openWindow();
        QVERIFY(m_window->isActiveWindow());
        m_watchdog = std::make_unique<test::EventLoopWatchdog>();
    }
    void init() {
        if (m_broken) QSKIP("an earlier step of the same way failed");
        m_watchdog->reset();
    }
    void cleanup() {
        if (QTest::currentTestFailed() && !m_broken) {
            m_broken = true;
            if (QScreen* screen = QGuiApplication::primaryScreen())
                screen->grabWindow(0).save(QStringLiteral("failed-workflow.png"));
        }
        if (m_broken) return;
        qInfo("%s: %s", QTest::currentTestFunction(), qPrintable(m_watchdog->report()));
        // Under strace every system call waits for another process: then time says nothing about the window.
        if (!qEnvironmentVariableIsSet("ESPALIER_TEST_TRACED"))
            QVERIFY2(m_watchdog->gaps() == 0, "the window did not answer for over 100 ms; the stack is above");
    }
    void cleanupTestCase() {
        m_watchdog.reset();
        m_window.reset();
    }

    void makesAProjectAndImports() {
        DO(press("ctrl+n"));
        DO(answerFileDialog(m_project));
        // The new project asks for documents at once.
        auto* choose = test::awaited(QStringLiteral("chooseFiles"));
        QVERIFY(choose);
        DO(click(choose));
        DO(answerFileDialog(m_corpus));
        auto* start = qobject_cast<QPushButton*>(test::awaited(QStringLiteral("startImport")));
        QVERIFY(start);
        QTRY_VERIFY(start->isEnabled());
        QCOMPARE(start->text(), QStringLiteral("Import %1 rows").arg(kDocuments));
        QTRY_VERIFY(start->hasFocus());
        DO(press("Return"));
        auto* sentence = qobject_cast<QLabel*>(test::awaited(QStringLiteral("reportSentence")));
        QVERIFY(sentence);
        QCOMPARE(sentence->text(), QStringLiteral("200 read = 200 kept + 0 duplicates + 0 empty + 0 rejected"));
        QCOMPARE(session()->status().documents, kDocuments);
    }

    void growsTheTree() {
        // The report's next step has the keyboard.
        QTRY_VERIFY(test::seen(QStringLiteral("nextStep")) && test::seen(QStringLiteral("nextStep"))->hasFocus());
        DO(press("Return"));
        QVERIFY2(m_user.dialog(QStringLiteral("buildDialog")), qPrintable(m_user.fault()));
        DO(press("alt+m"));
        QVERIFY(test::awaited(QStringLiteral("buildChildren")));
        DO(press("alt+t"));  // at most so many top labels
        DO(type(QString::number(test::kSubjects)));
        DO(press("Return"));
        QVERIFY(jobEnds(QStringLiteral("build"), JobState::Done));
        QTRY_COMPARE(model()->rowCount(), test::kSubjects);
        for (int row = 0; row < model()->rowCount(); ++row)
            QVERIFY2(model()->rowCount(model()->index(row, 0)) >= test::kPartsOfASubject, qPrintable(names()));
        QCOMPARE(session()->status().unassigned, 0);
        // What was planted together is together.
        for (int subject = 0; subject < test::kSubjects; ++subject)
            QCOMPARE(branchesOfSubject(subject).size(), std::size_t(1));
        QCOMPARE(undoText(), QStringLiteral("Undo “%1”").arg(session()->undoText()));
        QVERIFY2(undoText().contains(QStringLiteral("uild")), qPrintable(undoText()));
    }

    void editsUndoesAndRedoes() {
        const QString grown = names();
        // Renamed in place.
        const QString first = model()->index(0, 0).data().toString();
        DO(click(view(), model()->index(0, 0)));
        DO(press("F2"));
        DO(type(QStringLiteral("Almanac one")));
        DO(press("Return"));
        QTRY_COMPARE(model()->index(0, 0).data().toString(), QStringLiteral("Almanac one"));
        QTRY_VERIFY2(undoText().contains(QStringLiteral("Almanac one")), qPrintable(undoText()));
        const QString renamed = names();

        // Moved by dragging: the first part of the second label into the first label.
        const QModelIndex part = model()->index(0, 0, model()->index(1, 0));
        const int parts = model()->rowCount(model()->index(0, 0));
        const QString moving = part.data().toString();
        DO(drag(view(), part, model()->index(0, 0)));
        QTRY_COMPARE(model()->rowCount(model()->index(0, 0)), parts + 1);
        QTRY_VERIFY2(undoText().contains(moving), qPrintable(undoText()));
        const QString moved = names();

        // A new label inside the selected one.
        DO(click(view(), model()->index(0, 0)));
        DO(press("Insert"));
        QVERIFY2(m_user.dialog(QStringLiteral("textDialog")), qPrintable(m_user.fault()));
        DO(type(QStringLiteral("Odds & ends")));
        DO(press("Return"));
        QTRY_COMPARE(model()->rowCount(model()->index(0, 0)), parts + 2);
        QTRY_VERIFY(session()->undoText().contains(QStringLiteral("Odds & ends")));

        // And retired again: Enter takes the proposal of the dialog.
        QTRY_VERIFY(view()->hasFocus());
        DO(press("Delete"));
        QVERIFY2(m_user.dialog(QStringLiteral("retireDialog")), qPrintable(m_user.fault()));
        DO(press("Return"));
        QTRY_COMPARE(names(), moved);
        const QString edited = names();

        // Back to the grown tree and forward again, by keys alone.
        QTRY_VERIFY(m_window->isActiveWindow());
        DO(press({QStringLiteral("ctrl+z"), QStringLiteral("ctrl+z"), QStringLiteral("ctrl+z")}));
        QTRY_COMPARE(names(), renamed);
        DO(press("ctrl+z"));
        QTRY_COMPARE(names(), grown);
        QCOMPARE(model()->index(0, 0).data().toString(), first);
        DO(press({QStringLiteral("ctrl+shift+z"), QStringLiteral("ctrl+shift+z"), QStringLiteral("ctrl+shift+z"),
                  QStringLiteral("ctrl+shift+z")}));
        QTRY_COMPARE(names(), edited);
        QVERIFY(!m_window->findChild<QAction*>(QStringLiteral("redo"))->isEnabled());
        m_edited = edited;
    }

    void mergesByDragging() {
        // With Ctrl held a label dropped on another is merged with it.
        const QModelIndex into = model()->index(0, 0, model()->index(2, 0)), from = model()->index(1, 0, into.parent());
        const int parts = model()->rowCount(into.parent());
        const QString kept = into.data().toString(), gone = from.data().toString();
        DO(drag(view(), from, into, QStringLiteral("ctrl")));
        QVERIFY2(m_user.dialog(QStringLiteral("mergeDialog")), qPrintable(m_user.fault()));
        DO(press("Return"));
        QTRY_COMPARE(model()->rowCount(model()->index(2, 0)), parts - 1);
        const LabelId label = model()->labelAt(model()->index(0, 0, model()->index(2, 0)));
        QCOMPARE(toQt(session()->tree()->tree.at(label).name), kept);
        QCOMPARE(session()->tree()->tree.at(label).alternativeNames, std::vector<std::string>{fromQt(gone)});
        // The toast's Undo takes it back, and the tree keeps the keyboard.
        auto* undo = test::awaited(QStringLiteral("toastButton"));
        QVERIFY(undo);
        DO(click(undo));
        QTRY_COMPARE(names(), m_edited);
        QTRY_VERIFY(view()->hasFocus());
    }

    void embedsWithAnEncoder() {
        DO(press("ctrl+2"));
        auto* choose = test::awaited(QStringLiteral("trainNextStep"));
        QVERIFY(choose);
        DO(click(choose));
        DO(answerFileDialog(m_encoder));
        QVERIFY(jobEnds(QStringLiteral("embed"), JobState::Done));
        QTRY_COMPARE(session()->status().models.size(), std::size_t(1));
        QCOMPARE(session()->status().models[0].documents, kDocuments);
        QTRY_VERIFY(test::seen(QStringLiteral("startModel")));
    }

    void trainsTwentySteps() {
        setSteps(20);
        if (QTest::currentTestFailed()) return;
        DO(click(test::seen(QStringLiteral("startTraining"))));
        QVERIFY(jobEnds(QStringLiteral("train"), JobState::Done));
        const project::RunInfo* run = runNamed("run-1");
        QVERIFY(run);
        QCOMPARE(run->state, project::RunState::Done);
        QCOMPARE(run->step, 20);
        QVERIFY(QFile::exists(fromPath(run->modelFolder) + QStringLiteral("/model.safetensors")));
        // Its vectors and the comparison follow by themselves.
        QVERIFY(jobEnds(QStringLiteral("embed"), JobState::Done));
        QVERIFY(jobEnds(QStringLiteral("eval"), JobState::Done));
        auto* tabs = qobject_cast<QTabBar*>(test::seen(QStringLiteral("trainingTabs")));
        QVERIFY(tabs);
        QTRY_COMPARE(tabs->currentIndex(), 1);
        checkProject();
        QCOMPARE(session()->status().models.size(), std::size_t(2));
    }

    void stopKeepsWhatThereIs() {
        setSteps(900000);
        if (QTest::currentTestFailed()) return;
        DO(click(test::seen(QStringLiteral("measureAfterwards"))));
        DO(click(test::seen(QStringLiteral("startTraining"))));
        Job* job = nullptr;
        QTRY_VERIFY((job = jobs()->activeJob(QStringLiteral("train"))));
        auto* stop = test::awaited(QStringLiteral("stopTraining"), kJobMs);
        QVERIFY(stop);
        qint64 steps = 0;
        connect(job, &Job::metrics, this, [&steps](const QList<QJsonObject>& batch) { steps += batch.size(); });
        QTRY_VERIFY_WITH_TIMEOUT(steps >= 5, kJobMs);
        DO(click(stop));
        QTRY_COMPARE_WITH_TIMEOUT(job->state(), JobState::Stopped, kJobMs);
        const project::RunInfo* run = runNamed("run-2");
        QVERIFY(run);
        QCOMPARE(run->state, project::RunState::Stopped);
        QVERIFY(run->step >= 5 && run->step < 900000);
        QVERIFY(QFile::exists(fromPath(run->modelFolder) + QStringLiteral("/model.safetensors")));
        QVERIFY(jobs()->problems().isEmpty());
    }

    void searchesBelowALabel() {
        DO(press("ctrl+3"));
        auto* query = qobject_cast<QLineEdit*>(test::awaited(QStringLiteral("searchQuery")));
        QVERIFY(query);
        QTRY_VERIFY(query->hasFocus());
        auto* models = qobject_cast<QComboBox*>(test::seen(QStringLiteral("searchModel")));
        QVERIFY(models);
        QTRY_COMPARE(models->currentText(), QStringLiteral("run-1"));  // the one embedded last
        const int subject = 3;
        DO(type(test::wordOf(subject, 0) + QStringLiteral(" and ") + test::wordOf(0, 0)));
        DO(press("Return"));
        auto* results = qobject_cast<QListView*>(test::awaited(QStringLiteral("searchResults"), kJobMs));
        QVERIFY(results);
        QTRY_VERIFY(results->model()->rowCount() > 0 && !jobs()->query()->busy());
        auto* facets = qobject_cast<QTreeView*>(test::seen(QStringLiteral("searchFacets")));
        QVERIFY(facets);
        QTRY_VERIFY(facets->model()->rowCount() > 1);
        // Only below the label that holds the subject.
        const LabelId branch = *branchesOfSubject(subject).begin();
        const QModelIndex facet = facetOf(facets->model(), branch);
        QVERIFY(facet.isValid());
        const qint64 count = facet.data(FacetDelegate::CountRole).toLongLong();
        DO(click(facets, facet));
        QTRY_VERIFY(facetOf(facets->model(), branch).data(FacetDelegate::ChosenRole).toBool());
        QCOMPARE(facetOf(facets->model(), branch).data(FacetDelegate::CountRole).toLongLong(), count);
        const auto allInside = [&] {
            const int rows = results->model()->rowCount();
            for (int row = 0; row < rows; ++row) {
                const LabelId label{results->model()->index(row, 0).data(SearchResultsModel::LabelRole).toLongLong()};
                if (!session()->tree()->tree.inBranch(label, branch)) return false;
            }
            return rows > 0;
        };
        QTRY_VERIFY(allInside());
        const auto inBranch = session()->tree()->countsOf(branch).documents;
        QCOMPARE(qint64(results->model()->rowCount()), std::min<qint64>(kHits, inBranch));
        m_hits = hitsOf(results);
        // Down into the hits, Enter opens the document in Curate.
        DO(click(query));
        DO(press({QStringLiteral("Down"), QStringLiteral("Return")}));
        QTRY_COMPARE(m_window->workspace(), MainWindow::Workspace::Curate);
        QTRY_VERIFY(m_window->selection()->document());
    }

    void everythingIsThereAgain() {
        const QString undo = session()->undoText();
        const auto revision = session()->status().revision;
        QVERIFY(!undo.isEmpty());
        DO(press("ctrl+q"));
        QTRY_VERIFY(!m_window->isVisible());
        m_window.reset();
        openWindow();
        m_watchdog->reset();  // making a window is not working in it
        auto* recent = test::awaited(QStringLiteral("recentProject"));
        QVERIFY(recent);
        DO(click(recent));
        QTRY_VERIFY(session()->isOpen());
        QTRY_VERIFY(m_window->settled());
        QCOMPARE(names(), m_edited);
        QCOMPARE(session()->undoText(), undo);
        QCOMPARE(session()->status().revision, revision);
        QCOMPARE(session()->status().documents, kDocuments);
        QVERIFY(runNamed("run-1") && runNamed("run-1")->state == project::RunState::Done);
        QVERIFY(runNamed("run-2") && runNamed("run-2")->state == project::RunState::Stopped);
        QCOMPARE(session()->status().models.size(), std::size_t(2));
        for (const project::ModelInfo& one : session()->status().models) {
            QCOMPARE(one.documents, kDocuments);
            QVERIFY(QFile::exists(fromPath(one.vectorsFile)));
        }
        // The edits can still be taken back, one by one, to the tree as it grew, and the tree itself.
        QTRY_VERIFY(m_window->isActiveWindow());
        DO(press("ctrl+z"));
        QTRY_VERIFY(names() != m_edited || session()->undoText() != undo);
        DO(press("ctrl+shift+z"));
        QTRY_COMPARE(names(), m_edited);
        // The same question has the same answer.
        DO(press("ctrl+3"));
        auto* query = test::awaited(QStringLiteral("searchQuery"));
        QVERIFY(query);
        QTRY_VERIFY(query->hasFocus());
        DO(type(test::wordOf(3, 0) + QStringLiteral(" and ") + test::wordOf(0, 0)));
        DO(press("Return"));
        auto* results = qobject_cast<QListView*>(test::awaited(QStringLiteral("searchResults"), kJobMs));
        auto* facets = qobject_cast<QTreeView*>(test::seen(QStringLiteral("searchFacets")));
        QVERIFY(results && facets);
        const LabelId branch = *branchesOfSubject(3).begin();
        QTRY_VERIFY(facetOf(facets->model(), branch).isValid());
        DO(click(facets, facetOf(facets->model(), branch)));
        QTRY_COMPARE(hitsOf(results), m_hits);
    }

private:
    void openWindow() {
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }
    ProjectSession* session() const { return m_window->session(); }
    JobManager* jobs() const { return m_window->jobs(); }
    LabelTreeView* view() const { return m_window->treePanel()->view(); }
    LabelTreeModel* model() const { return m_window->treePanel()->model(); }
    QString undoText() const { return m_window->findChild<QAction*>(QStringLiteral("undo"))->text(); }

    /// Waits for the newest job of a kind to end so.
    bool jobEnds(const QString& kind, JobState state) const {
        const auto newest = [&]() -> Job* {
            for (qsizetype i = jobs()->jobs().size() - 1; i >= 0; --i)
                if (jobs()->jobs()[i]->kind() == kind) return jobs()->jobs()[i];
            return nullptr;
        };
        const bool ended = test::Person::wait([&] { return newest() && !newest()->active(); }, kJobMs);
        if (ended && newest()->state() == state) return true;
        if (const Job* job = newest())
            qWarning("%s: %s %s", qPrintable(kind), qPrintable(job->statusLine()),
                     qPrintable(job->problem() ? job->problem()->headline + job->problem()->details : QString()));
        return false;
    }
    /// Everything that is stored is whole.
    void checkProject() {
        std::optional<std::string> fault;
        session()->run<std::vector<project::Problem>>(
            [](project::Project& project, jobs::JobContext& context) { return project.check(context); },
            [&](Result<std::vector<project::Problem>> found) {
                fault = !found ? found.error().message : found->empty() ? std::string() : found->front().what;
            });
        QTRY_VERIFY(fault.has_value());
        QVERIFY2(fault->empty(), fault->c_str());
    }
    const project::RunInfo* runNamed(const char* name) const {
        for (const project::RunInfo& run : session()->status().runs)
            if (run.name == name) return &run;
        return nullptr;
    }
    /// Top labels under which the documents of a subject lie.
    std::set<LabelId> branchesOfSubject(int subject) {
        std::set<LabelId> branches;
        bool answered = false;
        session()->read<std::vector<std::pair<QString, LabelId>>>(
            [](project::Project& project, jobs::JobContext&) -> Result<std::vector<std::pair<QString, LabelId>>> {
                ESPALIER_ASSIGN(const auto hard, project.hardLabels());
                ESPALIER_ASSIGN(const auto ids, project.documentIds());
                std::vector<std::pair<QString, LabelId>> rows;
                for (const auto& [key, id] : ids)
                    for (const auto& one : hard)
                        if (one.key == key) rows.emplace_back(toQt(id), one.label);
                return rows;
            },
            [&](Result<std::vector<std::pair<QString, LabelId>>> rows) {
                const auto& tree = session()->tree()->tree;
                for (const auto& [id, label] : rows.value()) {
                    if (test::subjectOf(id) != subject) continue;
                    LabelId top = label;
                    while (tree.at(top).parent != tree.root()) top = tree.at(top).parent;
                    branches.insert(top);
                }
                answered = true;
            });
        test::Person::wait([&] { return answered; });
        return branches;
    }
    static QModelIndex facetOf(const QAbstractItemModel* facets, LabelId label, const QModelIndex& parent = {}) {
        for (int row = 0; row < facets->rowCount(parent); ++row) {
            const QModelIndex index = facets->index(row, 0, parent);
            if (index.data(FacetDelegate::LabelRole).toLongLong() == label.value) return index;
            if (const QModelIndex below = facetOf(facets, label, index); below.isValid()) return below;
        }
        return {};
    }
    static QStringList hitsOf(const QListView* results) {
        QStringList ids;
        for (int row = 0; row < results->model()->rowCount(); ++row)
            ids << results->model()->index(row, 0).data(SearchResultsModel::IdRole).toString();
        return ids;
    }
    /// By keys, as the form's underlined letters say: How long, Steps, the number.
    void setSteps(int steps) {
        auto* kind = qobject_cast<QComboBox*>(test::awaited(QStringLiteral("lengthKind")));
        QVERIFY(kind);
        DO(press("alt+g"));
        QTRY_VERIFY(kind->hasFocus());
        DO(press("End"));
        auto* field = qobject_cast<QSpinBox*>(test::awaited(QStringLiteral("steps")));
        QVERIFY(field);
        DO(press("Tab"));
        QTRY_VERIFY(field->hasFocus());
        DO(press("ctrl+a"));
        DO(type(QString::number(steps)));
        QTRY_COMPARE(field->value(), steps);
    }
    // "Soil(Peat Clay) Light"
    QString names(const QModelIndex& parent = {}) const {
        QStringList parts;
        for (int row = 0; row < model()->rowCount(parent); ++row) {
            const QModelIndex index = model()->index(row, 0, parent);
            const QString below = names(index);
            parts << index.data().toString() + (below.isEmpty() ? QString() : QStringLiteral("(%1)").arg(below));
        }
        return parts.join(u'|');
    }

    test::TempFolder m_folder;
    test::Person m_user;
    QString m_corpus, m_encoder, m_project, m_edited;
    QStringList m_hits;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<test::EventLoopWatchdog> m_watchdog;
    bool m_broken = false;
};

QTEST_MAIN(TestWorkflow)
#include "tst_workflow.moc"
