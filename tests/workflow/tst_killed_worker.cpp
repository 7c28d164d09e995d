// SPDX-License-Identifier: GPL-3.0-or-later
// The computing process is killed (SIGKILL) in the middle of every kind of work: the window goes on, says in plain
// words what happened, takes over nothing half done, and the same work can be started again at once.
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QTest>
#include <csignal>
#include <memory>

#include "tests/support/event_loop_watchdog.h"
#include "tests/support/temp_folder.h"
#include "tests/workflow/support/person.h"
#include "tests/workflow/support/planted_corpus.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/job_row.h"
#include "ui/jobs/query_client.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
constexpr int kPerPart = 25;
constexpr int kDocuments = kPerPart * test::kSubjects * test::kPartsOfASubject;
constexpr int kJobMs = 90000;

template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return std::move(result).value();
}

// Children of this process that run the worker's program.
QList<qint64> workers() {
    QList<qint64> found;
    for (const QString& entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        QFile stat(QStringLiteral("/proc/%1/stat").arg(entry));
        if (!entry[0].isDigit() || !stat.open(QIODevice::ReadOnly)) continue;
        const QByteArray line = stat.readAll();
        const QList<QByteArray> after = line.mid(line.lastIndexOf(')') + 2).split(' ');
        const bool ours = after.size() > 1 && after[1].toLongLong() == QCoreApplication::applicationPid();
        if (ours && after[0] != "Z" && line.contains("(espalier-worker)")) found << entry.toLongLong();
    }
    return found;
}
}  // namespace

class TestKilledWorker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        qputenv("ESPALIER_WORKER", ESPALIER_BIN_DIR "/espalier-worker");
        theme().install(*qApp, ThemeMode::Light);
        m_slow = fromPath(test::writePlantedEncoder(m_models.path() / "slow-encoder", true));
        m_tiny = fromPath(test::writePlantedEncoder(m_models.path() / "tiny-encoder"));
    }
    void init() {
        m_folder = std::make_unique<test::TempFolder>();
        const QString path = fromPath(m_folder->path() / "Almanac.espalier");
        {
            const auto project = must(project::Project::create(toPath(path)));
            jobs::JobContext context;
            (void)must(project->importCorpus({test::writePlantedCorpus(m_folder->path(), kPerPart)}, {}, context));
        }
        Settings::instance().clearLayouts();
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openProject(path);
        QTRY_VERIFY(session()->isOpen());
        QTRY_VERIFY(m_window->settled());
        m_watchdog = std::make_unique<test::EventLoopWatchdog>();
    }
    void cleanup() {
        if (QTest::currentTestFailed())
            QGuiApplication::primaryScreen()->grabWindow(0).save(
                QStringLiteral("failed-%1.png").arg(QString::fromLatin1(QTest::currentTestFunction())));
        qInfo("%s: %s", QTest::currentTestFunction(), qPrintable(m_watchdog->report()));
        const int gaps = m_watchdog->gaps();
        m_watchdog.reset();
        m_window.reset();
        m_folder.reset();
        QVERIFY2(gaps == 0, "the window did not answer for over 100 ms; the stack is above");
    }

    void whileTheTreeIsBuilt() {
        const auto revision = session()->status().revision;
        DO(press("ctrl+b"));
        QVERIFY2(m_user.dialog(QStringLiteral("buildDialog")), qPrintable(m_user.fault()));
        DO(press("alt+m"));
        QVERIFY(test::awaited(QStringLiteral("buildChildren")));
        DO(press("alt+t"));              // at most so many top labels
        DO(type(QStringLiteral("40")));  // long enough to be caught at it
        DO(press("Return"));
        Job* job = nullptr;
        QTRY_VERIFY((job = jobs()->activeJob(QStringLiteral("build"))));
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 0 || !job->active(), kJobMs);
        killWorkerOf(job, QStringLiteral("Building the tree ended early"));
        if (QTest::currentTestFailed()) return;
        // Nothing of it is there, and the window works: labels can be made by hand.
        QCOMPARE(session()->status().revision, revision);
        QCOMPARE(session()->status().labels, 0);
        QTRY_VERIFY(QDir(session()->projectPath() + QStringLiteral("/jobs")).isEmpty());
        DO(click(test::seen(QStringLiteral("addLabelButton"))));
        QVERIFY2(m_user.dialog(QStringLiteral("textDialog")), qPrintable(m_user.fault()));
        DO(type(QStringLiteral("By hand")));
        DO(press("Return"));
        QTRY_COMPARE(session()->status().labels, 1);
        DO(press("ctrl+z"));
        QTRY_COMPARE(session()->status().labels, 0);
        // The same once more, with the button beside the sentence.
        Job* again = startAgain(job);
        QVERIFY(again);
        QTRY_VERIFY_WITH_TIMEOUT(!again->active(), kJobMs);
        QCOMPARE(again->state(), JobState::Done);
        QVERIFY(session()->status().labels > 1);
        QTRY_COMPARE(m_window->treePanel()->model()->rowCount() > 1, true);
        checkProject();
    }

    void whileDocumentsAreEmbedded() {
        embedWith(m_slow);
        if (QTest::currentTestFailed()) return;
        Job* job = nullptr;
        QTRY_VERIFY((job = jobs()->activeJob(QStringLiteral("embed"))));
        QTRY_VERIFY_WITH_TIMEOUT((job->phase() == QLatin1String("embed") && job->done() > 0) || !job->active(), kJobMs);
        QVERIFY(job->done() < kDocuments);
        killWorkerOf(job, QStringLiteral("Embedding the documents ended early"));
        if (QTest::currentTestFailed()) return;
        QVERIFY(session()->status().models.empty());
        Job* again = startAgain(job);
        QVERIFY(again);
        QTRY_VERIFY_WITH_TIMEOUT(!again->active(), kJobMs);
        QCOMPARE(again->state(), JobState::Done);
        QCOMPARE(session()->status().models.size(), std::size_t(1));
        QCOMPARE(session()->status().models[0].documents, kDocuments);
        checkProject();
    }

    void whileAnEncoderIsTrained() {
        DO(press("ctrl+b"));
        QVERIFY2(m_user.dialog(QStringLiteral("buildDialog")), qPrintable(m_user.fault()));
        DO(press("Return"));
        QTRY_VERIFY_WITH_TIMEOUT(session()->status().labels > 1 && jobs()->activeCount() == 0, kJobMs);
        embedWith(m_tiny);
        if (QTest::currentTestFailed()) return;
        auto* kind = test::awaited(QStringLiteral("lengthKind"), kJobMs);
        QVERIFY(kind);
        QTRY_COMPARE_WITH_TIMEOUT(jobs()->activeCount(), 0, kJobMs);
        DO(press("alt+g"));
        QTRY_VERIFY(kind->hasFocus());
        DO(press({QStringLiteral("End"), QStringLiteral("Tab"), QStringLiteral("ctrl+a")}));
        DO(type(QStringLiteral("900000")));
        DO(press("Tab"));
        DO(click(test::seen(QStringLiteral("startTraining"))));
        Job* job = nullptr;
        QTRY_VERIFY((job = jobs()->activeJob(QStringLiteral("train"))));
        QTRY_VERIFY_WITH_TIMEOUT((job->phase() == QLatin1String("train") && job->done() > 5) || !job->active(), kJobMs);
        killWorkerOf(job, QStringLiteral("The training ended early"));
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY(!session()->status().runs.empty() &&
                    session()->status().runs[0].state == project::RunState::Failed);
        QVERIFY(session()->status().runs[0].modelFolder.empty());
        QCOMPARE(session()->status().models.size(), std::size_t(1));
        QCOMPARE(jobs()->activeCount(), 0);  // nothing is embedded or compared that is not there
        // Started again under a name of its own, and stopped: this one keeps its model.
        Job* again = startAgain(job);
        QVERIFY(again);
        QTRY_VERIFY_WITH_TIMEOUT((again->phase() == QLatin1String("train") && again->done() > 2) || !again->active(),
                                 kJobMs);
        DO(click(rowOf(again)->findChild<QPushButton*>(QStringLiteral("stop"))));
        QTRY_COMPARE_WITH_TIMEOUT(again->state(), JobState::Stopped, kJobMs);
        QTRY_COMPARE(session()->status().runs.size(), std::size_t(2));
        for (const project::RunInfo& run : session()->status().runs)
            QCOMPARE(run.modelFolder.empty(), run.name == "run-1");
        QTRY_COMPARE_WITH_TIMEOUT(jobs()->activeCount(), 0, kJobMs);
        checkProject();
    }

    void whileSearching() {
        DO(press("ctrl+3"));
        auto* query = qobject_cast<QLineEdit*>(test::awaited(QStringLiteral("searchQuery")));
        QVERIFY(query);
        QTRY_VERIFY(query->hasFocus());
        DO(type(test::wordOf(1, 1)));
        DO(press("Return"));
        auto* results = qobject_cast<QListView*>(test::awaited(QStringLiteral("searchResults"), kJobMs));
        QVERIFY(results);
        const int hits = results->model()->rowCount();
        QVERIFY(hits > 0);
        const QList<qint64> before = workers();
        QCOMPARE(before.size(), 1);
        QCOMPARE(::kill(pid_t(before.first()), SIGKILL), 0);
        QTRY_VERIFY(workers().isEmpty());
        // The next question starts a new one: the user sees an answer, no error.
        DO(press("ctrl+a"));
        DO(type(test::wordOf(2, 0)));
        DO(press("Return"));
        QTRY_VERIFY_WITH_TIMEOUT(!workers().isEmpty() && !jobs()->query()->busy(), kJobMs);
        QVERIFY(results->isVisible() && results->model()->rowCount() > 0);
        QVERIFY(jobs()->problems().isEmpty());
    }

private:
    ProjectSession* session() const { return m_window->session(); }
    JobManager* jobs() const { return m_window->jobs(); }

    static JobRow* rowOf(const Job* job) {
        return qobject_cast<JobRow*>(test::awaited(QStringLiteral("jobRow%1").arg(job->id())));
    }

    /// Through the Train workspace: "Choose a model folder…".
    void embedWith(const QString& encoder) {
        DO(press("ctrl+2"));
        // Without a tree the page asks for that first; the menu takes an encoder at any time.
        DO(press({QStringLiteral("alt+t"), QStringLiteral("c")}));
        DO(answerFileDialog(encoder));
    }

    /// Kills the worker of a running job and looks at what the window says about it.
    void killWorkerOf(Job* job, const QString& said) {
        QVERIFY2(job->active(), "the work was over before it could be killed");
        QFile events(job->folder() + QStringLiteral("/events.jsonl"));
        QVERIFY(events.open(QIODevice::ReadOnly));
        const qint64 pid = QJsonDocument::fromJson(events.readLine()).object().value(QLatin1String("pid")).toInteger();
        QVERIFY(workers().contains(pid));
        QCOMPARE(::kill(pid_t(pid), SIGKILL), 0);
        QTRY_COMPARE(job->state(), JobState::Failed);
        QVERIFY(job->problem());
        QVERIFY2(job->problem()->headline.startsWith(said), qPrintable(job->problem()->headline));
        QVERIFY(job->problem()->headline.contains(QStringLiteral("ended from outside")));
        QVERIFY(job->problem()->safe.contains(QStringLiteral("unchanged")));
        // In sight, without anybody looking for it.
        QTRY_VERIFY(test::seen(QStringLiteral("jobRow%1").arg(job->id())));
        QVERIFY(rowOf(job)->accessibleName().contains(said));
        QCOMPARE(jobs()->problems().size(), 1);
        QVERIFY(!workers().contains(pid));
    }

    /// With the button of its row.
    Job* startAgain(const Job* job) {
        const qsizetype before = jobs()->jobs().size();
        if (!m_user.click(rowOf(job)->findChild<QPushButton*>(QStringLiteral("again")))) {
            qWarning("%s", qPrintable(m_user.fault()));
            return nullptr;
        }
        if (!test::Person::wait([&] { return jobs()->jobs().size() > before; })) return nullptr;
        return jobs()->jobs().last();
    }

    /// Everything that is stored is whole.
    void checkProject() {
        std::optional<std::size_t> problems;
        session()->run<std::vector<project::Problem>>(
            [](project::Project& project, jobs::JobContext& context) { return project.check(context); },
            [&](Result<std::vector<project::Problem>> found) {
                if (!found) qWarning("%s", found.error().message.c_str());
                problems = found ? found->size() : 1;
                for (std::size_t i = 0; found && i < found->size(); ++i)
                    qWarning("%s %s", (*found)[i].what.c_str(), (*found)[i].file.c_str());
            });
        QTRY_VERIFY(problems.has_value());
        QCOMPARE(*problems, std::size_t(0));
    }

    test::Person m_user;
    test::TempFolder m_models;
    QString m_slow, m_tiny;
    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<test::EventLoopWatchdog> m_watchdog;
};

QTEST_MAIN(TestKilledWorker)
#include "tst_killed_worker.moc"
