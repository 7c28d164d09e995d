// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/worker_process.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>
#include <QThread>
#include <QTimer>

namespace espalier::ui {
namespace {
constexpr int kExitPatienceMs = 5000;
constexpr int kMalformedPatience = 20;
constexpr qsizetype kKeptStderr = 8 * 1024;
constexpr int kSigkill = 9;
constexpr int kLoaderFailed = 127;
}  // namespace

WorkerProcess::WorkerProcess(QObject* parent)
    : QObject(parent), m_process(new QProcess(this)), m_patience(new QTimer(this)) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // Threads that wait must not spin: the window needs the processor too.
    environment.insert(QStringLiteral("OMP_WAIT_POLICY"), QStringLiteral("passive"));
    m_process->setProcessEnvironment(environment);
    m_patience->setSingleShot(true);
    m_patience->setInterval(kExitPatienceMs);
    connect(m_patience, &QTimer::timeout, m_process, &QProcess::kill);
    connect(m_process, &QProcess::readyReadStandardOutput, this, &WorkerProcess::readOutput);
    connect(m_process, &QProcess::readyReadStandardError, this, [this] {
        m_stderr += m_process->readAllStandardError();
        if (m_stderr.size() > kKeptStderr) m_stderr = m_stderr.last(kKeptStderr);
    });
    connect(m_process, &QProcess::finished, this, [this] { finish(); });
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) fail(JobEvent::WorkerMissing, m_process->errorString());
    });
}

WorkerProcess::~WorkerProcess() {
    if (!m_process) return;
    m_process->disconnect(this);
    if (m_process->state() == QProcess::NotRunning) return;
    // Nobody waits here: the worker is told to stop, gets a moment, and is ended.
    constexpr int kLastMomentMs = 2000;
    QProcess* process = m_process;
    if (QThread::currentThread()->loopLevel() == 0) {
        // The program itself ends: no window is left that could be kept waiting, and no timer fires any more. Who
        // closed a window with jobs was asked before (JobManager::prepareToClose).
        process->closeWriteChannel();
        constexpr int kPartingMs = 300;
        if (!process->waitForFinished(kPartingMs)) {
            process->kill();
            process->waitForFinished(kLastMomentMs);
        }
        return;
    }
    process->setParent(QCoreApplication::instance());
    connect(process, &QProcess::finished, process, &QObject::deleteLater);
    QTimer::singleShot(kLastMomentMs, process, &QProcess::kill);
    process->closeWriteChannel();
}

bool WorkerProcess::installed(const QString& program) {
    const QFileInfo file(program);
    return file.isFile() && file.isExecutable();
}

void WorkerProcess::start(const QString& program) {
    if (!installed(program)) {
        QTimer::singleShot(0, this, [this, program] { fail(JobEvent::WorkerMissing, program); });
        return;
    }
    m_process->start(program, {});
}

void WorkerProcess::send(const QJsonObject& message) {
    if (m_process && m_process->state() != QProcess::NotRunning)
        m_process->write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
}

void WorkerProcess::closeInput() {
    if (m_process) m_process->closeWriteChannel();
}

void WorkerProcess::kill() {
    m_forced = true;
    if (m_process) m_process->kill();
}

void WorkerProcess::detach() {
    if (!m_process) return;
    send({{QStringLiteral("op"), QStringLiteral("detach")}});
    m_process->disconnect(this);
    constexpr int kWriteMs = 100;
    m_process->waitForBytesWritten(kWriteMs);
    // Only the destructor of QProcess would end the worker. So this one object is given up on purpose; its pipes close
    // when the program ends, which a detached worker does not mind.
    m_process->setParent(nullptr);
    m_process = nullptr;
    m_over = true;
}

bool WorkerProcess::running() const {
    return m_process && m_process->state() != QProcess::NotRunning;
}
qint64 WorkerProcess::processId() const {
    return m_process ? m_process->processId() : 0;
}

void WorkerProcess::readOutput() {
    m_buffer += m_process->readAllStandardOutput();
    qsizetype begin = 0;
    for (;;) {
        const qsizetype end = m_buffer.indexOf('\n', begin);
        if (end < 0) break;
        if (end > begin) readLine(m_buffer.sliced(begin, end - begin));
        if (m_over) return;
        begin = end + 1;
    }
    m_buffer.remove(0, begin);
    if (m_buffer.size() > kLongestLine) {
        m_garbled = true;
        m_buffer.clear();
        m_process->kill();
    }
}

void WorkerProcess::readLine(const QByteArray& line) {
    if (m_ended) return;  // nothing counts after the end
    const QJsonDocument document = QJsonDocument::fromJson(line);
    if (!document.isObject()) {
        if (m_malformed++ == 0) m_firstMalformed = QString::fromUtf8(line.first(std::min<qsizetype>(line.size(), 200)));
        if (m_malformed >= kMalformedPatience) {
            m_garbled = true;
            m_process->kill();
        }
        return;
    }
    const QJsonObject object = document.object();
    if (object.value(QLatin1String("event")).toString() == QLatin1String("end")) {
        m_ended = true;
        m_end = object;
        m_patience->start();
        return;
    }
    Q_EMIT message(object);
}

void WorkerProcess::finish() {
    if (m_over || !m_process) return;
    m_stderr += m_process->readAllStandardError();
    readOutput();
    if (!m_buffer.isEmpty()) readLine(m_buffer);
    m_buffer.clear();
    m_patience->stop();
    if (m_over) return;
    if (m_ended) {
        m_over = true;
        Q_EMIT ended(m_end);
        return;
    }
    const bool crashed = m_process->exitStatus() == QProcess::CrashExit;
    const QString how = crashed ? QStringLiteral("ended by signal %1").arg(m_process->exitCode())
                                : QStringLiteral("exit status %1").arg(m_process->exitCode());
    if (m_garbled) return fail(JobEvent::WorkerGarbled, how);
    if (m_forced) return fail(JobEvent::WorkerForced, how);
    if (crashed && m_process->exitCode() == kSigkill) return fail(JobEvent::WorkerKilled, how);
    if (!crashed && m_process->exitCode() == kLoaderFailed) return fail(JobEvent::LibrariesMissing, how);
    if (!crashed && m_malformed > 0) return fail(JobEvent::WorkerGarbled, how);
    fail(JobEvent::WorkerCrashed, how);
}

void WorkerProcess::fail(JobEvent event, const QString& why) {
    if (m_over) return;
    m_over = true;
    QString details = QStringLiteral("espalier-worker: ") + why;
    if (!m_firstMalformed.isEmpty()) details += QStringLiteral("\nnot understood: ") + m_firstMalformed;
    const QString said = QString::fromUtf8(m_stderr.last(std::min(m_stderr.size(), kKeptStderr))).trimmed();
    if (!said.isEmpty()) details += u'\n' + said;
    Q_EMIT failed(event, details);
}

}  // namespace espalier::ui
