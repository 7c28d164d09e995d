// SPDX-License-Identifier: GPL-3.0-or-later
// Splitting and re-fitting in the real window with the real worker: what is proposed, chosen, kept for later, dropped
// and done in one step.
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <filesystem>
#include <fstream>
#include <memory>

#include "core/base/rng.h"
#include "core/project/project.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "tests/ui/support/widget_walk.h"
#include "ui/corpus/reader.h"
#include "ui/jobs/job_manager.h"
#include "ui/models/label_tree_model.h"
#include "ui/models/proposed_changes_model.h"
#include "ui/plot/stability_plot.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/session/text.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/toast.h"
#include "ui/style/theme.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/proposal_pane.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
constexpr int kLongMs = 20000;
constexpr int kDocuments = 480;
constexpr int kSoils = 4;

/// Half about four kinds of soil with words of their own beside those they share, half about one lamp.
std::filesystem::path writeSubjects(const std::filesystem::path& folder) {
    const QStringList words[] = {{"bog", "moss", "acid", "turf", "wet", "brown"},
                                 {"brick", "sticky", "kiln", "heavy", "pottery", "crack"},
                                 {"garden", "fertile", "crumbly", "carrot", "humus", "spade"},
                                 {"beach", "dune", "grain", "quartz", "dry", "glass"},
                                 {"lamp", "light", "evening", "bulb", "warm", "switch"}};
    const QStringList soil{"soil", "ground", "root", "water", "field"};
    std::filesystem::path path = folder / "subjects.jsonl";
    std::ofstream out(path);
    SplitMix64 rng(7);
    for (int i = 0; i < kDocuments; ++i) {
        const bool light = i % 2 == 1;
        const int subject = light ? kSoils : i / 2 % kSoils;
        QStringList text;
        for (int n = 0; n < 12; ++n) {
            const QStringList& from = light || rng.below(2) == 0 ? words[subject] : soil;
            text << from[qsizetype(rng.below(std::size_t(from.size())))];
        }
        out << R"({"_id":"d)" << i << R"(","title":"Page )" << i << R"(","text":")" << fromQt(text.join(u' '))
            << "\"}\n";
    }
    return path;
}
}  // namespace

class TestProposalPane : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// One project for all: a tree of one level, grown by the real worker.
    void initTestCase() {
        theme().install(*qApp, ThemeMode::Light);
        const auto path = m_grown.path() / "Garden.espalier";
        const QString project = fromPath(path);
        {
            auto made = project::Project::create(path);
            QVERIFY(bool(made));
            jobs::JobContext context;
            QVERIFY(bool((*made)->importCorpus({writeSubjects(m_grown.path())}, {}, context)));
        }
        QProcess build;
        build.start(QStringLiteral(ESPALIER_BIN_DIR "/espalier-cli"),
                    {QStringLiteral("build"), project, QStringLiteral("--depth"), QStringLiteral("1"),
                     QStringLiteral("--k-max"), QStringLiteral("2")});
        QVERIFY(build.waitForFinished(kLongMs));
        QVERIFY2(build.exitCode() == 0, build.readAllStandardError());
    }

    void init() {
        m_folder = std::make_unique<test::TempFolder>();
        m_dialogs = std::make_unique<test::ScriptedDialogs>();
        Settings::instance().clearLayouts();
        m_window = std::make_unique<MainWindow>();
        m_window->jobs()->setWorkerProgram(QStringLiteral(ESPALIER_BIN_DIR "/espalier-worker"));
        m_window->resize(1280, 720);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        const auto copy = m_folder->path() / "Garden.espalier";
        std::filesystem::copy(m_grown.path() / "Garden.espalier", copy, std::filesystem::copy_options::recursive);
        m_window->openProject(fromPath(copy));
        QTRY_VERIFY_WITH_TIMEOUT(session()->isOpen() && m_window->settled(), kLongMs);
        QTRY_COMPARE(tree()->rowCount(), 2);
        m_names = names();
        const auto at = [this](int row) { return tree()->index(row, 0).data().toString(); };
        const int soil = at(0).contains(QRegularExpression(QStringLiteral("(?i)soil|ground|root|water|field"))) ? 0 : 1;
        m_soil = at(soil);
        m_lamp = at(1 - soil);
        m_revision = session()->tree()->revision;
        view()->setFocus();
    }
    void cleanup() {
        if (QTest::currentTestFailed())
            m_window->grab().save(
                QStringLiteral("failed-%1.png").arg(QString::fromLatin1(QTest::currentTestFunction())));
        m_window.reset();
        QCOMPARE(m_dialogs->unexpected(), 0);
        m_dialogs.reset();
        m_folder.reset();
    }

    void splitIsSeenFirstAndThenOneStep() {
        proposeSplit(m_soil);
        QVERIFY(!changes()->accessibleName().isEmpty());
        QTRY_VERIFY(changes()->hasFocus());
        const int parts = model()->parts();
        QCOMPARE(parts, kSoils);  // one a kind of soil
        QCOMPARE(model()->taken(), kSoils);
        QCOMPARE(title(), QStringLiteral("Split ") + m_soil);
        // The curve, the number that was chosen, and what it means in words.
        auto* plot = pane()->findChild<StabilityPlot*>();
        QVERIFY(plot->isVisible());
        QVERIFY(plot->points().size() > 1);
        QCOMPARE(number()->value(), parts);
        QCOMPARE(pane()->findChild<QSlider*>(QStringLiteral("proposalSlider"))->value(), parts);
        // Each child has terms and typical documents; the arrow keys go through them.
        auto* typical = pane()->findChild<QListWidget*>(QStringLiteral("typicalDocuments"));
        QTRY_VERIFY(typical->count() >= 3);
        const QString first = typical->item(0)->text();
        QTest::keyClick(changes(), Qt::Key_Down);
        QTRY_VERIFY(typical->count() >= 3 && typical->item(0)->text() != first);
        // A click on one opens it in the reader below.
        QTest::mouseClick(typical->viewport(), Qt::LeftButton, {}, typical->visualItemRect(typical->item(0)).center());
        QTRY_COMPARE(m_window->curatePage()->reader()->shownTitle(), typical->item(0)->text());
        QCOMPARE(test::faultsOf(m_window.get()), QStringList());
        // So far nothing happened.
        QCOMPARE(names(), m_names);
        QCOMPARE(session()->tree()->revision, m_revision);

        changes()->setFocus();
        QTest::keyClick(changes(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->running(), kLongMs);
        QVERIFY(!pane()->isVisible());
        QTRY_COMPARE(childrenOf(m_soil), kSoils);
        QCOMPARE(waiting(), 0);
        // One step back.
        QTest::keyClick(view(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(names(), m_names);
    }

    void onlyWhatIsCheckedHappensUnderItsNewName() {
        proposeSplit(m_soil);
        const QString both = summary()->text();
        // Another name, as typed into the row.
        changes()->setCurrentIndex(model()->index(0));
        QTest::keyClick(changes(), Qt::Key_F2);
        auto* editor = changes()->findChild<QLineEdit*>();
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("Bog"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(model()->index(0).data().toString(), QStringLiteral("Bog"));
        // Space takes the check mark off the others; the line below tells what it means.
        for (int row = 1; row < kSoils; ++row) {
            changes()->setCurrentIndex(model()->index(row));
            QTest::keyClick(changes(), Qt::Key_Space);
        }
        QCOMPARE(model()->taken(), 1);
        QTRY_VERIFY(summary()->text() != both && apply()->isEnabled());
        QVERIFY2(summary()->text().startsWith(QStringLiteral("60 documents move")), qPrintable(summary()->text()));
        QTest::mouseClick(apply(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->running(), kLongMs);
        QTRY_VERIFY2(names().contains(m_soil + QStringLiteral("(Bog)")), qPrintable(names()));
    }

    void nothingCheckedCannotBeApplied() {
        proposeSplit(m_soil);
        for (int row = 0; row < model()->rowCount(); ++row) {
            changes()->setCurrentIndex(model()->index(row));
            QTest::keyClick(changes(), Qt::Key_Space);
        }
        QTRY_COMPARE(summary()->text(), QStringLiteral("Nothing is checked: nothing would change."));
        QVERIFY(!apply()->isEnabled());
        QTest::keyClick(changes(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(pane()->running());
        QCOMPARE(session()->tree()->revision, m_revision);
    }

    void anotherNumberIsComputedAgain() {
        proposeSplit(m_soil);
        const auto points = pane()->findChild<StabilityPlot*>()->points().size();
        auto* slider = pane()->findChild<QSlider*>(QStringLiteral("proposalSlider"));
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_Right);
        QCOMPARE(number()->value(), kSoils + 1);
        press("proposalCompute");
        QVERIFY(pane()->computing());
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->computing() && model()->parts() == kSoils + 1, kLongMs);
        QCOMPARE(number()->value(), kSoils + 1);
        QCOMPARE(pane()->findChild<StabilityPlot*>()->points().size(), points);  // the curve stays to compare
        QTRY_COMPARE(waiting(), 1);  // the first proposal gave way to the second
    }

    void cancelLeavesNothing() {
        proposeSplit(m_soil);
        QCOMPARE(waiting(), 1);
        QTest::keyClick(changes(), Qt::Key_Escape);
        QVERIFY(!pane()->isVisible());
        QTRY_COMPARE(waiting(), 0);
        QCOMPARE(session()->tree()->revision, m_revision);
        // While it computes, too.
        select(m_soil);
        actions()->split->trigger();
        QTRY_VERIFY(pane()->computing());
        press("proposalCancel");
        QVERIFY(!pane()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->jobs()->runningJob(), kLongMs);
        QTRY_COMPARE(waiting(), 0);
        QCOMPARE(session()->tree()->revision, m_revision);
    }

    void laterWaitsAmongTheProposals() {
        proposeSplit(m_soil);
        press("proposalLater");
        QVERIFY(!pane()->isVisible());
        QCOMPARE(waiting(), 1);
        // There its changes can be looked at again.
        m_window->selection()->showProposals();
        auto* list = m_window->findChild<QListView*>(QStringLiteral("proposalsList"));
        QTRY_VERIFY(list->isVisible() && list->model()->rowCount() == 1);
        auto* open = m_window->findChild<QPushButton*>(QStringLiteral("openProposal"));
        QTRY_VERIFY(open->isVisible());
        QTest::mouseClick(open, Qt::LeftButton);
        QTRY_VERIFY(pane()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(model()->parts() == kSoils && apply()->isEnabled(), kLongMs);
        QCOMPARE(title(), QStringLiteral("Split ") + m_soil);
        press("applyProposal");
        QTRY_COMPARE(childrenOf(m_soil), kSoils);
        QCOMPARE(waiting(), 0);
    }

    void treeEditedMeanwhileAsksToComputeAgain() {
        proposeSplit(m_soil);
        tree::Edit edit;
        edit.kind = tree::EditKind::Rename;
        edit.label = label(m_lamp);
        edit.text = "Lamps";
        session()->edit(edit);
        QTRY_VERIFY(summary()->text().contains(QStringLiteral("edited since")));
        QVERIFY(!apply()->isEnabled());
        QCOMPARE(summary()->text(), QStringLiteral("The tree was edited since this was computed. Compute it again."));
        press("proposalCompute");
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->computing() && apply()->isEnabled(), kLongMs);
        press("applyProposal");
        QTRY_COMPARE(childrenOf(m_soil), kSoils);
    }

    void refitOfTheWholeTreeIsADiff() {
        m_dialogs->answerChoice(QStringLiteral("Re-fit"));
        m_window->selection()->showAllDocuments();
        QVERIFY(actions()->refit->isEnabled());
        QTest::keyClick(view(), Qt::Key_B, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(pane()->isVisible());
        QCOMPARE(title(), QStringLiteral("Re-fit the whole tree"));
        // As many labels as asked for: one a kind of soil, and the lamps.
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->computing(), kLongMs);
        number()->setFocus();
        number()->selectAll();
        QTest::keyClicks(number(), QString::number(kSoils + 1));
        press("proposalCompute");
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->computing() && model()->rowCount() > 0, kLongMs);
        QTRY_VERIFY(apply()->isEnabled());
        QVERIFY2(summary()->text().contains(QStringLiteral("of 480 documents get another label")),
                 qPrintable(summary()->text()));
        press("applyProposal");
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->running(), kLongMs);
        QTRY_COMPARE(tree()->rowCount(), kSoils + 1);
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(names(), m_names);
    }

    void wholeTreeAsksFirst() {
        m_dialogs->answerChoice(QStringLiteral("Cancel"));
        m_window->selection()->showAllDocuments();
        actions()->refit->trigger();
        QCOMPARE(m_dialogs->asked().size(), 1);
        QTest::qWait(50);  // for the answer
        QVERIFY(!pane()->isVisible());
    }

    void nothingToSplitIsSaid() {
        // All documents about lamps say the same.
        select(m_lamp);
        actions()->split->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(pane()->isVisible() && !pane()->computing(), kLongMs);
        QTRY_VERIFY_WITH_TIMEOUT(!apply()->isEnabled(), kLongMs);
        QTRY_COMPARE(waiting(), 0);
        QCOMPARE(session()->tree()->revision, m_revision);
    }

private:
    void proposeSplit(const QString& path) {
        select(path);
        QTest::keyClick(view(), Qt::Key_J, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(pane()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->computing() && model()->rowCount() > 0, kLongMs);
        QTRY_VERIFY(apply()->isEnabled());
    }
    ProposalPane* pane() const { return m_window->findChild<ProposalPane*>(); }
    QListView* changes() const { return pane()->findChild<QListView*>(QStringLiteral("proposedChanges")); }
    ProposedChangesModel* model() const { return qobject_cast<ProposedChangesModel*>(changes()->model()); }
    QSpinBox* number() const { return pane()->findChild<QSpinBox*>(QStringLiteral("proposalNumber")); }
    QPushButton* apply() const { return pane()->findChild<QPushButton*>(QStringLiteral("applyProposal")); }
    QLabel* summary() const { return pane()->findChild<QLabel*>(QStringLiteral("proposalSummary")); }
    QString title() const { return pane()->findChild<QLabel*>(QStringLiteral("proposalTitle"))->text(); }
    void press(const char* name) const {
        auto* button = pane()->findChild<QPushButton*>(QString::fromLatin1(name));
        QVERIFY(button->isEnabled() && button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
    }
    ProjectSession* session() const { return m_window->session(); }
    LabelTreeView* view() const { return m_window->treePanel()->view(); }
    LabelActions* actions() const { return m_window->findChild<LabelActions*>(); }
    /// How many splits and re-fits wait in the project.
    int waiting() const {
        int found = -1;
        using Waiting = std::vector<project::WaitingProposal>;
        session()->read<Waiting>(
            [](project::Project& project, jobs::JobContext&) { return project.waitingProposals(); },
            [&found](const Result<Waiting>& proposals) { found = proposals ? int(proposals->size()) : -2; },
            m_window.get());
        (void)QTest::qWaitFor([&found] { return found != -1; }, kLongMs);
        return found;
    }
    LabelId label(const QString& path) const {
        const auto found = session()->tree()->tree.resolve(fromQt(path));
        return found ? *found : LabelId{};
    }
    int childrenOf(const QString& path) const { return tree()->rowCount(tree()->indexOf(label(path))); }
    void select(const QString& path) const {
        m_window->selection()->setLabel(label(path));
        view()->setFocus();
    }
    LabelTreeModel* tree() const { return m_window->treePanel()->model(); }
    QString names(const QModelIndex& parent = {}) const {
        QStringList parts;
        for (int row = 0; row < tree()->rowCount(parent); ++row) {
            const QModelIndex index = tree()->index(row, 0, parent);
            const QString below = names(index);
            parts << index.data().toString() + (below.isEmpty() ? QString() : QStringLiteral("(%1)").arg(below));
        }
        return parts.join(u' ');
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
    test::TempFolder m_grown;
    std::int64_t m_revision = 0;
    QString m_names, m_soil, m_lamp;
};

QTEST_MAIN(TestProposalPane)
#include "tst_proposal_pane.moc"
