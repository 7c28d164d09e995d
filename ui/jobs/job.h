// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/job.h
/// One piece of long work as the window sees it. Made and owned by JobManager; interface thread only.
#pragma once
#include <QElapsedTimer>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <deque>
#include <optional>

#include "core/base/result.h"
#include "ui/dialogs/error_text.h"

namespace espalier::ui {

class JobManager;

enum class JobState {
    Queued,
    Running,
    Pausing,  ///< asked, not yet confirmed by the worker
    Paused,
    Stopping,  ///< asked, ends after the current batch
    Adopting,  ///< the worker is done, its result is being stored
    Done,
    Stopped,  ///< ended by the user; what there was is kept
    Failed,
};

class Job : public QObject {
    Q_OBJECT
public:
    int id() const { return m_id; }
    const QString& kind() const {
        return m_kind;
    }  ///< "build", "split", "refit", "embed", "train", "eval", "assign", "export"
    const QString& title() const { return m_title; }
    const QString& folder() const { return m_folder; }  ///< empty until it started
    const QJsonObject& options() const { return m_options; }

    JobState state() const { return m_state; }
    bool active() const;  ///< queued up to adopting
    bool finishedState() const { return !active(); }
    bool canPause() const;
    bool canResume() const { return m_state == JobState::Paused || m_state == JobState::Pausing; }
    bool canStop() const;
    /// stop() was asked a moment ago and it has not ended: force() may be. Not at once, or a double click on Stop would
    /// throw away what a stop keeps.
    bool forceOffered() const;
    /// Running on without this window's pipes; found again through its folder.
    bool background() const { return m_background; }

    const QString& phase() const { return m_phase; }
    qint64 done() const { return m_done; }
    qint64 total() const { return m_total; }            ///< 0 = unknown
    double fraction() const;                            ///< [0, 1] of the phase, -1 unknown
    double rate() const { return m_rate; }              ///< units of done() a second, 0 while measuring
    double secondsLeftLow() const { return m_etaLow; }  ///< negative while measuring or unknown
    double secondsLeftHigh() const { return m_etaHigh; }
    double seconds() const;  ///< since it started, without pauses

    const QStringList& warnings() const { return m_warnings; }  ///< bounded; the newest are kept
    const QJsonObject& result() const { return m_result; }
    const std::optional<ErrorText>& problem() const { return m_problem; }
    const std::optional<Error>& error() const { return m_error; }

    static QString stateText(JobState state);
    /// "Running", "Stopping after this batch…", with the phase: one line for lists and the status bar.
    QString statusLine() const;
    /// "8 to 11 min left", "measuring…", or empty.
    QString timeLeftText() const;
    QString rateText() const;  ///< "1,240 documents a second", or empty

public Q_SLOTS:
    void pause();
    void resume();
    void stop();     ///< keeps what there is
    void discard();  ///< keeps nothing
    void force();    ///< kills the worker; only sensible while stopping

Q_SIGNALS:
    void changed();  ///< at most ten times a second while running, and at every change of state
    void metrics(const QList<QJsonObject>& batch);  ///< at most ten times a second, in order
    /// Of a build, in order: "label" and "whole" events (core/pipeline/job.h) as they came since the last time.
    void treeGrew(const QList<QJsonObject>& batch);
    void checkpoint(qint64 step);
    void pausedAt(qint64 step, bool paused);
    /// Once. `error` is empty after Done and after Stopped.
    void finished(const QJsonObject& result, const std::optional<espalier::Error>& error);

private:
    friend class JobManager;
    friend class RunFollower;
    Job(int id, QString kind, QJsonObject options, QString title, JobManager* manager);
    void handleEvent(const QJsonObject& event);  ///< anything but "end"
    void setState(JobState state);
    void noteProgress(const QString& phase, qint64 done, qint64 total);
    void flush();  ///< the 10 Hz tick: hands out what gathered

    JobManager* m_manager;
    int m_id;
    QString m_kind, m_title, m_folder;
    QJsonObject m_options, m_result;
    JobState m_state = JobState::Queued;
    bool m_background = false;
    bool m_started = false;  ///< the worker said so
    double m_documentsPerSecond = 0;
    bool m_dirty = false;
    QString m_phase;
    qint64 m_done = 0, m_total = 0, m_lastStep = 0;
    double m_rate = 0, m_etaLow = -1, m_etaHigh = -1;
    struct Sample {
        double seconds;
        qint64 done;
    };
    std::deque<Sample> m_samples;  ///< of this phase, newest last, bounded
    QElapsedTimer m_clock;
    QElapsedTimer m_stopping;  ///< since stop() was asked
    bool m_forceAnnounced = false;
    double m_runSeconds = 0;  ///< gathered before the last pause
    QList<QJsonObject> m_pendingMetrics, m_pendingLabels;
    QStringList m_warnings;
    std::optional<ErrorText> m_problem;
    std::optional<Error> m_error;
};

}  // namespace espalier::ui
