// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/plot/curve_table_model.h
/// The table twin of a picture of curves: one row per step, one column per series, raw values.
#pragma once
#include <QAbstractTableModel>
#include <vector>

#include "ui/plot/curve_data.h"

namespace espalier::ui {

class CurveTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    /// Copies what it shows. \param names  one per series
    void setCurves(const QStringList& names, const std::vector<const CurveSeries*>& series);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Tab-separated with a header line, C locale.
    QString asText() const;

private:
    QStringList m_names;
    std::vector<double> m_steps;
    std::vector<std::vector<double>> m_values;  ///< per series, one per step; NaN = none
};

}  // namespace espalier::ui
