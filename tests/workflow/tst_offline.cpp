// SPDX-License-Identifier: GPL-3.0-or-later
// The same way through the window as tst_workflow, and the program itself on the project, with every process they start
// under strace: nobody opens an internet socket.
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QTest>

#include "core/jobs/job_context.h"
#include "core/project/project.h"
#include "tests/support/temp_folder.h"
#include "tests/workflow/support/planted_corpus.h"
#include "ui/session/text.h"

using namespace espalier;

class TestOffline : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        m_strace = QStandardPaths::findExecutable(QStringLiteral("strace"));
        QVERIFY2(!m_strace.isEmpty(), "strace is needed (packaging/bootstrap.sh installs it)");
    }

    void aSocketWouldBeSeen() {
        // The measure itself: what bash does to reach a closed port of this machine is caught.
        const Traced traced = trace({QStringLiteral("bash"), QStringLiteral("-c"),
                                     QStringLiteral("(exec 3<>/dev/tcp/127.0.0.1/9) 2>/dev/null; true")});
        QVERIFY2(traced.internet() > 0, traced.log.left(2000).constData());
    }

    void aWholeSession() {
        const Traced traced = trace({QStringLiteral(ESPALIER_TEST_BIN_DIR "/tst_workflow")});
        QVERIFY2(traced.status == 0, traced.said.right(4000).constData());
        QVERIFY(traced.said.contains("0 failed"));
        QVERIFY(traced.said.contains("PASS   : TestWorkflow::everythingIsThereAgain()"));
        QVERIFY2(traced.internet() == 0, traced.log.left(4000).constData());
        // It was really traced: the display is reached through a local socket, the workers are among the processes.
        QVERIFY(traced.log.contains("AF_UNIX"));
        QVERIFY(traced.log.count("/espalier-worker\"") >= 6);
    }

    void theProgramOnAProject() {
        const test::TempFolder folder;
        const std::filesystem::path path = folder.path() / "Almanac.espalier";
        {
            auto project = project::Project::create(path);
            QVERIFY(project);
            jobs::JobContext context;
            QVERIFY((*project)->importCorpus({test::writePlantedCorpus(folder.path(), 5)}, {}, context));
        }
        const QString picture = ui::fromPath(folder / "search.png");
        const Traced traced = trace({QStringLiteral(ESPALIER_BIN_DIR "/espalier"), ui::fromPath(path),
                                     QStringLiteral("--workspace"), QStringLiteral("search"), QStringLiteral("--query"),
                                     test::wordOf(0, 0), QStringLiteral("--screenshot"), picture});
        QVERIFY2(traced.status == 0, traced.said.constData());
        QVERIFY(QFile::exists(picture));
        QVERIFY2(traced.internet() == 0, traced.log.left(4000).constData());
        QVERIFY(traced.log.contains("/espalier-worker\"") && traced.log.contains("/espalier-cli\""));
    }

private:
    struct Traced {
        int status = -1;
        QByteArray said, log;
        /// Sockets of the two internet families.
        qsizetype internet() const { return log.count("socket(AF_INET,") + log.count("socket(AF_INET6,"); }
    };

    Traced trace(const QStringList& command) {
        const QString log = ui::fromPath(m_folder / "strace.log");
        QFile::remove(log);
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("ESPALIER_TEST_TRACED"), QStringLiteral("1"));
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(m_strace, QStringList{QStringLiteral("-f"), QStringLiteral("--seccomp-bpf"), QStringLiteral("-s"),
                                            QStringLiteral("200"), QStringLiteral("-o"), log, QStringLiteral("-e"),
                                            QStringLiteral("trace=socket,execve")} +
                                    command);
        constexpr int kLongestMs = 200000;
        if (!process.waitForFinished(kLongestMs)) process.kill();
        process.waitForFinished();
        Traced traced;
        traced.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
        traced.said = process.readAll();
        QFile file(log);
        if (file.open(QIODevice::ReadOnly)) traced.log = file.readAll();
        return traced;
    }

    test::TempFolder m_folder;
    QString m_strace;
};

QTEST_GUILESS_MAIN(TestOffline)
#include "tst_offline.moc"
