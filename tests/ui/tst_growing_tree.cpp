// SPDX-License-Identifier: GPL-3.0-or-later
// The first tree of a project fills while it grows, gives way to the real one, and what has grown is kept on Stop.
#include <QAccessible>
#include <QApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QTreeView>
#include <memory>

#include "core/project/job_results.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/models/growing_tree_model.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/project_session.h"
#include "ui/shell/main_window.h"
#include "ui/shell/toast.h"
#include "ui/style/empty_state.h"
#include "ui/style/theme.h"
#include "ui/tree/growing_tree.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
constexpr int kLongMs = 20000;

QJsonObject label(int id, int parent, const QString& name, int documents = 10) {
    return {{QStringLiteral("event"), QStringLiteral("label")},
            {QStringLiteral("id"), id},
            {QStringLiteral("parent"), parent},
            {QStringLiteral("name"), name},
            {QStringLiteral("terms"), QJsonArray{name}},
            {QStringLiteral("documents"), documents}};
}
QJsonObject whole(int id) {
    return {{QStringLiteral("event"), QStringLiteral("whole")}, {QStringLiteral("id"), id}};
}

struct World {
    test::TempFolder folder;
    test::ScriptedDialogs dialogs;
    std::unique_ptr<MainWindow> window = std::make_unique<MainWindow>();

    World() {
        window->jobs()->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        window->resize(1280, 720);
        window->show();
        window->openProject(test::makeProject(folder.path(), 40, false));
        if (!QTest::qWaitFor([this] { return window->session()->isOpen() && window->settled(); }, kLongMs))
            qFatal("the project did not open");
    }
    /// What a worker would leave: a tree of two labels.
    QString result() const {
        project::BuildResult build;
        build.fromRevision = window->session()->tree()->revision;
        build.hash = std::string(64, '0');
        build.simd = "base";
        for (const auto& [parent, name] : {std::pair(-1, "All documents"), std::pair(0, "Soil"), std::pair(0, "Light")})
            build.nodes.push_back({parent, name, {}, parent < 0 ? "" : "The work was stopped before it was split."});
        const auto path = folder.path() / "result";
        std::filesystem::create_directories(path);
        if (!project::writeBuildResult(path, build)) qFatal("no result");
        return fromPath(path);
    }
    Job* grow(const QString& result = {}) const {
        QJsonObject options{{QStringLiteral("fake"), QStringLiteral("grow")}};
        if (!result.isEmpty()) options.insert(QStringLiteral("fake_result"), result);
        return window->jobs()->start(QStringLiteral("build"), options, QStringLiteral("Build tree"));
    }
    QString toast() const { return window->findChild<Toast*>()->text(); }
    QTreeView* growing() const { return window->findChild<QTreeView*>(QStringLiteral("growingLabels")); }
    QString said(const char* name) const { return window->findChild<QLabel*>(QString::fromLatin1(name))->text(); }
};
}  // namespace

class TestGrowingTree : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void modelGrows() {
        GrowingTreeModel model;
        model.clear(100);
        model.add({label(1, 0, QStringLiteral("Soil"), 60), label(2, 0, QStringLiteral("Light"), 40)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.open(), 2);
        model.add({label(3, 1, QStringLiteral("Peat"), 15), whole(2), label(3, 1, QStringLiteral("Again")),
                   label(5, 4, QStringLiteral("Orphan")), whole(99)});
        QCOMPARE(model.labels(), 3);
        QCOMPARE(model.open(), 1);  // Peat alone: Soil was split, Light stays whole
        const QModelIndex soil = model.index(0, 0);
        const QModelIndex peat = model.index(0, 0, soil);
        QCOMPARE(peat.data().toString(), QStringLiteral("Peat"));
        QCOMPARE(peat.parent(), soil);
        QCOMPARE(soil.data(LabelTreeModel::ShareOfParentRole).toDouble(), 0.6);
        QCOMPARE(peat.data(LabelTreeModel::ShareOfParentRole).toDouble(), 0.25);
        QCOMPARE(peat.data(GrowingTreeModel::BranchRole).toInt(), 0);
        QCOMPARE(peat.data(LabelTreeModel::LevelRole).toInt(), 1);
        QVERIFY(peat.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("being looked at")));
        QVERIFY(!soil.data(GrowingTreeModel::OpenRole).toBool());
        model.clear(10);
        QCOMPARE(model.labels(), 0);
        QCOMPARE(model.rowCount(), 0);
    }

    void treeFillsAndGivesWay() {
        const World world;
        QTreeView* view = world.growing();
        auto* stop = world.window->findChild<QPushButton*>(QStringLiteral("stopGrowing"));
        world.window->treePanel()->findChild<EmptyState*>()->button()->setFocus();
        Job* job = world.grow(world.result());
        QTRY_VERIFY(view->isVisible());
        QTRY_COMPARE(view->model()->rowCount(), 2);
        QTRY_VERIFY(view->hasFocus());  // and never the Stop button, which a stray key would press
        const QModelIndex soil = view->model()->index(0, 0);
        QTRY_COMPARE(view->model()->rowCount(soil), 2);
        QVERIFY(view->isExpanded(soil));
        QTRY_COMPARE(world.said("growingState"), QStringLiteral("4 labels so far · 2 still being looked at"));
        QVERIFY(!(view->model()->flags(soil) & Qt::ItemIsEditable));
        // A click tells the terms, as do the arrow keys.
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(soil).center());
        QCOMPARE(world.said("growingTerms"), QStringLiteral("soil, roots"));
        QTest::keyClick(view, Qt::Key_Down);
        QCOMPARE(world.said("growingTerms"), QStringLiteral("peat"));
        QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(view);
        QVERIFY(accessible && !accessible->text(QAccessible::Name).isEmpty());

        QTRY_VERIFY(stop->isEnabled());
        QTest::mouseClick(stop, Qt::LeftButton);
        QTRY_COMPARE(job->state(), JobState::Stopped);
        QTRY_VERIFY(!view->isVisible());
        LabelTreeView* real = world.window->treePanel()->view();
        QVERIFY(real->isVisible());
        QCOMPARE(real->model()->rowCount(), 2);
        QTRY_COMPARE(world.toast(), QStringLiteral("Stopped: the 2 labels that had grown are kept."));
    }

    void nothingIsKeptOfNothing() {
        const World world;
        Job* job = world.window->jobs()->start(QStringLiteral("build"),
                                               {{QStringLiteral("fake"), QStringLiteral("error out_of_memory")}},
                                               QStringLiteral("Build"));
        QTRY_COMPARE(job->state(), JobState::Failed);
        QVERIFY(!world.growing()->isVisible());
        QVERIFY(!world.window->findChild<GrowingTree*>()->active());
        Job* second = world.grow();
        QTRY_VERIFY(world.growing()->isVisible());
        second->discard();
        QTRY_COMPARE(second->state(), JobState::Stopped);
        QVERIFY(!world.growing()->isVisible());
        QVERIFY(world.toast().isEmpty());
    }

    // A tree that is replaced stays in sight and can be edited while the new one is computed.
    void aTreeThatIsThereStays() {
        const test::TempFolder grown;
        const World world;
        world.window->openProject(test::makeGrownProject(grown.path(), 40));
        QTRY_VERIFY(world.window->session()->tree() && world.window->session()->tree()->grown());
        Job* job = world.window->jobs()->start(
            QStringLiteral("build"),
            {{QStringLiteral("fake"), QStringLiteral("grow")}, {QStringLiteral("replace"), true}},
            QStringLiteral("Build"));
        QTRY_VERIFY(job->done() > 2);
        QVERIFY(!world.growing()->isVisible());
        QVERIFY(world.window->treePanel()->view()->isVisible());
        job->discard();
        QTRY_VERIFY(!job->active());
    }

    void closingTheProjectEndsIt() {
        const World world;
        world.grow();
        QTRY_VERIFY(world.growing()->isVisible());
        world.window->session()->close();
        QTRY_VERIFY(!world.window->findChild<GrowingTree*>()->active());
    }
};

QTEST_MAIN(TestGrowingTree)
#include "tst_growing_tree.moc"
