// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/training/evaluation_report.h
/// Two models side by side, figure by figure, from the answer of an eval job: what got worse comes first. No widgets.
#pragma once
#include <QAbstractTableModel>
#include <QJsonObject>
#include <QString>
#include <vector>

namespace espalier::ui {

enum class Verdict { Worse, Same, Better };

struct FigureRow {
    QString name;  ///< plain words: "Ten nearest share the label, level 0"
    QString term;  ///< the exact term: "purity@10, level 0"
    double before = 0, after = 0;
    qint64 count = 0;  ///< documents or queries behind the figure
    Verdict verdict = Verdict::Same;
    double delta() const { return after - before; }
};

struct EvaluationReport {
    QString before, after;  ///< names of the models
    QString protocol;
    std::vector<FigureRow> rows;  ///< worse first, then better, then about the same; largest change first
    int worse = 0, better = 0;
    bool empty() const { return rows.empty(); }
    /// "3 figures got better, 1 got worse, 2 are about the same."
    QString summary() const;
};

/// Changes smaller than this are called "about the same": they are within what another seed gives.
constexpr double kSameWithin = 0.005;
/// Fewer queries or documents than this say too little for a verdict.
constexpr qint64 kTooFew = 10;

/// \param eval  the object of contract.md's `eval` with two models, the one before first; anything else gives an empty
///              report
EvaluationReport readEvaluation(const QJsonObject& eval);

class EvaluationModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Measure, Before, After, Change, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setReport(EvaluationReport report);
    const EvaluationReport& report() const { return m_report; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    EvaluationReport m_report;
};

}  // namespace espalier::ui
