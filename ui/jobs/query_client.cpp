// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/query_client.h"

#include "ui/dialogs/error_text.h"
#include "ui/jobs/worker_process.h"

namespace espalier::ui {
namespace {
constexpr int kDeathsBeforeGivingUp = 2;
}

QueryClient::QueryClient(QObject* parent) : QObject(parent) {}
QueryClient::~QueryClient() = default;

void QueryClient::setWorkerProgram(const QString& path) {
    m_program = path;
    m_process.reset();
}

void QueryClient::setProject(const QString& projectPath) {
    if (m_project == projectPath) return;
    m_project = projectPath;
    m_process.reset();
    m_deathsInARow = 0;
    cancel();
}

void QueryClient::search(const QJsonObject& request, Done done, Early early) {
    ask("search", request, std::move(done), std::move(early));
}

void QueryClient::why(const QJsonObject& request, Done done) {
    ask("why", request, std::move(done), {});
}

void QueryClient::ask(const char* op, const QJsonObject& request, Done done, Early early) {
    const bool was = busy();
    m_op = QString::fromLatin1(op);
    m_request = request;
    m_done = std::move(done);
    m_early = std::move(early);
    m_pending = m_nextId++;
    if (m_project.isEmpty()) {
        answer(makeError(ErrorCode::InvalidState, "no project is open"));
        return;
    }
    ensureProcess();
    send();
    if (!was && busy()) Q_EMIT busyChanged(true);
}

void QueryClient::cancel() {
    if (m_pending == 0) return;
    m_pending = 0;
    m_done = {};
    m_early = {};
    Q_EMIT busyChanged(false);
}

void QueryClient::ensureProcess() {
    if (m_process) return;
    m_process = std::make_unique<WorkerProcess>();
    connect(m_process.get(), &WorkerProcess::message, this, &QueryClient::handleLine);
    connect(m_process.get(), &WorkerProcess::failed, this,
            [this](JobEvent event, const QString& details) { handleEnd(int(event), details); });
    connect(m_process.get(), &WorkerProcess::ended, this, [this](const QJsonObject& end) {
        // The service ended by itself: it could not open the project, or was told to stop.
        m_process.release()->deleteLater();
        if (m_pending == 0) return;
        if (end.value(QLatin1String("error")).isObject())
            answer(errorFromJson(end.value(QLatin1String("error")).toObject()));
        else
            answer(makeError(ErrorCode::Cancelled, "the search service ended"));
    });
    m_process->start(m_program);
    m_process->send({{QStringLiteral("op"), QStringLiteral("start")},
                     {QStringLiteral("kind"), QStringLiteral("query")},
                     {QStringLiteral("project"), m_project},
                     {QStringLiteral("folder"), QJsonValue()},
                     {QStringLiteral("options"), QJsonObject()}});
}

void QueryClient::send() {
    QJsonObject message = m_request;
    message.insert(QStringLiteral("op"), m_op);
    message.insert(QStringLiteral("id"), m_pending);
    if (m_early) message.insert(QStringLiteral("hits_first"), true);
    m_process->send(message);
}

void QueryClient::handleLine(const QJsonObject& message) {
    const QString event = message.value(QLatin1String("event")).toString();
    if (event != QLatin1String("answer") && event != QLatin1String("hits")) return;
    if (m_pending == 0 || message.value(QLatin1String("id")).toInteger() != m_pending) return;  // stale
    m_deathsInARow = 0;
    if (event == QLatin1String("hits")) {
        if (m_early) m_early(message.value(QLatin1String("result")).toObject());
        return;
    }
    if (message.value(QLatin1String("error")).isObject())
        answer(errorFromJson(message.value(QLatin1String("error")).toObject()));
    else
        answer(message.value(QLatin1String("result")).toObject());
}

void QueryClient::handleEnd(int event, const QString& details) {
    m_process.release()->deleteLater();
    const auto why = JobEvent(event);
    ++m_deathsInARow;
    Q_EMIT processDied(details);
    if (m_pending == 0) return;
    const bool hopeless =
        why == JobEvent::WorkerMissing || why == JobEvent::LibrariesMissing || m_deathsInARow >= kDeathsBeforeGivingUp;
    if (!hopeless) {  // once more in a new process: the user only sees a slower answer
        ensureProcess();
        send();
        return;
    }
    m_deathsInARow = 0;
    const ErrorText text = jobEventText(why, Activity::Search, details);
    Error error = makeError(ErrorCode::Internal, (text.headline + u' ' + text.body()).toStdString());
    answer(std::move(error));
}

void QueryClient::answer(Result<QJsonObject> result) {
    m_pending = 0;
    const Done done = std::exchange(m_done, {});
    m_early = {};
    Q_EMIT busyChanged(false);
    if (done) done(std::move(result));
}

}  // namespace espalier::ui
