// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/worker_process.h
/// One espalier-worker: JSON lines both ways, and every way it can end told apart. Interface thread only, never waits.
#pragma once
#include <QByteArray>
#include <QJsonObject>
#include <QObject>
#include <QString>

#include "ui/dialogs/error_text.h"

class QProcess;
class QTimer;

namespace espalier::ui {

class WorkerProcess : public QObject {
    Q_OBJECT
public:
    explicit WorkerProcess(QObject* parent = nullptr);
    ~WorkerProcess() override;  ///< ends the process unless it was detached

    /// At most this many bytes in one line; more is not our protocol and ends the process.
    static constexpr qint64 kLongestLine = 64 * 1024 * 1024;

    /// One of started messages and failed() follows. \param program  absolute path
    void start(const QString& program);
    void send(const QJsonObject& message);
    void closeInput();  ///< the worker takes it as "stop"
    void kill();        ///< at once; failed(WorkerForced) follows
    /// Leaves the process to itself: it goes on when this window is gone, steered by the files of its folder. Nothing
    /// more is heard of it.
    void detach();
    bool running() const;
    qint64 processId() const;
    static bool installed(const QString& program);

Q_SIGNALS:
    void message(const QJsonObject& message);
    /// Ended after an "end" message, which is passed here. Comes after the process is gone and its memory free.
    void ended(const QJsonObject& end);
    void failed(espalier::ui::JobEvent event, const QString& details);

private:
    void readOutput();
    void readLine(const QByteArray& line);
    void finish();
    void fail(JobEvent event, const QString& why);

    QProcess* m_process;
    QTimer* m_patience;  ///< a worker that does not exit after its "end" is ended
    QByteArray m_buffer;
    QByteArray m_stderr;  ///< the newest part, for details
    QJsonObject m_end;
    bool m_ended = false, m_forced = false, m_garbled = false, m_over = false;
    int m_malformed = 0;
    QString m_firstMalformed;
};

}  // namespace espalier::ui
