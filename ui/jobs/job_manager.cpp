// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_manager.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QTimer>
#include <QWidget>
#include <algorithm>

#include "core/project/job_results.h"
#include "ui/dialogs/dialog_service.h"
#include "ui/jobs/query_client.h"
#include "ui/jobs/run_follower.h"
#include "ui/jobs/worker_process.h"
#include "ui/session/project_session.h"

namespace espalier::ui {
namespace {
constexpr int kTickMs = 100;
constexpr qsizetype kKeptProblems = 200;

QString defaultWorker() {
    QString wanted = qEnvironmentVariable("ESPALIER_WORKER");
    if (!wanted.isEmpty()) return wanted;
    QString name = QStringLiteral("espalier-worker");
#ifdef Q_OS_WIN
    name += QStringLiteral(".exe");
#endif
    return QDir(QCoreApplication::applicationDirPath()).filePath(name);
}

bool isTraining(const Job* job) {
    return job->kind() == QLatin1String("train");
}
bool isAdopted(const QString& kind) {
    return kind == QLatin1String("build") || kind == QLatin1String("assign") || kind == QLatin1String("embed") ||
           kind == QLatin1String("train");
}
/// Its result waits in its folder until the user takes or drops it.
bool isProposal(const QString& kind) {
    return kind == QLatin1String("split") || kind == QLatin1String("refit");
}
}  // namespace

JobManager::JobManager(ProjectSession* session, QObject* parent)
    : QObject(parent),
      m_session(session),
      m_workerProgram(defaultWorker()),
      m_query(std::make_unique<QueryClient>()),
      m_reasons(std::make_unique<QueryClient>()),
      m_tick(new QTimer(this)) {
    setObjectName(QStringLiteral("jobManager"));
    m_tick->setInterval(kTickMs);
    connect(m_tick, &QTimer::timeout, this, &JobManager::tick);
    m_query->setWorkerProgram(m_workerProgram);
    m_reasons->setWorkerProgram(m_workerProgram);
    connect(session, &ProjectSession::opened, this, &JobManager::projectOpened);
    connect(session, &ProjectSession::closed, this, &JobManager::projectClosed);
    if (session->isOpen()) projectOpened();
}

JobManager::~JobManager() {
    m_followers.clear();
}

void JobManager::setWorkerProgram(const QString& path) {
    m_workerProgram = path;
    m_query->setWorkerProgram(path);
    m_reasons->setWorkerProgram(path);
}

bool JobManager::workerInstalled() const {
    return WorkerProcess::installed(m_workerProgram);
}

Job* JobManager::addJob(const QString& kind, const QJsonObject& options, const QString& title) {
    auto* job = new Job(m_nextId++, kind, options, title, this);
    m_jobs.append(job);
    Q_EMIT jobAdded(job);
    Q_EMIT activityChanged();
    return job;
}

Job* JobManager::start(const QString& kind, const QJsonObject& options, const QString& title) {
    Job* job = addJob(kind, options, title);
    m_tick->start();
    // Later, so that the caller can connect to the job before anything happens to it.
    QTimer::singleShot(0, this, [this] { startNext(); });
    return job;
}

Job* JobManager::startAgain(const Job* job) {
    QJsonObject options = job->options();
    QString title = job->title();
    if (isTraining(job)) {
        // The failed run keeps its name, curves and folder; the new one gets the next free name.
        const QString name = options.value(QLatin1String("name")).toString();
        const auto& runs = m_session->status().runs;
        const bool taken =
            std::any_of(runs.begin(), runs.end(), [&](const project::RunInfo& run) { return toQt(run.name) == name; });
        if (taken) {
            options.remove(QStringLiteral("name"));
            title = tr("Training");
        }
    }
    Job* again = start(job->kind(), options, title);
    for (const QByteArray& name : job->dynamicPropertyNames())  // what pages noted on it, such as "compare afterwards"
        if (name == "measure") again->setProperty(name, job->property(name));
    return again;
}

Job* JobManager::find(int id) const {
    for (Job* job : m_jobs)
        if (job->id() == id) return job;
    return nullptr;
}

Job* JobManager::runningJob() const {
    if (m_current) return m_current;
    for (Job* job : m_jobs)
        if (job->active() && job->background()) return job;
    return nullptr;
}

Job* JobManager::activeJob(const QString& kind) const {
    for (Job* job : m_jobs)
        if (job->active() && job->kind() == kind) return job;
    return nullptr;
}

int JobManager::activeCount() const {
    return int(std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job* job) { return job->active(); }));
}

void JobManager::clearFinished() {
    for (qsizetype i = m_jobs.size() - 1; i >= 0; --i) {
        Job* job = m_jobs[i];
        if (job->active()) continue;
        m_jobs.removeAt(i);
        Q_EMIT jobRemoved(job->id());
        job->deleteLater();
    }
}

void JobManager::addProblem(const QString& title, const ErrorText& text, int job) {
    m_problems.append({QDateTime::currentDateTime(), title, text, job});
    if (m_problems.size() > kKeptProblems) m_problems.removeFirst();
    Q_EMIT problemsChanged();
}

void JobManager::clearProblems() {
    m_problems.clear();
    Q_EMIT problemsChanged();
}

void JobManager::startNext() {
    if (m_current) return;
    if (m_whenIdle) {  // on the way out: what a finished job would be followed by does not begin
        for (Job* job : QList<Job*>(m_jobs))
            if (job->state() == JobState::Queued) settle(job, JobState::Stopped, {}, std::nullopt);
        return;
    }
    for (Job* job : m_jobs)
        if (job->active() && job->background()) return;  // the machine is taken by a run of before
    for (Job* job : m_jobs) {
        if (job->state() != JobState::Queued) continue;
        m_current = job;
        prepareFolder(job);
        return;
    }
}

void JobManager::prepareFolder(Job* job) {
    if (!m_session->isOpen()) {
        const Error error = makeError(ErrorCode::InvalidState, "no project is open");
        return fail(job, errorText(error, activityOfJob(job->kind())), error);
    }
    if (!workerInstalled()) {
        const Error error = makeError(ErrorCode::NotFound, "espalier-worker is not installed", fromQt(m_workerProgram));
        return fail(job, jobEventText(JobEvent::WorkerMissing, activityOfJob(job->kind()), m_workerProgram), error);
    }
    job->setState(JobState::Running);
    struct Place {
        QString folder, name;
    };
    const QString name = job->options().value(QLatin1String("name")).toString();
    const QByteArray config = QJsonDocument(job->options()).toJson(QJsonDocument::Compact);
    m_session->run<Place>(
        [training = isTraining(job), kind = fromQt(job->kind()), name, config](project::Project& project,
                                                                               jobs::JobContext&) -> Result<Place> {
            if (training) {
                ESPALIER_ASSIGN(const project::RunInfo run, project.createRun(fromQt(name), config.toStdString()));
                return Place{fromPath(run.folder), toQt(run.name)};
            }
            ESPALIER_ASSIGN(const auto folder, project.newJobFolder(kind));
            return Place{fromPath(folder), name};
        },
        [this, id = job->id(), generation = m_generation](Result<Place> place) {
            Job* prepared = find(id);
            if (!prepared || prepared != m_current || generation != m_generation) return;
            if (!place) {
                fail(prepared, errorText(place.error(), activityOfJob(prepared->kind())), place.error());
                return;
            }
            prepared->m_folder = place->folder;
            if (isTraining(prepared)) {
                prepared->m_options.insert(QStringLiteral("name"), place->name);
                prepared->m_title = tr("Training %1").arg(place->name);
                Q_EMIT prepared->changed();
            }
            if (prepared->m_state == JobState::Stopping) {  // stopped before it began
                dropFolder(prepared, true);
                settle(prepared, JobState::Stopped, {}, std::nullopt);
                return;
            }
            launch(prepared);
        },
        this);
}

void JobManager::launch(Job* job) {
    m_process = std::make_unique<WorkerProcess>();
    WorkerProcess* process = m_process.get();
    connect(process, &WorkerProcess::message, job, &Job::handleEvent);
    connect(process, &WorkerProcess::ended, this, [this, job](const QJsonObject& end) { workerEnded(job, end); });
    connect(process, &WorkerProcess::failed, this,
            [this, job](JobEvent event, const QString& details) { workerFailed(job, event, details); });
    process->start(m_workerProgram);
    process->send({{QStringLiteral("op"), QStringLiteral("start")},
                   {QStringLiteral("kind"), job->kind()},
                   {QStringLiteral("project"), m_session->projectPath()},
                   {QStringLiteral("folder"), job->folder()},
                   {QStringLiteral("options"), job->options()}});
    if (job->state() == JobState::Pausing) process->send({{QStringLiteral("op"), QStringLiteral("pause")}});
}

void JobManager::control(Job* job, const QString& op) {
    const bool ending = op == QLatin1String("stop") || op == QLatin1String("discard");
    if (job->background()) {
        const auto follower =
            std::find_if(m_followers.begin(), m_followers.end(), [job](const auto& one) { return one->job() == job; });
        if (follower == m_followers.end()) return;
        (*follower)->control(op == QLatin1String("resume")  ? QStringLiteral("run")
                             : op == QLatin1String("force") ? QStringLiteral("discard")
                                                            : op);
        if (ending) job->setState(JobState::Stopping);
        return;
    }
    if (job->state() == JobState::Queued && ending) {
        settle(job, JobState::Stopped, {}, std::nullopt);
        return;
    }
    if (job != m_current) return;
    if (op == QLatin1String("force")) {
        if (m_process) m_process->kill();
        return;
    }
    if (ending) job->setState(JobState::Stopping);
    if (m_process) m_process->send({{QStringLiteral("op"), op}});
}

void JobManager::workerEnded(Job* job, const QJsonObject& end) {
    m_process.release()->deleteLater();
    job->flush();
    const QString state = end.value(QLatin1String("state")).toString();
    const QJsonValue result = end.value(QLatin1String("result"));
    if (end.value(QLatin1String("error")).isObject()) {
        const Error error = errorFromJson(end.value(QLatin1String("error")).toObject());
        dropFolder(job, true);
        if (error.code == ErrorCode::Cancelled) return settle(job, JobState::Stopped, {}, std::nullopt);
        return fail(job, errorText(error, activityOfJob(job->kind())), error);
    }
    const bool stopped = state == QLatin1String("stopped");
    if (state == QLatin1String("discarded") || !result.isObject()) {
        dropFolder(job, isTraining(job));
        return settle(job, JobState::Stopped, {}, std::nullopt);
    }
    if (isAdopted(job->kind())) return adopt(job, result.toObject(), stopped);
    if (!isProposal(job->kind()) || stopped) dropFolder(job, false);
    settle(job, stopped ? JobState::Stopped : JobState::Done, result.toObject(), std::nullopt);
}

void JobManager::workerFailed(Job* job, JobEvent event, const QString& details) {
    m_process.release()->deleteLater();
    job->flush();
    const ErrorText text = jobEventText(event, activityOfJob(job->kind()), details);
    dropFolder(job, true);
    if (event == JobEvent::WorkerForced) {
        job->m_problem = text;
        return settle(job, JobState::Stopped, {}, std::nullopt);
    }
    fail(job, text, makeError(ErrorCode::Internal, fromQt(text.headline)));
}

void JobManager::adopt(Job* job, const QJsonObject& result, bool stopped) {
    job->setState(JobState::Adopting);
    m_session->adopt(
        job->folder(),
        [this, id = job->id(), generation = m_generation, result, stopped](Result<project::AdoptOutcome> outcome) {
            Job* adopted = find(id);
            if (!adopted || generation != m_generation) return;
            const bool moved = !outcome && (outcome.error().code == ErrorCode::Conflict ||
                                            outcome.error().code == ErrorCode::AlreadyExists);
            if (moved && (adopted->kind() == QLatin1String("build") || adopted->kind() == QLatin1String("assign")))
                return askAboutConflict(adopted, outcome.error(), result, stopped);
            stored(adopted, result, stopped, std::move(outcome));
        },
        this);
}

void JobManager::askAboutConflict(Job* job, const Error& error, const QJsonObject& result, bool stopped) {
    Question question;
    question.title = job->title();
    question.severity = Severity::Question;
    question.details = toQt(error.message);
    const bool build = job->kind() == QLatin1String("build");
    question.headline = build ? tr("The tree was edited while the new one was computed.")
                              : tr("The tree was edited while documents were assigned.");
    question.text = tr("Nothing is lost yet: the tree is as you left it, and the result is ready.");
    question.choices = {
        {build ? tr("Keep my tree") : tr("Drop the result"), tr("The result is thrown away, your edits stay."), true},
        {build ? tr("Use the new tree") : tr("Store it anyway"),
         build ? tr("Replaces the tree in one step; Undo brings yours back.")
               : tr("Documents go to the labels as they were; Undo takes it back."),
         false},
        {tr("Compute again"), tr("Starts over on the tree as it is now."), false}};
    question.defaultChoice = 0;
    question.escapeChoice = 0;
    dialogs().choose(m_dialogParent, question, [this, id = job->id(), result, stopped](int choice) {
        Job* asked = find(id);
        if (!asked || asked->state() != JobState::Adopting) return;
        if (choice == 1) return adoptAnyway(asked, result, stopped);
        dropFolder(asked, false);
        if (choice == 2) startAgain(asked);
        settle(asked, JobState::Stopped, {}, std::nullopt);
    });
}

void JobManager::adoptAnyway(Job* job, const QJsonObject& result, bool stopped) {
    m_session->run<project::AdoptOutcome>(
        [folder = toPath(job->folder()), build = job->kind() == QLatin1String("build")](
            project::Project& project, jobs::JobContext&) -> Result<project::AdoptOutcome> {
            if (build) {
                ESPALIER_ASSIGN(project::BuildResult made, project::readBuildResult(folder));
                made.force = made.replace = true;
                ESPALIER_TRY(project::writeBuildResult(folder, made));
            } else {
                ESPALIER_ASSIGN(project::AssignResult made, project::readAssignResult(folder));
                made.force = true;
                ESPALIER_TRY(project::writeAssignResult(folder, made));
            }
            return project.adopt(folder);
        },
        [this, id = job->id(), result, stopped](Result<project::AdoptOutcome> outcome) {
            if (Job* adopted = find(id)) stored(adopted, result, stopped, std::move(outcome));
        },
        this);
}

void JobManager::stored(Job* job, QJsonObject result, bool stopped, Result<project::AdoptOutcome> outcome) {
    if (!outcome) {
        if (isTraining(job)) dropFolder(job, true);  // any other result stays in its folder
        return fail(job, errorText(outcome.error(), Activity::Adopt), outcome.error());
    }
    result.insert(QStringLiteral("revision"), qint64(outcome->revision));
    result.insert(QStringLiteral("assigned"), qint64(outcome->assigned));
    result.insert(QStringLiteral("unassigned"), qint64(outcome->unassigned));
    settle(job, stopped ? JobState::Stopped : JobState::Done, result, std::nullopt);
}

void JobManager::settle(Job* job, JobState state, const QJsonObject& result, const std::optional<Error>& error) {
    if (!job->active()) return;
    job->m_result = result;
    job->m_error = error;
    if (job == m_current) m_current = nullptr;
    job->setState(state);
    Q_EMIT job->finished(result, error);
    Q_EMIT jobFinished(job);
    QTimer::singleShot(0, this, [this] { startNext(); });
    if (activeCount() == 0) {
        m_tick->stop();
        if (auto idle = std::exchange(m_whenIdle, {})) idle();
    }
}

void JobManager::fail(Job* job, const ErrorText& text, const Error& error) {
    job->m_problem = text;
    addProblem(job->title(), text, job->id());
    settle(job, JobState::Failed, {}, error);
}

void JobManager::dropFolder(const Job* job, bool failed) {
    if (job->folder().isEmpty() || !m_session->isOpen()) return;
    const bool training = isTraining(job);
    m_session->run<bool>(
        [folder = toPath(job->folder()), training, failed](project::Project& project,
                                                           jobs::JobContext&) -> Result<bool> {
            if (training) {
                if (!failed) return true;
                // A run that failed may have kept its last good state: then its result says so itself.
                std::error_code none;
                if (!std::filesystem::exists(folder / "result.json", none) || !project.adopt(folder))
                    (void)project.setRunState(folder.filename().string(), project::RunState::Failed);
                return true;
            }
            // `keep` marks what the next job of its kind goes on from (rows that were embedded already).
            std::error_code ignored;
            if (!std::filesystem::exists(folder / "keep", ignored)) (void)project.discardJob(folder);
            return true;
        },
        [](const Result<bool>&) {}, this);
}

void JobManager::projectOpened() {
    ++m_generation;
    m_query->setProject(m_session->projectPath());
    m_reasons->setProject(m_session->projectPath());
    findBackgroundRuns();
}

void JobManager::projectClosed() {
    ++m_generation;
    m_query->setProject({});
    m_reasons->setProject({});
    m_followers.clear();
    m_process.reset();  // asked before (prepareToClose); what is left ends here
    m_current = nullptr;
    for (Job* job : m_jobs) {
        Q_EMIT jobRemoved(job->id());
        job->deleteLater();
    }
    m_jobs.clear();
    m_problems.clear();
    m_tick->stop();
    Q_EMIT problemsChanged();
    Q_EMIT activityChanged();
    if (auto idle = std::exchange(m_whenIdle, {})) idle();
}

void JobManager::findBackgroundRuns() {
    struct Found {
        std::vector<std::pair<QString, QString>> live;
        int adopted = 0;
    };
    // A run that ended while no window was open left its result: it is taken over quietly. A run that still beats is
    // followed.
    m_session->run<Found>(
        [](project::Project& project, jobs::JobContext&) -> Result<Found> {
            Found found;
            ESPALIER_ASSIGN(const std::vector<project::RunInfo> runs, project.runs());
            for (const project::RunInfo& run : runs) {
                if (run.state != project::RunState::Running && run.state != project::RunState::Interrupted) continue;
                const QString folder = fromPath(run.folder);
                const double age = RunFollower::heartbeatAge(folder);
                if (age >= 0 && age <= RunFollower::kDeadSeconds) {
                    found.live.emplace_back(toQt(run.name), folder);
                } else if (QFileInfo::exists(folder + QStringLiteral("/result.json"))) {
                    if (project.adopt(run.folder)) ++found.adopted;
                }
            }
            return found;
        },
        [this, generation = m_generation](Result<Found> found) {
            if (!found || generation != m_generation) return;
            for (const auto& [name, folder] : found->live) follow(name, folder);
        },
        this);
}

void JobManager::follow(const QString& run, const QString& folder) {
    for (const Job* job : m_jobs)
        if (job->active() && job->folder() == folder) return;
    Job* job = addJob(QStringLiteral("train"), {{QStringLiteral("name"), run}}, tr("Training %1").arg(run));
    job->m_background = true;
    job->m_started = true;
    job->m_folder = folder;
    job->setState(JobState::Running);
    m_tick->start();
    auto follower = std::make_unique<RunFollower>(m_session, job, folder);
    connect(follower.get(), &RunFollower::received, job, &Job::handleEvent);
    connect(
        follower.get(), &RunFollower::ended, this, [this, job](const QString& state) { followerEnded(job, state); },
        Qt::QueuedConnection);
    m_followers.push_back(std::move(follower));
}

void JobManager::followerEnded(Job* job, const QString& state) {
    std::erase_if(m_followers, [job](const auto& one) { return one->job() == job; });
    if (!m_jobs.contains(job)) return;
    job->flush();
    if (state == QLatin1String("done") || state == QLatin1String("stopped"))
        return adopt(job, {}, state == QLatin1String("stopped"));
    dropFolder(job, true);
    if (state == QLatin1String("discarded")) return settle(job, JobState::Stopped, {}, std::nullopt);
    const ErrorText text = jobEventText(JobEvent::WorkerCrashed, Activity::Train);
    fail(job, text, makeError(ErrorCode::Internal, fromQt(text.headline)));
}

void JobManager::prepareToClose(QWidget* parent, const std::function<void(bool)>& done) {
    int own = 0;
    for (const Job* job : m_jobs) own += job->active() && !job->background();
    if (own == 0) return done(true);
    const bool training = m_current && isTraining(m_current) && m_process && m_process->running();
    Question question;
    question.title = tr("Jobs");
    question.severity = Severity::Question;
    question.headline = own == 1 && m_current ? tr("“%1” is still running.").arg(m_current->title())
                                              : tr("%n job(s) are not finished.", nullptr, own);
    question.text = tr("Your documents and the tree are stored already.");
    question.choices.push_back({tr("Stop and close"),
                                training ? tr("Ends after this batch; the model as it is now is kept.")
                                         : tr("Ends after this batch; what can be kept is kept."),
                                false});
    if (training)
        question.choices.push_back({tr("Keep training"),
                                    tr("Goes on in the background; you find it here when you open the project again."),
                                    false});
    question.choices.push_back({tr("Stay"), tr("The project stays open."), false});
    question.escapeChoice = int(question.choices.size()) - 1;
    dialogs().choose(parent, question, [this, training, stay = question.escapeChoice, done](int choice) {
        if (choice < 0 || choice == stay) return done(false);
        if (activeCount() == 0) return done(true);
        if (training && choice == 1 && m_process && m_process->running()) {
            m_process->detach();
            m_process.reset();
            m_current->m_background = true;
            for (Job* job : std::as_const(m_jobs))
                if (job->state() == JobState::Queued) settle(job, JobState::Stopped, {}, std::nullopt);
            return done(true);
        }
        m_whenIdle = [done] { done(true); };
        for (Job* job : QList<Job*>(m_jobs))
            if (!job->background()) job->stop();
    });
}

void JobManager::tick() {
    for (Job* job : QList<Job*>(m_jobs))
        if (job->active()) job->flush();
}

}  // namespace espalier::ui
