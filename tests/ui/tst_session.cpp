// SPDX-License-Identifier: GPL-3.0-or-later
// The session: open, edit, undo, import, close, each off the interface thread and each with one answer.
#include <QSignalSpy>
#include <QTest>
#include <fstream>

#include "tests/support/event_loop_watchdog.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/test_project.h"
#include "ui/session/branch_colors.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
tree::Edit renameOf(LabelId label, const char* name) {
    tree::Edit edit;
    edit.kind = tree::EditKind::Rename;
    edit.label = label;
    edit.text = name;
    return edit;
}
}  // namespace

class TestSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void opensEditsAndUndoes() {
        const test::TempFolder folder;
        ProjectSession session;
        QSignalSpy trees(&session, &ProjectSession::treeChanged);
        session.open(test::makeGrownProject(folder.path(), 60));
        QVERIFY(!session.isOpen() && session.isOpening());
        QTRY_VERIFY(session.isOpen());
        QCOMPARE(session.projectName(), QStringLiteral("Garden"));
        QVERIFY(session.writable());
        QCOMPARE(session.status().documents, 60);
        QCOMPARE(session.tree()->tree.size(), std::size_t(7));
        const LabelId soil = *session.tree()->tree.resolve("Soil");
        bool answered = false;
        session.edit(renameOf(soil, "Earth"), [&](Result<project::EditOutcome> outcome) {
            answered = true;
            QVERIFY(outcome);
            // The answer sees the new tree.
            QCOMPARE(session.tree()->revision, outcome->revision);
            QCOMPARE(session.tree()->tree.at(soil).name, std::string("Earth"));
        });
        QVERIFY(!answered);  // never at once
        QTRY_VERIFY(answered);
        QVERIFY(session.undoText().contains(QStringLiteral("Earth")));
        session.undo();
        QTRY_COMPARE(session.tree()->tree.at(soil).name, std::string("Soil"));
        QVERIFY(session.redoText().contains(QStringLiteral("Earth")));
        QVERIFY(trees.count() >= 3);
    }

    void refusalsComeAsErrors() {
        const test::TempFolder folder;
        ProjectSession session;
        QSignalSpy failures(&session, &ProjectSession::openFailed);
        session.open(fromPath(folder / "nowhere.espalier"));
        QTRY_COMPARE(failures.count(), 1);
        QVERIFY(!session.isOpen() && !session.isOpening());
        session.open(test::makeProject(folder.path(), 10, true));
        QTRY_VERIFY(session.isOpen());
        std::optional<ErrorCode> code;
        session.edit(renameOf(LabelId{9999}, "x"), [&](Result<project::EditOutcome> outcome) {
            if (!outcome) code = outcome.error().code;
        });
        QTRY_VERIFY(code.has_value());
        QCOMPARE(*code, ErrorCode::NotFound);
        QSignalSpy failed(&session, &ProjectSession::failed);
        session.edit(renameOf(LabelId{9999}, "x"));  // nobody answers: the session says so
        QTRY_COMPARE(failed.count(), 1);
    }

    void answersOfAClosedProjectAreCancelled() {
        const test::TempFolder folder;
        ProjectSession session;
        session.open(test::makeGrownProject(folder.path(), 60));
        QTRY_VERIFY(session.isOpen());
        int cancelled = 0, answers = 0;
        for (int n = 0; n < 5; ++n)
            session.documents({}, [&](Result<project::DocumentPage> page) {
                ++answers;
                cancelled += wasCancelled(page) ? 1 : 0;
            });
        session.close();
        QTRY_COMPARE(answers, 5);
        QCOMPARE(cancelled, 5);
    }

    void aNewerQuestionReplacesTheWaitingOne() {
        const test::TempFolder folder;
        ProjectSession session;
        session.open(test::makeGrownProject(folder.path(), 60));
        QTRY_VERIFY(session.isOpen());
        int answers = 0, served = 0;
        int key = 0;
        for (int n = 0; n < 30; ++n)
            session.documents(
                {}, [&](Result<project::DocumentPage> page) { ++answers, served += page.ok() ? 1 : 0; }, nullptr, &key);
        QTRY_COMPARE(answers, 30);
        QVERIFY2(served >= 1 && served < 30, qPrintable(QString::number(served)));
    }

    void aSecondWindowReadsOnly() {
        const test::TempFolder folder;
        const QString path = test::makeGrownProject(folder.path(), 20);
        auto other = project::Project::open(toPath(path), project::Access::ReadWrite);
        QVERIFY(other && (*other)->holdLock());
        ProjectSession session;
        session.open(path);
        QTRY_VERIFY(session.isOpen());
        QVERIFY(!session.writable());
        QVERIFY2(session.readOnlyReason().contains(QStringLiteral("process")), qPrintable(session.readOnlyReason()));
        std::optional<ErrorCode> code;
        session.edit(renameOf(*session.tree()->tree.resolve("Soil"), "x"), [&](Result<project::EditOutcome> outcome) {
            code = outcome ? ErrorCode::Internal : outcome.error().code;
        });
        QTRY_VERIFY(code.has_value());
        QCOMPARE(*code, ErrorCode::Busy);
        other->reset();
        QSignalSpy changed(&session, &ProjectSession::readOnlyChanged);
        session.retryLock();
        QTRY_COMPARE(changed.count(), 1);
        QVERIFY(session.writable());
    }

    void importsWithoutBlocking() {
        const test::TempFolder folder;
        ProjectSession session;
        session.create(fromPath(folder / "New.espalier"));
        QTRY_VERIFY(session.isOpen());
        const QString corpus = fromPath(test::writeCorpus(folder.path(), 20000));
        test::EventLoopWatchdog watchdog;
        std::optional<project::ImportReport> report;
        QSignalSpy documents(&session, &ProjectSession::documentsChanged);
        ImportHandle* handle = session.importCorpus({corpus}, {}, [&](Result<project::ImportReport> done) {
            if (done) report = std::move(done).value();
        });
        QSignalSpy progress(handle, &ImportHandle::progress);
        int read = 0;  // reading goes on meanwhile
        while (!report) {
            bool page = false;
            session.documents({}, [&](Result<project::DocumentPage>) { page = true; });
            QTRY_VERIFY_WITH_TIMEOUT(page, 20000);
            ++read;
            QVERIFY(read < 100000);
        }
        QCOMPARE(report->kept, 20000);
        QVERIFY(read > 1);
        QVERIFY(progress.count() > 0);
        QVERIFY(documents.count() >= 1);
        qInfo("%s", qPrintable(watchdog.report()));
        QCOMPARE(watchdog.gaps(), 0);
    }

    void aStoppedImportLeavesNothing() {
        const test::TempFolder folder;
        ProjectSession session;
        session.create(fromPath(folder / "New.espalier"));
        QTRY_VERIFY(session.isOpen());
        std::optional<ErrorCode> code;
        ImportHandle* handle = session.importCorpus(
            {fromPath(test::writeCorpus(folder.path(), 60000))}, {},
            [&](Result<project::ImportReport> done) { code = done ? ErrorCode::Internal : done.error().code; });
        connect(handle, &ImportHandle::progress, handle, &ImportHandle::stop);
        QTRY_VERIFY_WITH_TIMEOUT(code.has_value(), 20000);
        QCOMPARE(*code, ErrorCode::Cancelled);
        QCOMPARE(session.status().documents, 0);
    }

    void selectionFollowsLabels() {
        const test::TempFolder folder;
        ProjectSession session;
        Selection selection(&session);
        session.open(test::makeGrownProject(folder.path(), 60));
        QTRY_VERIFY(session.isOpen());
        const auto& tree = session.tree()->tree;
        const LabelId soil = *tree.resolve("Soil"), peat = *tree.resolve("Soil/Peat"),
                      clay = *tree.resolve("Soil/Clay");
        selection.setLabel(soil);
        selection.setLabels({peat, clay}, clay);
        selection.setDocument(DocumentKey{1});
        QVERIFY(selection.documentIsSubject());
        QVERIFY(selection.canGoBack());
        selection.back();
        selection.back();
        QCOMPARE(selection.label(), soil);
        selection.forward();
        QCOMPARE(selection.label(), clay);
        selection.setLabels({peat, clay}, clay);
        tree::Edit merge;
        merge.kind = tree::EditKind::Merge;
        merge.label = peat;
        merge.others = {clay};
        session.edit(merge);
        QTRY_COMPARE(selection.label(), peat);  // what took its documents
        QCOMPARE(selection.labels(), QList<LabelId>{peat});
        session.close();
        QTRY_VERIFY(!selection.label());
    }

    void branchesKeepTheirColourForLife() {
        const test::TempFolder folder;
        ProjectSession session;
        BranchColors colors(&session);
        session.open(test::makeGrownProject(folder.path(), 40));
        QTRY_VERIFY(session.isOpen());
        const LabelId soil = *session.tree()->tree.resolve("Soil"), light = *session.tree()->tree.resolve("Light");
        const LabelId peat = *session.tree()->tree.resolve("Soil/Peat");
        const int ofSoil = colors.place(soil).branch, ofLight = colors.place(light).branch;
        QVERIFY(ofSoil != ofLight);
        QCOMPARE(colors.place(peat).branch, ofSoil);
        QCOMPARE(colors.place(peat).level, 1);
        tree::Edit move;
        move.kind = tree::EditKind::Move;
        move.label = light;
        move.parent = session.tree()->tree.root();
        move.index = 0;
        session.edit(move);
        QTRY_COMPARE(session.tree()->tree.at(session.tree()->tree.root()).children.front(), light);
        QCOMPARE(colors.place(soil).branch, ofSoil);
        QCOMPARE(colors.place(light).branch, ofLight);
        // Another window of the same project agrees.
        ProjectSession second;
        BranchColors again(&second);
        second.open(session.projectPath());
        QTRY_VERIFY(second.isOpen());
        QCOMPARE(again.place(soil).branch, ofSoil);
        QCOMPARE(again.place(light).branch, ofLight);
    }

    void settingsSurvive() {
        const test::TempFolder folder;
        const QString file = fromPath(folder / "espalier.ini");
        {
            Settings settings(file);
            settings.setTheme(Settings::ThemeChoice::Dark);
            settings.setAuthor(QStringLiteral("  Ada  "));
            settings.setThreads(3);
            for (int n = 0; n < 12; ++n) settings.addRecentProject(QStringLiteral("/p/%1.espalier").arg(n));
            settings.addRecentProject(QStringLiteral("/p/5.espalier"));
            settings.setBranchOrder(QStringLiteral("u"), {4, 9, 2});
            settings.setLayout(QStringLiteral("curate"), QByteArray("state"));
        }
        Settings settings(file);
        QCOMPARE(settings.theme(), Settings::ThemeChoice::Dark);
        QCOMPARE(settings.author(), QStringLiteral("Ada"));
        QCOMPARE(settings.threads(), 3);
        QCOMPARE(settings.recentProjects().size(), 10);
        QCOMPARE(settings.recentProjects().first(), QStringLiteral("/p/5.espalier"));
        QCOMPARE(settings.branchOrder(QStringLiteral("u")), (QList<qint64>{4, 9, 2}));
        settings.clearLayouts();
        QVERIFY(settings.layout(QStringLiteral("curate")).isEmpty());
        // A broken file is no reason not to start.
        std::ofstream(toPath(fromPath(folder / "broken.ini"))) << "\x00\xff[[[=\n;;" << std::string(100, '\xfe');
        Settings broken(fromPath(folder / "broken.ini"));
        QCOMPARE(broken.theme(), Settings::ThemeChoice::System);
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
