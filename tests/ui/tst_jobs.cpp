// SPDX-License-Identifier: GPL-3.0-or-later
/// JobManager, QueryClient and the Jobs panel against a worker that misbehaves in every way we know.
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>
#include <QTimer>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/jobs_dock.h"
#include "ui/jobs/query_client.h"
#include "ui/session/project_session.h"
#include "ui/style/theme.h"

using namespace espalier;
using namespace espalier::ui;
using espalier::test::ScriptedDialogs;
using espalier::test::TempFolder;

namespace {
const QString kFakeWorker = QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker");
constexpr int kLongMs = 20000;

/// A project with a session and jobs over it, torn down in order.
struct World {
    TempFolder folder;
    ScriptedDialogs dialogs;
    ProjectSession session;
    std::unique_ptr<JobManager> jobs;

    explicit World(int documents = 40, bool tree = true) {
        const QString path = test::makeProject(folder.path(), documents, tree);
        jobs = std::make_unique<JobManager>(&session);
        jobs->setWorkerProgram(kFakeWorker);
        session.open(path);
        if (!QTest::qWaitFor([this] { return session.isOpen(); }, kLongMs)) qFatal("the project did not open");
    }
    Job* start(const QString& kind, const QString& fake, QJsonObject options = {}) {
        options.insert("fake", fake);
        return jobs->start(kind, options, "Test " + kind);
    }
    ~World() { jobs.reset(); }
};

#define WAIT_STATE(job, wanted) QTRY_COMPARE_WITH_TIMEOUT(int((job)->state()), int(wanted), kLongMs)
}  // namespace

class TestJobs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().install(*qApp, ThemeMode::Light); }

    void runsReportsAndEnds() {
        World world;
        Job* job = world.start("eval", "ok 8");
        QCOMPARE(int(job->state()), int(JobState::Queued));
        QSignalSpy finished(job, &Job::finished);
        int metrics = 0, batches = 0;
        qint64 checkpoint = 0;
        connect(job, &Job::metrics, this, [&](const QList<QJsonObject>& batch) {
            metrics += int(batch.size());
            ++batches;
        });
        connect(job, &Job::checkpoint, this, [&](qint64 step) { checkpoint = step; });
        WAIT_STATE(job, JobState::Done);
        QCOMPARE(finished.size(), 1);
        QCOMPARE(metrics, 8);
        QVERIFY(batches <= 4);  // drained by the clock, not one signal an event
        QCOMPARE(checkpoint, 4);
        QCOMPARE(job->warnings().size(), 1);
        QCOMPARE(job->result().value("steps").toInt(), 8);
        QCOMPARE(world.jobs->activeCount(), 0);
        // The folder of a job that is not adopted goes away.
        QTRY_VERIFY(!QFile::exists(job->folder()));
    }

    void oneHeavyJobAtATime() {
        World world;
        Job* first = world.start("eval", "forever");
        Job* second = world.start("eval", "ok 3");
        WAIT_STATE(first, JobState::Running);
        QTest::qWait(150);
        QCOMPARE(int(second->state()), int(JobState::Queued));
        QCOMPARE(world.jobs->runningJob(), first);
        first->stop();
        QCOMPARE(int(first->state()), int(JobState::Stopping));
        WAIT_STATE(first, JobState::Stopped);
        WAIT_STATE(second, JobState::Done);
    }

    void queuedJobCanBeStopped() {
        World world;
        Job* first = world.start("eval", "forever");
        Job* second = world.start("eval", "ok 3");
        WAIT_STATE(first, JobState::Running);
        second->stop();
        QCOMPARE(int(second->state()), int(JobState::Stopped));
        first->stop();
        WAIT_STATE(first, JobState::Stopped);
    }

    void pauseResumeStop() {
        World world;
        Job* job = world.start("eval", "forever");
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 2, kLongMs);
        QVERIFY(job->canPause());
        QElapsedTimer clock;
        clock.start();
        job->pause();
        QCOMPARE(int(job->state()), int(JobState::Pausing));
        WAIT_STATE(job, JobState::Paused);
        QVERIFY(clock.elapsed() < 2000);
        const qint64 at = job->done();
        QTest::qWait(200);
        QVERIFY(job->done() <= at + 1);
        job->resume();
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > at + 3, kLongMs);
        clock.restart();
        job->stop();
        WAIT_STATE(job, JobState::Stopped);
        QVERIFY(clock.elapsed() < 2000);
        QVERIFY(!job->problem());
        QVERIFY(world.jobs->problems().isEmpty());  // a stop is no problem
    }

    void timeLeftIsARangeAfterEnoughSteps() {
        World world;
        Job* job = world.start("eval", "forever");
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 0, kLongMs);
        QCOMPARE(job->timeLeftText(), QString("measuring…"));
        QTRY_VERIFY_WITH_TIMEOUT(job->secondsLeftLow() > 0, kLongMs);
        QVERIFY(job->secondsLeftHigh() > job->secondsLeftLow());
        QVERIFY(job->rate() > 5);
        QVERIFY2(job->timeLeftText().contains("to"), qPrintable(job->timeLeftText()));
        job->stop();
        WAIT_STATE(job, JobState::Stopped);
    }

    void killedWorkerLeavesTheWindowAlive_data() {
        QTest::addColumn<QString>("fake");
        QTest::addColumn<QString>("says");
        QTest::newRow("SIGKILL") << "kill"
                                 << "ended from outside";
        QTest::newRow("crash") << "crash"
                               << "crashed";
        QTest::newRow("garbled") << "garbled"
                                 << "does not understand";
        QTest::newRow("silent exit") << "silent"
                                     << "crashed";
        QTest::newRow("error") << "error numerical"
                               << "not finite";
    }
    void killedWorkerLeavesTheWindowAlive() {
        QFETCH(QString, fake);
        QFETCH(QString, says);
        World world;
        Job* job = world.start("build", fake);
        QSignalSpy finished(job, &Job::finished);
        WAIT_STATE(job, JobState::Failed);
        QCOMPARE(finished.size(), 1);
        QVERIFY(job->problem());
        QVERIFY2(job->problem()->headline.contains(says), qPrintable(job->problem()->headline));
        QVERIFY(job->problem()->safe.contains("tree you had"));
        QVERIFY(!job->problem()->action.isEmpty());
        QCOMPARE(world.jobs->problems().size(), 1);
        QVERIFY(world.session.isOpen());
        // And it can be started again.
        Job* again = world.jobs->startAgain(job);
        WAIT_STATE(again, JobState::Failed);
        QCOMPARE(world.jobs->problems().size(), 2);
    }

    void crashKeepsWhatTheWorkerSaid() {
        World world;
        Job* job = world.start("build", "crash");
        WAIT_STATE(job, JobState::Failed);
        QVERIFY2(job->problem()->details.contains("a planted fault"), qPrintable(job->problem()->details));
    }

    void killedFromOutsideWhileItRuns() {
        World world;
        Job* job = world.start("train", "forever", {{"name", "r1"}});
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 2, kLongMs);
        qint64 pid = 0;
        QFile events(job->folder() + "/events.jsonl");
        QVERIFY(events.open(QIODevice::ReadOnly));
        pid = QJsonDocument::fromJson(events.readLine()).object().value("pid").toInteger();
        QVERIFY(pid > 0);
        QProcess::execute("kill", {"-9", QString::number(pid)});
        WAIT_STATE(job, JobState::Failed);
        QVERIFY(job->problem()->headline.contains("ended from outside"));
        QVERIFY(job->problem()->safe.contains("earlier runs"));
        // The run does not stay "running" for ever.
        QTRY_VERIFY_WITH_TIMEOUT(
            !world.session.status().runs.empty() && world.session.status().runs[0].state == project::RunState::Failed,
            kLongMs);
    }

    void deafWorkerIsForced() {
        World world;
        Job* job = world.start("eval", "deaf");
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 2, kLongMs);
        job->stop();
        QCOMPARE(int(job->state()), int(JobState::Stopping));
        QTest::qWait(200);
        QCOMPARE(int(job->state()), int(JobState::Stopping));
        QVERIFY(!job->forceOffered());  // a second click at once is a double click
        QTRY_VERIFY(job->forceOffered());
        job->force();
        WAIT_STATE(job, JobState::Stopped);
        QVERIFY(world.jobs->problems().isEmpty());  // the user wanted it
    }

    void missingWorkerIsASentence() {
        World world;
        world.jobs->setWorkerProgram("/nonexistent/espalier-worker");
        QVERIFY(!world.jobs->workerInstalled());
        Job* job = world.start("build", "ok 1");
        WAIT_STATE(job, JobState::Failed);
        QVERIFY(job->problem()->headline.contains("not installed"));
        std::optional<Error> error;
        world.jobs->query()->search({{"query", "peat"}}, [&](Result<QJsonObject> answer) { error = answer.error(); });
        QTRY_VERIFY_WITH_TIMEOUT(error.has_value(), kLongMs);
        QVERIFY(QString::fromStdString(error->message).contains("not installed"));
    }

    void missingLibraryIsASentence() {
        World world;
        const auto script =
            world.folder.write("worker.sh",
                               "#!/bin/sh\necho 'error while loading shared libraries: libtorch_cpu.so' "
                               ">&2\nexit 127\n");
        QFile::setPermissions(QString::fromStdString(script.string()),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        world.jobs->setWorkerProgram(QString::fromStdString(script.string()));
        Job* job = world.start("train", "ok 1");
        WAIT_STATE(job, JobState::Failed);
        QVERIFY2(job->problem()->headline.contains("LibTorch"), qPrintable(job->problem()->headline));
        QVERIFY(job->problem()->details.contains("libtorch_cpu.so"));
    }

    void floodDoesNotBlockTheEventLoop() {
        World world;
        Job* job = world.start("eval", "flood 20000");
        QTimer ticker;
        QElapsedTimer since;
        qint64 longest = 0;
        int changes = 0;
        connect(job, &Job::changed, this, [&] { ++changes; });
        connect(&ticker, &QTimer::timeout, this, [&] { longest = std::max(longest, since.restart()); });
        since.start();
        ticker.start(5);
        WAIT_STATE(job, JobState::Done);
        QVERIFY2(longest < 500, qPrintable(QString::number(longest)));  // 100 ms on a quiet machine
        QVERIFY2(changes < 200, qPrintable(QString::number(changes)));
    }

    void slowExitAfterTheEndIsEnded() {
        World world;
        Job* job = world.start("eval", "slowexit 2");
        WAIT_STATE(job, JobState::Done);
        QCOMPARE(job->result().value("steps").toInt(), 2);
    }

    void closingAsksAndStops() {
        World world;
        bool may = false, answered = false;
        world.jobs->prepareToClose(nullptr, [&](bool yes) { may = yes; });
        QVERIFY(may);  // nothing runs: no question
        QVERIFY(world.dialogs.asked().isEmpty());

        Job* job = world.start("eval", "forever");
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 0, kLongMs);
        may = true;
        world.dialogs.answerChoice("Stay");
        world.jobs->prepareToClose(nullptr, [&](bool yes) {
            may = yes;
            answered = true;
        });
        QTRY_VERIFY(answered);
        QVERIFY(!may);
        QCOMPARE(int(job->state()), int(JobState::Running));
        QCOMPARE(world.dialogs.lastQuestion().choices.size(), std::size_t(2));  // only training can go on

        world.dialogs.answerChoice("Stop and close");
        answered = false;
        world.jobs->prepareToClose(nullptr, [&](bool yes) {
            may = yes;
            answered = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(answered, kLongMs);
        QVERIFY(may);
        QCOMPARE(int(job->state()), int(JobState::Stopped));
    }

    void trainingGoesOnInTheBackgroundAndIsFoundAgain() {
        const TempFolder folder;
        const QString path = test::makeProject(folder.path(), 40, true);
        ScriptedDialogs dialogs;
        QString runFolder;
        {
            ProjectSession session;
            JobManager jobs(&session);
            jobs.setWorkerProgram(kFakeWorker);
            session.open(path);
            QTRY_VERIFY_WITH_TIMEOUT(session.isOpen(), kLongMs);
            Job* job = jobs.start("train", {{"fake", "forever"}, {"name", "night"}}, "Training night");
            QTRY_VERIFY_WITH_TIMEOUT(job->done() > 2, kLongMs);
            runFolder = job->folder();
            dialogs.answerChoice("Keep training");
            bool may = false;
            jobs.prepareToClose(nullptr, [&](bool yes) { may = yes; });
            QTRY_VERIFY(may);
        }
        const qint64 size = QFileInfo(runFolder + "/events.jsonl").size();
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(runFolder + "/events.jsonl").size() > size + 500, kLongMs);

        ProjectSession session;
        JobManager jobs(&session);
        jobs.setWorkerProgram(kFakeWorker);
        session.open(path);
        QTRY_VERIFY_WITH_TIMEOUT(jobs.activeJob("train"), kLongMs);
        Job* found = jobs.activeJob("train");
        QVERIFY(found->background());
        QTRY_VERIFY_WITH_TIMEOUT(found->done() > 3, kLongMs);
        QVERIFY(found->statusLine().contains("background"));
        Job* waiting = jobs.start("eval", {{"fake", "ok 1"}}, "Waits for it");
        QTest::qWait(100);
        QCOMPARE(int(waiting->state()), int(JobState::Queued));
        found->pause();
        WAIT_STATE(found, JobState::Paused);
        found->resume();
        found->stop();
        // It wrote no result (it is a fake), so adoption says so; what matters: it ended and the next job ran.
        QTRY_VERIFY_WITH_TIMEOUT(!found->active(), kLongMs);
        WAIT_STATE(waiting, JobState::Done);
    }

    void queriesNewestWins() {
        World world;
        QStringList answered;
        const auto ask = [&](const QString& text) {
            world.jobs->query()->search({{"query", text}}, [&answered](Result<QJsonObject> answer) {
                answered << (answer ? answer->value("query").toString() : QString("error"));
            });
        };
        ask("slow one");
        ask("slow two");
        ask("three");
        QVERIFY(world.jobs->query()->busy());
        QTRY_COMPARE_WITH_TIMEOUT(answered, QStringList{"three"}, kLongMs);
        QTest::qWait(400);
        QCOMPARE(answered, QStringList{"three"});  // stale answers were dropped
        QVERIFY(!world.jobs->query()->busy());
        std::optional<Error> error;
        world.jobs->query()->search({{"query", "boom"}}, [&](Result<QJsonObject> answer) {
            if (!answer) error = answer.error();
        });
        QTRY_VERIFY_WITH_TIMEOUT(error.has_value(), kLongMs);
        QCOMPARE(int(error->code), int(ErrorCode::InvalidState));
    }

    void queryProcessThatDiesIsStartedAgainThenReported() {
        qputenv("ESPALIER_FAKE", "kill");
        World world;
        QSignalSpy died(world.jobs->query(), &QueryClient::processDied);
        std::optional<Error> error;
        world.jobs->query()->search({{"query", "peat"}}, [&](Result<QJsonObject> answer) {
            if (!answer) error = answer.error();
        });
        QTRY_VERIFY_WITH_TIMEOUT(error.has_value(), kLongMs);
        qunsetenv("ESPALIER_FAKE");
        QCOMPARE(died.size(), 2);
        QVERIFY(QString::fromStdString(error->message).contains("Nothing was changed"));
        bool fine = false;
        world.jobs->query()->search({{"query", "peat"}}, [&](Result<QJsonObject> answer) { fine = answer.ok(); });
        QTRY_VERIFY_WITH_TIMEOUT(fine, kLongMs);
    }

    void dockShowsAndSteers() {
        World world;
        JobsDock dock(world.jobs.get());
        dock.resize(900, 200);
        dock.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dock));
        QSignalSpy attention(&dock, &JobsDock::attentionWanted);
        Job* job = world.start("eval", "forever");
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 2, kLongMs);
        auto* row = dock.findChild<QWidget*>(QString("jobRow%1").arg(job->id()));
        QVERIFY(row);
        auto* pause = row->findChild<QPushButton*>("pause");
        auto* stop = row->findChild<QPushButton*>("stop");
        QTRY_VERIFY(pause->isVisible());
        QTest::mouseClick(pause, Qt::LeftButton);
        WAIT_STATE(job, JobState::Paused);
        QCOMPARE(pause->text(), QString("Resume"));
        pause->setFocus();
        QTest::keyClick(pause, Qt::Key_Space);
        WAIT_STATE(job, JobState::Running);
        QTest::mouseClick(stop, Qt::LeftButton);
        WAIT_STATE(job, JobState::Stopped);
        QTRY_VERIFY(row->findChild<QPushButton*>("again")->isVisible());

        Job* killed = world.start("build", "kill");
        WAIT_STATE(killed, JobState::Failed);
        QTRY_VERIFY(attention.size() > 0);
        auto* tabs = dock.findChild<QTabBar*>("jobsTabs");
        QCOMPARE(tabs->tabText(1), QString("Problems (1)"));
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(1).center());
        auto* problem = dock.findChild<QWidget*>("problem0");
        QTRY_VERIFY(problem && problem->isVisible());
        QTest::mouseClick(problem->findChild<QPushButton*>("copyDetails"), Qt::LeftButton);
        QVERIFY(QApplication::clipboard()->text().contains("signal 9"));
        QTest::mouseClick(problem->findChild<QPushButton*>("again"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(world.jobs->problems().size(), 2, kLongMs);
        QTest::mouseClick(dock.findChild<QPushButton*>("clearJobs"), Qt::LeftButton);
        QTRY_VERIFY(world.jobs->problems().isEmpty());
    }

    void everyErrorHasASentence() {
        for (int code = 0; code <= int(ErrorCode::Internal); ++code)
            for (int activity = 0; activity <= int(Activity::Other); ++activity) {
                const ErrorText text =
                    errorText(makeError(ErrorCode(code), "the file is odd", "/tmp/x.csv", 7), Activity(activity));
                QVERIFY(!text.headline.isEmpty());
                QVERIFY(text.headline.endsWith('.'));
                QVERIFY(!text.safe.isEmpty());
                QVERIFY(text.details.contains("/tmp/x.csv:7"));
                QVERIFY(!text.headline.contains('!') && !text.body().contains('!'));
            }
        const Error error = makeError(ErrorCode::Conflict, "moved on", "f", 3);
        const Error back = errorFromJson(errorToJson(error));
        QCOMPARE(int(back.code), int(error.code));
        QCOMPARE(back.message, error.message);
        QCOMPARE(back.line, error.line);
        QCOMPARE(int(errorFromJson({{"code", "no such code"}}).code), int(ErrorCode::Internal));
    }
};

QTEST_MAIN(TestJobs)
#include "tst_jobs.moc"
