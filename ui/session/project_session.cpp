// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/project_session.h"

#include <QDir>
#include <QMetaObject>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace espalier::ui {

using project::Project;

void ImportHandle::stop() {
    m_stopping = true;
    m_handle.stop(jobs::Control::Stop);
}

ProjectSession::ProjectSession(QObject* parent)
    : QObject(parent), m_writer(std::make_shared<LaneState>()), m_reader(std::make_shared<LaneState>()) {
    qRegisterMetaType<espalier::Error>();
    const jobs::Poster poster = [this](std::function<void()> call) {
        QMetaObject::invokeMethod(
            this, [call = std::move(call)] { call(); }, Qt::QueuedConnection);
    };
    m_writeLane = std::make_unique<jobs::Lane>(poster);
    m_readLane = std::make_unique<jobs::Lane>(poster);
}

ProjectSession::~ProjectSession() {
    ++m_generation;
    m_writeLane.reset();
    m_readLane.reset();
}

Result<ProjectSession::Update> ProjectSession::fetchUpdate(Project& project) {
    Update update;
    ESPALIER_ASSIGN(update.status, project.status());
    ESPALIER_ASSIGN(update.tree, project.tree());
    return update;
}

Result<ProjectSession::Opened> ProjectSession::openOn(LaneState& state, const QString& path, bool create,
                                                      const QString& actor) {
    state.project.reset();
    auto made = create ? Project::create(toPath(path)) : Project::open(toPath(path), project::Access::ReadWrite);
    QString reason;
    if (!made && !create && (made.error().code == ErrorCode::Io || made.error().code == ErrorCode::Busy)) {
        // A folder that cannot be written can still be read.
        reason = toQt(made.error().message);
        made = Project::open(toPath(path), project::Access::ReadOnly);
    }
    if (!made) return std::move(made).error();
    std::unique_ptr<Project> project = std::move(made).value();
    if (reason.isEmpty()) reason = toQt(project->readOnlyReason());
    if (reason.isEmpty()) {
        if (const Status held = project->holdLock(); !held) reason = toQt(held.error().message);
    }
    if (!actor.isEmpty()) project->setActor(fromQt(actor));
    Opened opened;
    ESPALIER_ASSIGN(opened.update, fetchUpdate(*project));
    opened.path = fromPath(project->folder());
    opened.name = toQt(project->name());
    opened.uuid = toQt(project->uuid());
    opened.readOnlyReason = reason;
    state.project = std::move(project);
    return opened;
}

void ProjectSession::open(const QString& path) {
    start(path, false);
}
void ProjectSession::create(const QString& path) {
    start(path, true);
}

void ProjectSession::start(const QString& path, bool create) {
    close();
    m_opening = true;
    const quint64 generation = m_generation;
    const QString absolute = QDir(path).absolutePath();
    const auto writer = m_writer;
    const auto reader = m_reader;
    const auto fail = [this, generation, absolute](const Error& error) {
        if (generation != m_generation) return;
        m_opening = false;
        Q_EMIT openFailed(error, absolute);
    };
    m_writeLane->start<Opened>(
        [writer, absolute, create, actor = m_actor](jobs::JobContext&) {
            return openOn(*writer, absolute, create, actor);
        },
        [this, generation, reader, fail](Result<Opened> answer) {
            if (generation != m_generation) return;
            if (!answer) return fail(answer.error());
            auto found = std::make_shared<Opened>(std::move(answer).value());
            m_readLane->start<bool>(
                [reader, path = found->path](jobs::JobContext&) -> Result<bool> {
                    ESPALIER_ASSIGN(reader->project, Project::open(toPath(path), project::Access::ReadOnly));
                    return true;
                },
                [this, generation, found, fail](const Result<bool>& read) {
                    if (generation != m_generation) return;
                    if (!read) return fail(read.error());
                    m_opening = false;
                    m_open = true;
                    m_path = found->path;
                    m_name = found->name;
                    m_uuid = found->uuid;
                    m_readOnlyReason = found->readOnlyReason;
                    m_status = std::move(found->update.status);
                    m_tree = std::move(found->update.tree);
                    Q_EMIT opened();
                    Q_EMIT statusChanged();
                    Q_EMIT treeChanged();
                    Q_EMIT documentsChanged();
                    Q_EMIT modelsChanged();
                    Q_EMIT runsChanged();
                });
        });
}

void ProjectSession::close() {
    ++m_generation;
    for (auto& handle : m_waiting) handle.stop();
    m_waiting.clear();
    const auto drop = [](const std::shared_ptr<LaneState>& state) {
        return [state](jobs::JobContext&) -> Result<bool> {
            state->project.reset();
            return true;
        };
    };
    const auto ignore = [](const Result<bool>&) {};
    m_readLane->start<bool>(drop(m_reader), ignore);
    m_writeLane->start<bool>(drop(m_writer), ignore);
    const bool wasOpen = m_open;
    m_open = m_opening = false;
    m_path.clear();
    m_name.clear();
    m_uuid.clear();
    m_readOnlyReason.clear();
    m_status = {};
    m_tree.reset();
    if (wasOpen) Q_EMIT closed();
}

void ProjectSession::retryLock() {
    const auto state = m_writer;
    beginWriting();
    m_writeLane->start<QString>(
        [state](jobs::JobContext&) -> Result<QString> {
            if (!state->project) return makeError(ErrorCode::InvalidState, "no project is open");
            if (state->project->access() == project::Access::ReadOnly) {
                auto again = Project::open(state->project->folder(), project::Access::ReadWrite);
                if (!again) return toQt(again.error().message);
                state->project = std::move(again).value();
            }
            if (const QString reason = toQt(state->project->readOnlyReason()); !reason.isEmpty()) return reason;
            const Status held = state->project->holdLock();
            return held ? QString() : toQt(held.error().message);
        },
        [this, generation = m_generation](Result<QString> reason) {
            endWriting();
            if (generation != m_generation || !reason) return;
            m_readOnlyReason = *reason;
            Q_EMIT readOnlyChanged();
            refresh();
        });
}

void ProjectSession::setActor(const QString& actor) {
    m_actor = actor;
    if (!m_open || actor.isEmpty()) return;
    const auto state = m_writer;
    m_writeLane->start<bool>(
        [state, name = fromQt(actor)](jobs::JobContext&) -> Result<bool> {
            if (state->project) state->project->setActor(name);
            return true;
        },
        [](const Result<bool>&) {});
}

const project::ModelInfo* ProjectSession::defaultModel() const {
    if (m_status.models.empty()) return nullptr;
    for (const project::RunInfo& run : m_status.runs) {
        if (!run.inUse) continue;
        for (const project::ModelInfo& model : m_status.models)
            if (model.name == run.name) return &model;
    }
    const auto newest = std::max_element(m_status.models.begin(), m_status.models.end(),
                                         [](const auto& a, const auto& b) { return a.created < b.created; });
    return &*newest;
}

void ProjectSession::edit(const tree::Edit& edit, Done<project::EditOutcome> done, const QObject* context) {
    write<project::EditOutcome>([edit](Project& project, jobs::JobContext&) { return project.edit(edit); },
                                std::move(done), context);
}

void ProjectSession::editAll(const std::vector<tree::Edit>& edits, Done<project::EditOutcome> done,
                             const QObject* context) {
    write<project::EditOutcome>(
        [edits](Project& project, jobs::JobContext&) -> Result<project::EditOutcome> {
            project::EditOutcome last;
            for (const tree::Edit& edit : edits) {
                ESPALIER_ASSIGN(last, project.edit(edit));
            }
            return last;
        },
        std::move(done), context);
}

void ProjectSession::undo(Done<project::EditOutcome> done, const QObject* context) {
    write<project::EditOutcome>([](Project& project, jobs::JobContext&) { return project.undo(); }, std::move(done),
                                context);
}

void ProjectSession::redo(Done<project::EditOutcome> done, const QObject* context) {
    write<project::EditOutcome>([](Project& project, jobs::JobContext&) { return project.redo(); }, std::move(done),
                                context);
}

ImportHandle* ProjectSession::importCorpus(const QStringList& sources, const text::CorpusOptions& options,
                                           Done<project::ImportReport> done, const QObject* context) {
    auto* running = new ImportHandle(this);
    std::vector<std::filesystem::path> paths;
    for (const QString& source : sources) paths.push_back(toPath(source));
    QPointer<ImportHandle> guard(running);
    // The sink runs on the lane; only the posted call touches the handle.
    const auto sink = [this, guard](const nlohmann::json& event) {
        if (event.value("event", std::string()) != "progress") return;
        const QString phase = toQt(event.value("phase", std::string()));
        const auto read = event.value("done", std::int64_t(0)), total = event.value("total", std::int64_t(0));
        QMetaObject::invokeMethod(
            this,
            [guard, phase, read, total] {
                if (guard) Q_EMIT guard->progress(phase, qint64(read), qint64(total));
            },
            Qt::QueuedConnection);
    };
    const QPointer<const QObject> receiver(context ? context : this);
    running->m_handle = write<project::ImportReport>(
        [paths, options](Project& project, jobs::JobContext& job) { return project.importCorpus(paths, options, job); },
        [guard, receiver, done = std::move(done)](Result<project::ImportReport> report) {
            if (guard) {
                Q_EMIT guard->finished();
                guard->deleteLater();
            }
            if (receiver && done) done(std::move(report));
        },
        this, sink);
    return running;
}

void ProjectSession::adopt(const QString& jobFolder, Done<project::AdoptOutcome> done, const QObject* context) {
    write<project::AdoptOutcome>(
        [folder = toPath(jobFolder)](Project& project, jobs::JobContext&) { return project.adopt(folder); },
        std::move(done), context);
}

void ProjectSession::documents(const project::DocumentQuery& query, Done<project::DocumentPage> done,
                               const QObject* context, const void* replaces) {
    read<project::DocumentPage>([query](Project& project, jobs::JobContext&) { return project.documents(query); },
                                std::move(done), context, replaces);
}

void ProjectSession::document(DocumentKey key, Done<project::DocumentRecord> done, const QObject* context,
                              const void* replaces) {
    read<project::DocumentRecord>([key](Project& project, jobs::JobContext&) { return project.document(key); },
                                  std::move(done), context, replaces);
}

void ProjectSession::document(const QString& id, Done<project::DocumentRecord> done, const QObject* context,
                              const void* replaces) {
    read<project::DocumentRecord>(
        [name = fromQt(id)](Project& project, jobs::JobContext&) { return project.document(std::string_view(name)); },
        std::move(done), context, replaces);
}

void ProjectSession::history(Done<std::vector<project::JournalEntry>> done, const QObject* context) {
    read<std::vector<project::JournalEntry>>([](Project& project, jobs::JobContext&) { return project.history(); },
                                             std::move(done), context);
}

void ProjectSession::refresh() {
    if (!m_open) return;
    write<bool>([](Project&, jobs::JobContext&) -> Result<bool> { return true; }, {}, nullptr);
}

void ProjectSession::publish(Update update) {
    if (!m_open) return;
    const auto sameModels = [](const auto& a, const auto& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
            return x.name == y.name && x.vectorsSha256 == y.vectorsSha256 && x.documents == y.documents &&
                   x.fromRevision == y.fromRevision && x.created == y.created;
        });
    };
    const auto sameRuns = [](const auto& a, const auto& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
            return x.name == y.name && x.state == y.state && x.step == y.step && x.note == y.note &&
                   x.inUse == y.inUse && x.modelFolder == y.modelFolder && x.metrics == y.metrics;
        });
    };
    const project::ProjectStatus before = std::exchange(m_status, std::move(update.status));
    const TreeSnapshotPtr treeBefore = std::exchange(m_tree, std::move(update.tree));
    const bool documents = before.documents != m_status.documents;
    const bool tree = !treeBefore || treeBefore->revision != m_tree->revision;
    Q_EMIT statusChanged();
    if (documents) Q_EMIT documentsChanged();
    if (tree) Q_EMIT treeChanged();
    if (!sameModels(before.models, m_status.models)) Q_EMIT modelsChanged();
    if (!sameRuns(before.runs, m_status.runs)) Q_EMIT runsChanged();
}

void ProjectSession::beginWriting() {
    if (m_writing++ == 0) Q_EMIT busyChanged(true);
}

void ProjectSession::endWriting() {
    if (--m_writing == 0) Q_EMIT busyChanged(false);
}

void ProjectSession::replaceWaiting(const void* key, const jobs::Lane::Handle& handle) {
    if (auto found = m_waiting.find(key); found != m_waiting.end()) {
        found->stop();
        *found = handle;
    } else {
        m_waiting.insert(key, handle);
    }
}

}  // namespace espalier::ui
