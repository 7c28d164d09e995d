// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/training/run_curves.h
/// Feeds the curves of one run: from the events of a live job, or from the events.jsonl of an older run.
#pragma once
#include <QJsonObject>
#include <QList>
#include <QString>
#include <vector>

namespace espalier::ui {

class CurvePlot;

/// What one "metric" event says; NaN where it does not say it.
struct MetricPoint {
    double step = 0, loss = 0, floor = 0, rate = 0;
    std::vector<double> levels;
};
/// Events of a run as they are stored; marks and breaks included.
struct RunEvents {
    enum class Kind { Metric, Checkpoint, Paused, Resumed };
    struct Event {
        Kind kind = Kind::Metric;
        MetricPoint metric;  ///< Metric; for the others `step` alone
    };
    std::vector<Event> events;
};

MetricPoint metricPoint(const QJsonObject& event);
/// Reads an events.jsonl; lines that are not understood are left out. Any thread.
RunEvents readRunEvents(const QString& path);

class RunCurves {
public:
    explicit RunCurves(CurvePlot* plot) : m_plot(plot) {}
    void clear();
    void addMetrics(const QList<QJsonObject>& batch);
    void addEvents(const RunEvents& events);
    void addCheckpoint(double step);
    void addPause();  ///< the curves break here
    void addEdit(const QString& what);
    double lastStep() const { return m_lastStep; }
    bool empty() const { return m_points == 0; }

private:
    void add(const MetricPoint& point);
    CurvePlot* m_plot;
    int m_levels = -1;  ///< -1: the plot has no quantities yet
    double m_lastStep = 0;
    qint64 m_points = 0;
};

}  // namespace espalier::ui
