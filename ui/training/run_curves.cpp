// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/training/run_curves.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <limits>

#include "ui/plot/curve_plot.h"

namespace espalier::ui {
namespace {
enum Quantity { Loss, AboveFloor, Rate };
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr qint64 kLongestFile = 256LL * 1024 * 1024;

QString tr(const char* text) {
    return QCoreApplication::translate("espalier::ui::RunCurves", text);
}

double number(const QJsonObject& object, const char* key) {
    const QJsonValue value = object.value(QLatin1String(key));
    return value.isDouble() ? value.toDouble() : kNone;
}
}  // namespace

MetricPoint metricPoint(const QJsonObject& event) {
    MetricPoint point;
    point.step = number(event, "step");
    point.loss = number(event, "loss");
    point.floor = number(event, "floor");
    point.rate = number(event, "docs_per_second");
    const QJsonArray levels = event.value(QLatin1String("levels")).toArray();
    for (const auto& level : levels) point.levels.push_back(level.isDouble() ? level.toDouble() : kNone);
    return point;
}

RunEvents readRunEvents(const QString& path) {
    RunEvents run;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > kLongestFile) return run;
    double step = 0;
    while (!file.atEnd()) {
        const QJsonObject object = QJsonDocument::fromJson(file.readLine()).object();
        const QString name = object.value(QLatin1String("event")).toString();
        RunEvents::Event event;
        if (name == QLatin1String("metric")) {
            event.metric = metricPoint(object);
            if (!(event.metric.step > step)) continue;
            step = event.metric.step;
        } else if (name == QLatin1String("checkpoint") || name == QLatin1String("paused") ||
                   name == QLatin1String("resumed")) {
            event.kind = name == QLatin1String("checkpoint") ? RunEvents::Kind::Checkpoint
                         : name == QLatin1String("paused")   ? RunEvents::Kind::Paused
                                                             : RunEvents::Kind::Resumed;
            event.metric.step = step;
        } else {
            continue;
        }
        run.events.push_back(std::move(event));
    }
    return run;
}

void RunCurves::clear() {
    const int shown = m_plot->currentQuantity();
    m_plot->clear();
    m_levels = -1;
    m_lastStep = 0;
    m_points = 0;
    m_plot->addQuantity(tr("Loss"), {});
    m_plot->addQuantity(tr("Loss minus its floor"), {});
    m_plot->addQuantity(tr("Documents per second"), {});
    m_plot->setCurrentQuantity(shown);
}

void RunCurves::add(const MetricPoint& point) {
    if (!(point.step > m_lastStep)) return;
    if (m_levels < 0) {
        if (m_points == 0 && m_plot->currentQuantity() < 0) clear();
        m_plot->addSeries(Loss, tr("Total"), {});
        m_plot->addSeries(AboveFloor, tr("Total"), {});
        m_plot->addSeries(Rate, tr("Speed"), {});
        m_levels = int(point.levels.size());
        for (int level = 0; level < m_levels; ++level)
            m_plot->addSeries(Loss, tr("Level %1").arg(level), {CurveColor::Kind::Level, level});
    }
    m_lastStep = point.step;
    ++m_points;
    m_plot->append(Loss, 0, point.step, point.loss);
    for (int level = 0; level < m_levels && level < int(point.levels.size()); ++level)
        m_plot->append(Loss, level + 1, point.step, point.levels[std::size_t(level)]);
    m_plot->append(AboveFloor, 0, point.step, point.loss - point.floor);
    m_plot->append(Rate, 0, point.step, point.rate);
}

void RunCurves::addMetrics(const QList<QJsonObject>& batch) {
    for (const QJsonObject& event : batch) add(metricPoint(event));
}

void RunCurves::addEvents(const RunEvents& run) {
    for (const RunEvents::Event& event : run.events) {
        switch (event.kind) {
            case RunEvents::Kind::Metric:
                add(event.metric);
                break;
            case RunEvents::Kind::Checkpoint:
                addCheckpoint(event.metric.step);
                break;
            case RunEvents::Kind::Paused:
                addPause();
                break;
            case RunEvents::Kind::Resumed:
                break;
        }
    }
}

void RunCurves::addCheckpoint(double step) {
    m_plot->addMark(step, CurveMark::Checkpoint, tr("Model stored"));
}

void RunCurves::addPause() {
    if (m_points == 0) return;
    for (int series = 0; series <= m_levels; ++series) m_plot->appendGap(Loss, series);
    m_plot->appendGap(AboveFloor, 0);
    m_plot->appendGap(Rate, 0);
    m_plot->addMark(m_lastStep, CurveMark::Pause, tr("Paused"));
}

void RunCurves::addEdit(const QString& what) {
    m_plot->addMark(m_lastStep, CurveMark::Edit, what);
}

}  // namespace espalier::ui
