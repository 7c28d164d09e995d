// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/query_client.h
/// A resident process that answers questions, searches above all: started at the first question, restarted when it
/// died, ended with the project.
///
/// A newer question replaces the one that waits; only the answer to the newest one is delivered. Interface thread only.
#pragma once
#include <QElapsedTimer>
#include <QJsonObject>
#include <QObject>
#include <QString>
#include <functional>
#include <memory>

#include "core/base/result.h"

namespace espalier::ui {

class WorkerProcess;

class QueryClient : public QObject {
    Q_OBJECT
public:
    explicit QueryClient(QObject* parent = nullptr);
    ~QueryClient() override;

    void setWorkerProgram(const QString& path);
    /// Ends the process when the path changes; an empty path means no project.
    void setProject(const QString& projectPath);

    using Done = std::function<void(Result<QJsonObject> answer)>;
    /// \param request  options of the search verb: "query", "model", "branch", "k", "mode"
    /// \param done     called once if this stays the newest question, else never (a newer one replaced it)
    /// \param early    called before done with the answer without its snippets, where those take time
    using Early = std::function<void(const QJsonObject& answer)>;
    void search(const QJsonObject& request, Done done, Early early = {});
    /// \param request  "document" (id), "label" (id or path): why a document is where it is (core/pipeline/why.h)
    void why(const QJsonObject& request, Done done);
    void cancel();  ///< forgets the waiting question
    bool busy() const { return m_pending != 0; }

Q_SIGNALS:
    void busyChanged(bool busy);
    /// The process ended while a question waited; the question got its error.
    void processDied(const QString& details);

private:
    void ask(const char* op, const QJsonObject& request, Done done, Early early);
    void ensureProcess();
    void send();
    void handleLine(const QJsonObject& message);
    void handleEnd(int event, const QString& details);
    void answer(Result<QJsonObject> result);

    QString m_program, m_project;
    std::unique_ptr<WorkerProcess> m_process;
    QString m_op;
    QJsonObject m_request;
    Done m_done;
    Early m_early;
    qint64 m_pending = 0;  ///< id of the question that waits for its answer, 0 none
    qint64 m_nextId = 1;
    int m_deathsInARow = 0;
};

}  // namespace espalier::ui
