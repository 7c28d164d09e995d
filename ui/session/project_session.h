// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/session/project_session.h
/// The open project as the window sees it. Nothing here waits: every call goes to a lane (a thread of its own) and its
/// answer comes back as a call on the interface thread.
///
/// Two lanes, each with its own Project on the folder: writing (edit, import, adopt; holds the lock while the project
/// is open) and reading (lists, documents, exports), so that reading goes on during a long import. After every
/// writing call the tree and status are fetched on the same lane and published before its answer, so an answer always
/// sees the new tree.
///
/// Answers: called exactly once on the interface thread, unless `context` (default: the session) is gone by then. An
/// answer for a project that was closed meanwhile, or for a question that a newer one replaced, is a Cancelled error:
/// callers ignore those.
#pragma once
#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QStringList>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/lane.h"
#include "core/project/project.h"
#include "ui/session/text.h"

namespace espalier::ui {

using project::TreeSnapshotPtr;

/// An answer nobody waits for any more: its question was replaced, or another project was opened.
template <class T>
bool wasCancelled(const Result<T>& answer) {
    const Error* error = answer.ok() ? nullptr : &answer.error();
    return error && error->code == ErrorCode::Cancelled;
}

/// A running import: progress, and a way to stop it. Owned by the session; gone after finished().
class ImportHandle : public QObject {
    Q_OBJECT
public:
    void stop();  ///< ends at the next row; nothing of the import stays
    bool stopping() const { return m_stopping; }

Q_SIGNALS:
    /// \param total  bytes or rows, 0 = unknown
    void progress(const QString& phase, qint64 done, qint64 total);
    void finished();

private:
    friend class ProjectSession;
    explicit ImportHandle(QObject* parent) : QObject(parent) {}
    jobs::Lane::Handle m_handle;
    bool m_stopping = false;
};

class ProjectSession : public QObject {
    Q_OBJECT
public:
    template <class T>
    using Done = std::function<void(Result<T>)>;
    template <class T>
    using Work = std::function<Result<T>(project::Project&, jobs::JobContext&)>;

    explicit ProjectSession(QObject* parent = nullptr);
    ~ProjectSession() override;  ///< stops what runs and joins both lanes

    // Opening. One of opened() and openFailed() follows. An open project is closed first.
    void open(const QString& path);
    void create(const QString& path);  ///< new empty project, then opened
    void close();                      ///< closed() at once; the lock is released on the lane

    bool isOpen() const { return m_open; }
    bool isOpening() const { return m_opening; }
    QString projectPath() const { return m_path; }  ///< absolute; empty when none is open
    QString projectName() const { return m_name; }  ///< folder name without its suffix
    QString projectUuid() const { return m_uuid; }
    /// Why nothing can be edited ("open in process N on HOST", newer version, read-only folder); empty when it can.
    QString readOnlyReason() const { return m_readOnlyReason; }
    bool writable() const { return m_open && m_readOnlyReason.isEmpty(); }
    /// Tries again to become the writer; readOnlyChanged() when that worked.
    void retryLock();

    /// Name for the journal, set once in Settings; empty: the user of the operating system.
    void setActor(const QString& actor);

    // Last known state: never waits, never null while open.
    const project::ProjectStatus& status() const { return m_status; }
    TreeSnapshotPtr tree() const { return m_tree; }
    /// Default model of the project (chosen or embedded last), or nullptr.
    const project::ModelInfo* defaultModel() const;
    /// "Rename 'Soil' to 'Earth'", empty when there is nothing to undo.
    QString undoText() const { return toQt(m_status.undoText); }
    QString redoText() const { return toQt(m_status.redoText); }

    // Writing
    void edit(const tree::Edit& edit, Done<project::EditOutcome> done = {}, const QObject* context = nullptr);
    /// Several edits in order; stops at the first that is refused. The answer is the last outcome.
    void editAll(const std::vector<tree::Edit>& edits, Done<project::EditOutcome> done = {},
                 const QObject* context = nullptr);
    void undo(Done<project::EditOutcome> done = {}, const QObject* context = nullptr);
    void redo(Done<project::EditOutcome> done = {}, const QObject* context = nullptr);
    ImportHandle* importCorpus(const QStringList& sources, const text::CorpusOptions& options,
                               Done<project::ImportReport> done, const QObject* context = nullptr);
    void adopt(const QString& jobFolder, Done<project::AdoptOutcome> done, const QObject* context = nullptr);

    // Reading. `replaces`: any address of the caller; a question that still waits under it is dropped (Cancelled).
    void documents(const project::DocumentQuery& query, Done<project::DocumentPage> done,
                   const QObject* context = nullptr, const void* replaces = nullptr);
    void document(DocumentKey key, Done<project::DocumentRecord> done, const QObject* context = nullptr,
                  const void* replaces = nullptr);
    void document(const QString& id, Done<project::DocumentRecord> done, const QObject* context = nullptr,
                  const void* replaces = nullptr);
    void history(Done<std::vector<project::JournalEntry>> done, const QObject* context = nullptr);
    /// Fetches tree and status once more (a job changed runs or models behind our back).
    void refresh();

    /// Anything that writes, on the writing lane; tree and status are published before the answer.
    template <class T>
    void run(Work<T> work, Done<T> done, const QObject* context = nullptr) {
        write<T>(std::move(work), std::move(done), context);
    }
    /// Anything that only reads, on the reading lane.
    template <class T>
    void read(Work<T> work, Done<T> done, const QObject* context = nullptr, const void* replaces = nullptr) {
        const auto state = m_reader;
        const jobs::Lane::Handle handle = m_readLane->start<T>(
            [state, work = std::move(work)](jobs::JobContext& job) -> Result<T> {
                if (!state->project) return makeError(ErrorCode::InvalidState, "no project is open");
                return work(*state->project, job);
            },
            answerTo<T>(std::move(done), context));
        if (replaces) replaceWaiting(replaces, handle);
    }

Q_SIGNALS:
    void opened();
    void openFailed(const espalier::Error& error, const QString& path);
    void closed();
    void busyChanged(bool busy);  ///< an edit, import or adoption is on its way (longer than a moment)
    void readOnlyChanged();
    void statusChanged();     ///< any of what follows, and undo or redo text
    void treeChanged();       ///< another revision of the tree is in tree()
    void documentsChanged();  ///< documents came
    void modelsChanged();
    void runsChanged();
    /// A writing call without `done` was refused, or reading failed in the background.
    void failed(const espalier::Error& error);

private:
    struct LaneState {
        std::unique_ptr<project::Project> project;  ///< touched on the lane only
    };
    struct Update {
        project::ProjectStatus status;
        TreeSnapshotPtr tree;
    };
    struct Opened {
        QString path, name, uuid, readOnlyReason;
        Update update;
    };

    template <class T>
    std::function<void(Result<T>)> answerTo(Done<T> done, const QObject* context) {
        QPointer<const QObject> guard(context ? context : this);
        return [this, guard, generation = m_generation, done = std::move(done)](Result<T> answer) {
            if (!guard) return;
            if (generation != m_generation) answer = makeError(ErrorCode::Cancelled, "another project was opened");
            if (done) {
                done(std::move(answer));
            } else if (!answer && answer.error().code != ErrorCode::Cancelled) {
                Q_EMIT failed(answer.error());
            }
        };
    }

    template <class T>
    jobs::Lane::Handle write(Work<T> work, Done<T> done, const QObject* context, jobs::JobContext::Sink sink = {}) {
        struct Both {
            Result<T> answer;
            std::optional<Update> update;
        };
        beginWriting();
        const auto state = m_writer;
        auto answer = answerTo<T>(std::move(done), context);
        return m_writeLane->start<Both>(
            [state, work = std::move(work)](jobs::JobContext& job) -> Result<Both> {
                if (!state->project) return makeError(ErrorCode::InvalidState, "no project is open");
                Both both{work(*state->project, job), std::nullopt};
                if (auto update = fetchUpdate(*state->project)) both.update = std::move(update).value();
                return both;
            },
            [this, generation = m_generation, answer = std::move(answer)](Result<Both> both) {
                endWriting();
                if (both && both->update && generation == m_generation) publish(std::move(*both->update));
                if (both)
                    answer(std::move(both->answer));
                else
                    answer(std::move(both).error());
            },
            std::move(sink));
    }

    static Result<Update> fetchUpdate(project::Project& project);
    static Result<Opened> openOn(LaneState& state, const QString& path, bool create, const QString& actor);
    void start(const QString& path, bool create);
    void publish(Update update);
    void beginWriting();
    void endWriting();
    void replaceWaiting(const void* key, const jobs::Lane::Handle& handle);

    quint64 m_generation = 0;  ///< of the open project: late answers of an older one are not delivered as such
    bool m_open = false, m_opening = false;
    int m_writing = 0;
    QString m_path, m_name, m_uuid, m_readOnlyReason, m_actor;
    project::ProjectStatus m_status;
    TreeSnapshotPtr m_tree;
    QHash<const void*, jobs::Lane::Handle> m_waiting;
    std::shared_ptr<LaneState> m_writer, m_reader;
    // Last members: joined first, while everything their tasks touch still lives.
    std::unique_ptr<jobs::Lane> m_writeLane, m_readLane;
};

}  // namespace espalier::ui

Q_DECLARE_METATYPE(espalier::Error)
