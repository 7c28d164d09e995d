// SPDX-License-Identifier: GPL-3.0-or-later
// The smart lists under the tree, in the real window on a real project: counts, what each shows, and what is decided
// there.
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <memory>

#include "core/project/job_results.h"
#include "core/project/proposal.h"
#include "tests/support/event_loop_watchdog.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/doubtful_project.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/widget_walk.h"
#include "ui/corpus/document_list_panel.h"
#include "ui/models/document_list_model.h"
#include "ui/models/proposals_model.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/toast.h"
#include "ui/style/theme.h"
#include "ui/tree/proposals_panel.h"
#include "ui/tree/scope_row.h"
#include "ui/tree/smart_lists.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

class TestSmartListRows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void init() {
        m_folder = std::make_unique<test::TempFolder>();
        m_dialogs = std::make_unique<test::ScriptedDialogs>();
        Settings::instance().clearLayouts();
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 720);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_path = test::makeDoubtfulProject(m_folder->path());
        m_window->openProject(m_path);
        QTRY_VERIFY(session()->isOpen());
        QTRY_VERIFY(m_window->settled());
        QTRY_VERIFY(lists()->counts().revision > 0);
    }
    void cleanup() {
        if (QTest::currentTestFailed())
            m_window->grab().save(
                QStringLiteral("failed-%1.png").arg(QString::fromLatin1(QTest::currentTestFunction())));
        m_window.reset();
        m_dialogs.reset();
        m_folder.reset();
    }

    void countsAndShowsEachList() {
        QCOMPARE(row("weaklyPlaced")->count(), test::kWeakDocuments);
        QCOMPARE(row("borderline")->count(), test::kBorderlineDocuments);
        QCOMPARE(row("pinned")->count(), 0);
        QCOMPARE(row("moved")->count(), 0);
        QCOMPARE(row("duplicates")->count(), 2);
        QCOMPARE(row("proposals")->count(), 0);
        QVERIFY(row("weaklyPlaced")
                    ->accessibleName()
                    .contains(QStringLiteral("Weakly placed, %1 documents").arg(test::kWeakDocuments)));
        click("weaklyPlaced");
        QTRY_COMPARE(qint64(documents()->rowCount()), qint64(test::kWeakDocuments));
        QVERIFY(documents()->query().order == project::Order::Weakest);
        QCOMPARE(heading(), QStringLiteral("Weakly placed"));
        for (int at = 1; at < documents()->rowCount(); ++at)
            QVERIFY(share(at) >= share(at - 1) - 1e-9);  // of the fixture: one label a document
        QVERIFY(row("weaklyPlaced")->isChecked() && !row("borderline")->isChecked());
        // By key: Tab to the next row, Space.
        row("weaklyPlaced")->setFocus(Qt::TabFocusReason);
        QTest::keyClick(row("weaklyPlaced"), Qt::Key_Tab);
        QTRY_VERIFY(row("borderline")->hasFocus());
        QTest::keyClick(row("borderline"), Qt::Key_Space);
        QTRY_COMPARE(qint64(documents()->rowCount()), qint64(test::kBorderlineDocuments));
        QVERIFY(documents()->query().order == project::Order::Borderline);
        QVERIFY(!documents()->index(0).data(DocumentListModel::SecondNameRole).toString().isEmpty());
        click("duplicates");
        QTRY_COMPARE(documents()->rowCount(), 2);
        QVERIFY(documents()->query().order == project::Order::Typical);  // the user's own order is back
        QStringList copies;
        for (int at = 0; at < 2; ++at)
            copies << documents()->index(at).data(DocumentListModel::CopiesRole).toStringList();
        copies.sort();
        QCOMPARE(copies, (QStringList{QStringLiteral("copy-a"), QStringLiteral("copy-b"), QStringLiteral("copy-c")}));
        QVERIFY(documents()->index(0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("left out")));
        // A label of the tree takes over, Back returns.
        selection()->setLabel(session()->tree()->tree.labelsAtLevel(0).front());
        QTRY_VERIFY(!row("duplicates")->isChecked());
        selection()->back();
        QTRY_VERIFY(row("duplicates")->isChecked());
        QTRY_COMPARE(documents()->rowCount(), 2);
    }

    void emptyListsSayWhy() {
        for (const auto& [name, said] : {std::pair("pinned", "No document is pinned"),
                                         std::pair("moved", "No document has moved since revision")}) {
            click(name);
            QTRY_VERIFY2(isSaid(said), name);
        }
        click("proposals");
        QTRY_VERIFY(isSaid("No proposals"));
    }

    void aPinTakesADocumentOffTheListAndCounts() {
        test::EventLoopWatchdog watchdog;
        click("borderline");
        QTRY_COMPARE(qint64(documents()->rowCount()), qint64(test::kBorderlineDocuments));
        const DocumentKey key = documents()->keyAt(0);
        const LabelId label{documents()->index(0).data(DocumentListModel::SecondLabelRole).toLongLong()};
        tree::Edit edit;
        edit.kind = tree::EditKind::Pin;
        edit.document = key;
        edit.label = label;
        session()->edit(edit);
        QTRY_COMPARE(row("borderline")->count(), test::kBorderlineDocuments - 1);
        QTRY_COMPARE(qint64(documents()->rowCount()), qint64(test::kBorderlineDocuments - 1));
        QCOMPARE(row("pinned")->count(), 1);
        QCOMPARE(row("moved")->count(), 1);
        QCOMPARE(watchdog.gaps(), 0);
        click("moved");
        QTRY_COMPARE(documents()->rowCount(), 1);
        QVERIFY(documents()->keyAt(0) == key);
        QVERIFY(!documents()->index(0).data(DocumentListModel::BeforeRole).toString().isEmpty());
        session()->undo();
        QTRY_COMPARE(row("moved")->count(), 0);
        QTRY_VERIFY(isSaid("No document has moved"));
    }

    void comparesWithTheRevisionOnePicks() {
        const LabelId soil = label("Soil"), light = label("Light");
        tree::Edit edit;
        edit.kind = tree::EditKind::Move;
        edit.label = label("Soil/Peat");
        edit.parent = light;
        session()->edit(edit);
        const auto under = [&](LabelId id) { return session()->tree()->countsOf(id).documents; };
        QTRY_VERIFY(label("Light/Peat"));
        const qint64 moved = under(label("Light/Peat"));
        QVERIFY(moved > 0 && under(soil) > 0);
        QTRY_COMPARE(row("moved")->count(), moved);
        click("moved");
        auto* since = m_window->findChild<QComboBox*>(QStringLiteral("documentSince"));
        QTRY_VERIFY(since->isVisible() && since->count() >= 2);
        QCOMPARE(since->currentData().toLongLong(), lists()->counts().since);
        QTRY_COMPARE(qint64(documents()->rowCount()), moved);
        // The newest revision, by key: nothing has moved since then, and the row counts against it too.
        since->setFocus();
        QTest::keyClick(since, Qt::Key_Home);
        QTRY_VERIFY(isSaid("No document has moved since revision"));
        QTRY_COMPARE(row("moved")->count(), 0);
        QVERIFY(row("moved")->text().contains(QString::number(session()->status().revision)));
    }

    void foldsAndStaysFolded() {
        auto* fold = m_window->findChild<QToolButton*>(QStringLiteral("smartListsHeading"));
        QVERIFY(row("weaklyPlaced")->isVisible());
        fold->setFocus();
        QTest::keyClick(fold, Qt::Key_Space);
        QTRY_VERIFY(!row("weaklyPlaced")->isVisible());
        QVERIFY(!Settings::instance().smartListsShown());
        QTest::mouseClick(fold, Qt::LeftButton);
        QTRY_VERIFY(row("weaklyPlaced")->isVisible());
    }

    void conflictsOfAMergeAreDecided() {
        // The label was renamed here and in the file: a proposal.
        mergeWithConflict();
        QTRY_COMPARE(row("proposals")->count(), 1);
        click("proposals");
        ProposalsPanel* panel = m_window->curatePage()->proposals();
        QTRY_COMPARE(panel->model()->rowCount(), 1);
        QTRY_VERIFY(panel->isVisible());
        QVERIFY(panel->model()->index(0).data().toString().contains(QStringLiteral("“Bog”")));
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            theme().apply(mode);
            QTest::qWait(150);
            QCOMPARE(test::faultsOf(m_window.get()).join(u'\n'), QString());
        }
        QTest::mouseClick(panel->findChild<QPushButton*>(QStringLiteral("acceptProposal")), Qt::LeftButton);
        QTRY_VERIFY(label("Soil/Bog"));
        QTRY_COMPARE(row("proposals")->count(), 0);
        Toast* toast = m_window->findChild<Toast*>();
        QTRY_VERIFY(toast->text().contains(QStringLiteral("Accepted")));
        session()->undo();
        QTRY_COMPARE(panel->model()->rowCount(), 1);
        // Rejected by key: the tree stays.
        panel->focusList();
        QTRY_VERIFY(panel->list()->hasFocus());
        QTest::keyClick(panel->list(), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(row("proposals")->count(), 0);
        QVERIFY(label("Soil/Fen") && !label("Soil/Bog"));
        QTRY_VERIFY(isSaid("No proposals"));
    }

    void splitsThatWaitAreTakenOrDropped() {
        const LabelId clay = label("Soil/Clay");
        const auto first = propose(clay), second = propose(label("Light/Lamp"));
        lists()->ask();
        QTRY_COMPARE(row("proposals")->count(), 2);
        click("proposals");
        ProposalsPanel* panel = m_window->curatePage()->proposals();
        panel->reload();
        QTRY_COMPARE(panel->model()->rowCount(), 2);
        panel->focusList();
        QVERIFY(panel->model()->index(0).data().toString().contains(QStringLiteral("Split Soil › Clay into 2 labels")));
        const std::int64_t moving = session()->tree()->countsOf(clay).documents;
        QTRY_VERIFY(isSaid("New: First part ("));
        QVERIFY(isSaid(qPrintable(QStringLiteral("%1 of %1 documents move").arg(moving))));
        QTest::keyClick(panel->list(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(session()->tree()->tree.at(clay).children.size(), std::size_t{2});
        // The other was computed before: it says so and can only be dropped.
        QTRY_COMPARE(panel->model()->rowCount(), 1);
        auto* accept = panel->findChild<QPushButton*>(QStringLiteral("acceptProposal"));
        QTRY_VERIFY(!accept->isEnabled());
        QVERIFY(panel->model()
                    ->index(0)
                    .data(ProposalsModel::DetailRole)
                    .toString()
                    .contains(QStringLiteral("the tree changed since")));
        QTest::mouseClick(panel->findChild<QPushButton*>(QStringLiteral("rejectProposal")), Qt::LeftButton);
        QTRY_COMPARE(row("proposals")->count(), 0);
        QVERIFY(!std::filesystem::exists(first) && !std::filesystem::exists(second));
    }

private:
    ProjectSession* session() const { return m_window->session(); }
    Selection* selection() const { return m_window->selection(); }
    SmartLists* lists() const { return m_window->treePanel()->lists(); }
    DocumentListModel* documents() const { return m_window->curatePage()->documents()->model(); }
    double share(int at) const { return documents()->index(at).data(DocumentListModel::ShareRole).toDouble(); }
    ScopeRow* row(const char* name) const {
        return m_window->findChild<ScopeRow*>(QString::fromLatin1(name) + QStringLiteral("List"));
    }
    void click(const char* name) { QTest::mouseClick(row(name), Qt::LeftButton); }
    QString heading() const {
        return m_window->findChild<QWidget*>(QStringLiteral("documentListHeading"))->accessibleName();
    }
    bool isSaid(const char* text) const {
        for (const QLabel* label : m_window->curatePage()->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(QString::fromLatin1(text))) return true;
        return false;
    }
    LabelId label(const char* path) const {
        const auto found = session()->tree()->tree.resolve(path);
        return found ? *found : LabelId{};
    }
    void mergeWithConflict() {
        bool done = false;
        session()->run<bool>(
            [folder = m_folder->path()](project::Project& project, jobs::JobContext&) -> Result<bool> {
                ESPALIER_ASSIGN(std::string csv, project.exportTree(project::TreeFormat::Csv));
                ESPALIER_ASSIGN(const auto tree, project.tree());
                tree::Edit edit;
                edit.kind = tree::EditKind::Rename;
                ESPALIER_ASSIGN(edit.label, tree->tree.resolve("Soil/Peat"));
                edit.text = "Fen";
                ESPALIER_TRY(project.edit(edit));
                for (auto at = csv.find("Peat"); at != std::string::npos; at = csv.find("Peat"))
                    csv.replace(at, 4, "Bog");
                const auto file = folder / "bog.csv";
                test::writeText(file, csv);
                project::TreeImportOptions options;
                options.merge = true;
                ESPALIER_ASSIGN(const auto merged, project.importTree(file, options));
                return merged.proposals == 1;
            },
            [&done](const Result<bool>& answer) {
                QVERIFY2(answer.ok(), answer ? "" : answer.error().message.c_str());
                QVERIFY(*answer);
                done = true;
            });
        QTRY_VERIFY(done);
    }
    std::filesystem::path propose(LabelId label) const {
        const auto project = project::Project::open(toPath(m_path), project::Access::ReadOnly).value();
        project::Proposal proposal;
        const auto tree = project->tree().value();
        proposal.fromRevision = tree->revision;
        const tree::Label& subject = tree->tree.at(label);
        proposal.sources = subject.massOf;
        proposal.labels.push_back({-1, label, subject.name, subject.terms, "", "[]", {}});
        for (const char* name : {"First part", "Second part"})
            proposal.labels.push_back({0, {}, name, {{"word", 0.5}}, "", "[]", {}});
        std::int64_t turn = 0;
        const auto all = project->allResting().value();
        for (const auto& document : all)
            for (const auto& rest : document.resting)
                if (rest.label == label) proposal.resting.add(document.key, {{1 + turn++ % 2, rest.mass}});
        const auto job = project->newJobFolder("split").value();
        if (!project::writeProposal(job, proposal)) qFatal("no proposal written");
        return job;
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
    QString m_path;
};

QTEST_MAIN(TestSmartListRows)
#include "tst_smart_list_rows.moc"
