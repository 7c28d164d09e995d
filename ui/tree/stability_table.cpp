// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/stability_table.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <cmath>

namespace espalier::ui {
namespace {
constexpr double kAllStable = 1 - 1e-9;
}

StabilityTable readStability(const std::string& json) {
    StabilityTable table;
    bool marked = false;
    const StabilityPlot::Point* largest = nullptr;
    const QJsonArray rows = QJsonDocument::fromJson(QByteArray::fromStdString(json)).array();
    table.points.reserve(std::size_t(rows.size()));
    for (const auto& entry : rows) {
        const QJsonObject row = entry.toObject();
        const auto figure = [&row](const char* key) { return row.value(QLatin1String(key)).toDouble(); };
        StabilityPlot::Point point;
        point.k = row.value(QStringLiteral("k")).toInt();
        point.least = std::min(figure("w_min"), figure("h_min"));
        point.mean = std::min(figure("w_mean"), figure("h_mean"));
        point.error = figure("error_mean");
        point.chosen = row.value(QStringLiteral("chosen")).toBool();
        marked = marked || row.contains(QStringLiteral("chosen"));
        table.threshold = std::max(table.threshold, figure("threshold"));
        table.points.push_back(point);
        if (point.chosen) table.stable = int(std::lround(figure("stable_share") * point.k));
        if (figure("stable_share") >= kAllStable) largest = &table.points.back();
    }
    // Builds of before the mark: their rule was the largest k all of whose labels are stable.
    if (!marked && largest) table.points[std::size_t(largest - table.points.data())].chosen = true;
    return table;
}

}  // namespace espalier::ui
