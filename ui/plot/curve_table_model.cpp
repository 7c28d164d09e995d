// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/curve_table_model.h"

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/style/format.h"

namespace espalier::ui {

void CurveTableModel::setCurves(const QStringList& names, const std::vector<const CurveSeries*>& series) {
    beginResetModel();
    m_names = names;
    m_steps.clear();
    for (const CurveSeries* one : series) m_steps.insert(m_steps.end(), one->raw().x.begin(), one->raw().x.end());
    std::sort(m_steps.begin(), m_steps.end());
    m_steps.erase(std::unique(m_steps.begin(), m_steps.end()), m_steps.end());
    m_values.assign(series.size(), std::vector<double>(m_steps.size(), std::numeric_limits<double>::quiet_NaN()));
    for (std::size_t s = 0; s < series.size(); ++s) {
        const CurvePoints& points = series[s]->raw();
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (std::isnan(points.y[i])) continue;
            const auto row = std::lower_bound(m_steps.begin(), m_steps.end(), points.x[i]) - m_steps.begin();
            m_values[s][std::size_t(row)] = points.y[i];
        }
    }
    endResetModel();
}

int CurveTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_steps.size());
}
int CurveTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_names.size()) + 1;
}

QVariant CurveTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    const auto row = std::size_t(index.row());
    if (role == Qt::DisplayRole) {
        if (index.column() == 0) return formatCount(std::int64_t(m_steps[row]));
        return formatFigure(m_values[std::size_t(index.column() - 1)][row]);
    }
    if (role == Qt::ToolTipRole && index.column() > 0)
        return QLocale().toString(m_values[std::size_t(index.column() - 1)][row], 'g', 9);
    return {};
}

QVariant CurveTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal) return {};
    return section == 0 ? tr("Step") : m_names.value(section - 1);
}

QString CurveTableModel::asText() const {
    QString text = QStringLiteral("step");
    for (const QString& name : m_names) text += u'\t' + name;
    text += u'\n';
    for (std::size_t row = 0; row < m_steps.size(); ++row) {
        text += QString::number(m_steps[row], 'g', 15);
        for (const auto& column : m_values) {
            text += u'\t';
            if (!std::isnan(column[row])) text += QString::number(column[row], 'g', 9);
        }
        text += u'\n';
    }
    return text;
}

}  // namespace espalier::ui
