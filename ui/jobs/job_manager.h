// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/job_manager.h
/// Starts, queues, steers and ends heavy work, each in its own espalier-worker process, and adopts what it made.
///
/// One heavy job runs at a time, the others wait in order. A worker that dies, answers nonsense or is not installed
/// never harms the window: the job fails with a sentence (error_text.h) and can be started again. Interface thread
/// only; nothing here waits.
#pragma once
#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QString>
#include <functional>
#include <memory>
#include <vector>

#include "ui/dialogs/error_text.h"
#include "ui/jobs/job.h"

class QTimer;
class QWidget;

namespace espalier::ui {

class ProjectSession;
class QueryClient;
class WorkerProcess;
class RunFollower;

}  // namespace espalier::ui

namespace espalier::project {
struct AdoptOutcome;
}

namespace espalier::ui {

/// Something that went wrong, kept for the Problems list until the user clears it.
struct Problem {
    QDateTime time;
    QString title;  ///< of the job or act
    ErrorText text;
    int job = 0;  ///< 0: not of a job
};

class JobManager : public QObject {
    Q_OBJECT
public:
    explicit JobManager(ProjectSession* session, QObject* parent = nullptr);
    ~JobManager() override;  ///< asks every worker to stop, then ends it; background runs go on

    /// Default: espalier-worker beside this program (ESPALIER_WORKER overrides it).
    void setWorkerProgram(const QString& path);
    QString workerProgram() const { return m_workerProgram; }
    bool workerInstalled() const;

    /// Queues a job on the open project. Never null: what cannot start becomes a job that fails with a problem.
    /// \param kind     of the worker wire
    /// \param options  long option names of the command line with underscores
    /// \param title    "Build tree", "Training run heal-4": shown to the user
    Job* start(const QString& kind, const QJsonObject& options, const QString& title);
    /// The same job once more, after a failure or a stop. A training run gets its name again where that is free.
    Job* startAgain(const Job* job);

    const QList<Job*>& jobs() const { return m_jobs; }  ///< oldest first; finished ones stay until cleared
    Job* find(int id) const;
    Job* runningJob() const;                    ///< the one that is not queued and not finished, or nullptr
    Job* activeJob(const QString& kind) const;  ///< running or queued of this kind, or nullptr
    int activeCount() const;
    void clearFinished();

    const QList<Problem>& problems() const { return m_problems; }  ///< bounded, newest last
    void addProblem(const QString& title, const ErrorText& text, int job = 0);
    void clearProblems();

    /// Resident search process of the open project.
    QueryClient* query() const { return m_query.get(); }
    /// For questions beside the search, which they do not replace: a process of its own.
    QueryClient* reasons() const { return m_reasons.get(); }

    /// Call from closeEvent while jobs are active: asks what to do with them and calls done(true) when the window may
    /// close (jobs are ended or detached by then), done(false) when the user stays.
    void prepareToClose(QWidget* parent, const std::function<void(bool mayClose)>& done);
    /// Parent of the dialogs of this class (conflict on adoption).
    void setDialogParent(QWidget* parent) { m_dialogParent = parent; }

Q_SIGNALS:
    void jobAdded(espalier::ui::Job* job);
    void jobChanged(espalier::ui::Job* job);
    void jobFinished(espalier::ui::Job* job);
    void jobRemoved(int id);
    void problemsChanged();
    void activityChanged();  ///< a job started, ended, paused or went on: status bar, taskbar

private:
    friend class Job;
    friend class RunFollower;
    void control(Job* job, const QString& op);
    void startNext();
    void prepareFolder(Job* job);
    void launch(Job* job);
    void workerEnded(Job* job, const QJsonObject& end);
    void workerFailed(Job* job, JobEvent event, const QString& details);
    void adopt(Job* job, const QJsonObject& result, bool stopped);
    void askAboutConflict(Job* job, const Error& error, const QJsonObject& result, bool stopped);
    void adoptAnyway(Job* job, const QJsonObject& result, bool stopped);
    void stored(Job* job, QJsonObject result, bool stopped, Result<project::AdoptOutcome> outcome);
    void settle(Job* job, JobState state, const QJsonObject& result, const std::optional<Error>& error);
    void fail(Job* job, const ErrorText& text, const Error& error);
    void dropFolder(const Job* job, bool failed);
    void projectOpened();
    void projectClosed();
    void findBackgroundRuns();
    void follow(const QString& run, const QString& folder);
    void followerEnded(Job* job, const QString& state);
    Job* addJob(const QString& kind, const QJsonObject& options, const QString& title);
    void tick();

    ProjectSession* m_session;
    QString m_workerProgram;
    QList<Job*> m_jobs;
    QList<Problem> m_problems;
    std::unique_ptr<WorkerProcess> m_process;               ///< of the running job
    Job* m_current = nullptr;                               ///< the job that holds the one place
    std::vector<std::unique_ptr<RunFollower>> m_followers;  ///< background runs found again
    std::unique_ptr<QueryClient> m_query;
    std::unique_ptr<QueryClient> m_reasons;
    QTimer* m_tick;
    QWidget* m_dialogParent = nullptr;
    std::function<void()> m_whenIdle;
    int m_nextId = 1;
    quint64 m_generation = 0;  ///< of the open project: late answers of an older one are dropped
};

}  // namespace espalier::ui
