// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/build_cost_probe.h
/// Asks a worker what a build will cost (job kind "estimate") and forgets every question but the newest. Needs no lock
/// and leaves nothing in the project. Interface thread only; never waits.
#pragma once
#include <QJsonObject>
#include <QObject>
#include <QString>
#include <QTemporaryDir>
#include <QTimer>
#include <memory>

#include "core/base/result.h"

namespace espalier::ui {

class WorkerProcess;

struct BuildCostAnswer {
    double low = 0, high = 0;  ///< seconds from start to adopted tree
    double peakBytes = 0;      ///< resident memory at its widest
    double freeBytes = 0;      ///< what the machine can give now; 0: not known
    bool enoughMemory = true;  ///< false: the build would be refused
};

class BuildCostProbe : public QObject {
    Q_OBJECT
public:
    /// \param program  absolute path of espalier-worker  \param project  its folder
    BuildCostProbe(QString program, QString project, QObject* parent = nullptr);
    ~BuildCostProbe() override;

    /// \param options  of the build that is asked about. Sent a moment after the last call of a row of calls.
    void ask(const QJsonObject& options);
    void cancel();
    bool measuring() const { return m_delay.isActive() || m_process != nullptr; }

Q_SIGNALS:
    void measuringStarted();
    void answered(const espalier::ui::BuildCostAnswer& cost);
    void failed(const espalier::Error& error);  ///< the options are refused, or there is no worker that answers

private:
    void start();
    void dropProcess();
    QString m_program, m_project;
    QJsonObject m_options;
    QTimer m_delay;
    std::shared_ptr<QTemporaryDir> m_folder;  ///< where the worker writes its log
    std::unique_ptr<WorkerProcess> m_process;
};

}  // namespace espalier::ui
