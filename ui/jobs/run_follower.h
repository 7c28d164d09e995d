// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/run_follower.h
/// A run that goes on without this window's pipes, seen through its folder: new lines of events.jsonl, the age of its
/// heartbeat, and the file `control` to steer it. The files are read on the session's reading lane. Interface thread.
#pragma once
#include <QJsonObject>
#include <QObject>
#include <QString>

#include "core/base/result.h"

class QTimer;

namespace espalier::ui {

class Job;
class ProjectSession;

class RunFollower : public QObject {
    Q_OBJECT
public:
    RunFollower(ProjectSession* session, Job* job, const QString& folder, QObject* parent = nullptr);
    void control(const QString& word);  ///< "pause", "run", "stop", "discard"
    Job* job() const { return m_job; }

    /// Seconds since the heartbeat of a folder; negative when there is none. Any thread.
    static double heartbeatAge(const QString& folder);
    /// A heartbeat older than this belongs to a process that died.
    static constexpr double kDeadSeconds = 10.0;

Q_SIGNALS:
    void received(const QJsonObject& event);  ///< in order, "end" not included
    /// "done", "stopped", "discarded", "failed", or "dead" when the heartbeat stopped without an end.
    void ended(const QString& state, const QJsonObject& end);

private:
    void poll();
    ProjectSession* m_session;
    Job* m_job;
    QString m_folder;
    qint64 m_offset = 0;
    bool m_asking = false, m_over = false;
    QTimer* m_timer;
};

}  // namespace espalier::ui
