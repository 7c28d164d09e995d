// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/run_follower.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QTimer>

#include "ui/jobs/job.h"
#include "ui/session/project_session.h"

namespace espalier::ui {
namespace {
constexpr int kPollMs = 1000;
constexpr qint64 kAtOnce = 4 * 1024 * 1024;
constexpr double kMsPerSecond = 1000.0;

struct News {
    QByteArray bytes;
    double age = -1;
};
}  // namespace

RunFollower::RunFollower(ProjectSession* session, Job* job, const QString& folder, QObject* parent)
    : QObject(parent), m_session(session), m_job(job), m_folder(folder), m_timer(new QTimer(this)) {
    m_timer->setInterval(kPollMs);
    connect(m_timer, &QTimer::timeout, this, &RunFollower::poll);
    m_timer->start();
    poll();
}

double RunFollower::heartbeatAge(const QString& folder) {
    const QFileInfo file(folder + QStringLiteral("/heartbeat"));
    if (!file.exists()) return -1;
    return std::max(0.0, double(file.lastModified().msecsTo(QDateTime::currentDateTime())) / kMsPerSecond);
}

void RunFollower::control(const QString& word) {
    m_session->read<bool>(
        [folder = m_folder, word](project::Project&, jobs::JobContext&) -> Result<bool> {
            QFile file(folder + QStringLiteral("/control"));
            if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
                return makeError(ErrorCode::Io, "cannot write the control file of the run", fromQt(file.fileName()));
            file.write(word.toUtf8() + '\n');
            return true;
        },
        [](const Result<bool>&) {}, this);
}

void RunFollower::poll() {
    if (m_asking || m_over) return;
    m_asking = true;
    m_session->read<News>(
        [folder = m_folder, offset = m_offset](project::Project&, jobs::JobContext&) -> Result<News> {
            News news;
            news.age = heartbeatAge(folder);  // before reading, so that an end written in between is not missed
            QFile file(folder + QStringLiteral("/events.jsonl"));
            if (file.open(QIODevice::ReadOnly) && file.seek(offset)) news.bytes = file.read(kAtOnce);
            return news;
        },
        [this](Result<News> news) {
            m_asking = false;
            if (!news || m_over) return;
            qsizetype begin = 0;
            for (qsizetype end = news->bytes.indexOf('\n'); end >= 0; end = news->bytes.indexOf('\n', begin)) {
                const QJsonObject object = QJsonDocument::fromJson(news->bytes.sliced(begin, end - begin)).object();
                begin = end + 1;
                if (object.isEmpty()) continue;
                if (object.value(QLatin1String("event")).toString() == QLatin1String("end")) {
                    m_over = true;
                    m_timer->stop();
                    Q_EMIT ended(object.value(QLatin1String("state")).toString(), object);
                    return;
                }
                Q_EMIT received(object);
            }
            m_offset += begin;
            const bool dead = news->age < 0 || news->age > kDeadSeconds;
            if (dead && news->bytes.isEmpty()) {
                m_over = true;
                m_timer->stop();
                Q_EMIT ended(QStringLiteral("dead"), {});
            }
        },
        this);
}

}  // namespace espalier::ui
