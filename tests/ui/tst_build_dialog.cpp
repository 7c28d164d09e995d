// SPDX-License-Identifier: GPL-3.0-or-later
// What the Build dialog offers to grow the tree from, and that the choice reaches the job.
#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/session/project_session.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
constexpr int kLongMs = 20000;

struct World {
    test::TempFolder folder;
    test::ScriptedDialogs dialogs;
    std::unique_ptr<MainWindow> window = std::make_unique<MainWindow>();

    explicit World(bool vectors, int documents = 40) {
        window->jobs()->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        window->resize(1280, 720);
        window->show();
        const QString project = test::makeProject(folder.path(), documents, false);
        if (vectors) test::addEncoder(folder.path(), project);
        window->openProject(project);
        if (!QTest::qWaitFor([this] { return window->session()->isOpen() && window->settled(); }, kLongMs))
            qFatal("the project did not open");
    }
    QDialog* build() const {
        window->findChild<QAction*>(QStringLiteral("build"))->trigger();
        QDialog* dialog = nullptr;
        if (!QTest::qWaitFor(
                [&] { return (dialog = window->findChild<QDialog*>(QStringLiteral("buildDialog"))) != nullptr; }))
            qFatal("no dialog");
        return dialog;
    }
    /// Options of the job that a dialog started.
    QJsonObject accept(QDialog* dialog) const {
        const auto before = window->jobs()->jobs().size();
        dialog->findChild<QPushButton*>(QStringLiteral("acceptButton"))->click();
        if (!QTest::qWaitFor([&] { return window->jobs()->jobs().size() > before; })) qFatal("no job");
        return window->jobs()->jobs().last()->options();
    }
};

QComboBox* source(QDialog* dialog) {
    return dialog->findChild<QComboBox*>(QStringLiteral("buildSource"));
}
QString cost(QDialog* dialog) {
    return dialog->findChild<QLabel*>(QStringLiteral("buildCost"))->text();
}
}  // namespace

class TestBuildDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void withoutVectorsThereAreWordsOnly() {
        const World world(false);
        QDialog* dialog = world.build();
        QCOMPARE(source(dialog)->count(), 1);
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words only"));
        QVERIFY(cost(dialog).contains(QStringLiteral("Embed the documents first")));
        QCOMPARE(world.accept(dialog).value(QStringLiteral("vectors")).toString(), QStringLiteral("none"));
    }

    void defaultIsWordsAndMeaning() {
        const World world(true);
        QDialog* dialog = world.build();
        QCOMPARE(source(dialog)->count(), 2);
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words and meaning (base)"));
        QVERIFY(cost(dialog).contains(QStringLiteral("times as long")));
        QCOMPARE(world.accept(dialog).value(QStringLiteral("vectors")).toString(), QStringLiteral("base"));
    }

    void wordsOnlyReachesTheJob() {
        const World world(true);
        QDialog* dialog = world.build();
        source(dialog)->setFocus();
        QTest::keyClick(source(dialog), Qt::Key_Down);
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words only"));
        QVERIFY(cost(dialog).contains(QStringLiteral("quickest")));
        QCOMPARE(world.accept(dialog).value(QStringLiteral("vectors")).toString(), QStringLiteral("none"));
    }
};

QTEST_MAIN(TestBuildDialog)
#include "tst_build_dialog.moc"
