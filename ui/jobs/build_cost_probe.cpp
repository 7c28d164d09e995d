// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/build_cost_probe.h"

#include <QThreadPool>

#include "ui/dialogs/error_text.h"
#include "ui/jobs/worker_process.h"
#include "ui/session/text.h"

namespace espalier::ui {
namespace {
constexpr int kDelayMs = 300;  // who holds an arrow of a spin box down asks once
constexpr double kMegabyte = 1048576;
}  // namespace

BuildCostProbe::BuildCostProbe(QString program, QString project, QObject* parent)
    : QObject(parent),
      m_program(std::move(program)),
      m_project(std::move(project)),
      m_folder(std::make_shared<QTemporaryDir>()) {
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &BuildCostProbe::start);
}

BuildCostProbe::~BuildCostProbe() {
    dropProcess();
    // A busy disk can take its time over it, and the window does not wait.
    QThreadPool::globalInstance()->start([folder = std::move(m_folder)]() mutable { folder.reset(); });
}

void BuildCostProbe::ask(const QJsonObject& options) {
    m_options = options;
    dropProcess();  // its answer would be to an older question
    m_delay.start();
    Q_EMIT measuringStarted();
}

void BuildCostProbe::cancel() {
    m_delay.stop();
    dropProcess();
}

void BuildCostProbe::dropProcess() {
    if (!m_process) return;
    m_process->disconnect(this);
    m_process->kill();  // it computes for nobody, and has nothing to lose
    m_process.reset();
}

void BuildCostProbe::start() {
    m_process = std::make_unique<WorkerProcess>();
    WorkerProcess* process = m_process.get();
    const auto done = [this] { m_process.release()->deleteLater(); };
    connect(process, &WorkerProcess::ended, this, [this, done](const QJsonObject& end) {
        done();
        if (end.value(QLatin1String("error")).isObject()) {
            Q_EMIT failed(errorFromJson(end.value(QLatin1String("error")).toObject()));
            return;
        }
        const QJsonObject result = end.value(QLatin1String("result")).toObject();
        const QJsonObject estimate = result.value(QLatin1String("estimate")).toObject();
        if (estimate.isEmpty()) {
            Q_EMIT failed(makeError(ErrorCode::Internal, "the worker did not say what the build will cost"));
            return;
        }
        BuildCostAnswer cost;
        cost.low = estimate.value(QLatin1String("low")).toDouble();
        cost.high = estimate.value(QLatin1String("high")).toDouble();
        cost.peakBytes = estimate.value(QLatin1String("peak_mb")).toDouble() * kMegabyte;
        cost.freeBytes = estimate.value(QLatin1String("free_mb")).toDouble() * kMegabyte;
        cost.enoughMemory = result.value(QLatin1String("enough_memory")).toBool(true);
        Q_EMIT answered(cost);
    });
    connect(process, &WorkerProcess::failed, this, [this, done](JobEvent event, const QString& details) {
        done();
        const ErrorText text = jobEventText(event, Activity::Build, details);
        Q_EMIT failed(makeError(ErrorCode::Internal, fromQt(text.headline)));
    });
    process->start(m_program);
    process->send({{QStringLiteral("op"), QStringLiteral("start")},
                   {QStringLiteral("kind"), QStringLiteral("estimate")},
                   {QStringLiteral("project"), m_project},
                   {QStringLiteral("folder"), m_folder->path()},
                   {QStringLiteral("options"), m_options}});
}

}  // namespace espalier::ui
