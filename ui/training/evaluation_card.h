// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/training/evaluation_card.h
/// Before and after a run, what got worse first, with the one button that comes next.
#pragma once
#include <QWidget>

#include "ui/training/evaluation_report.h"

class QPushButton;
class QStackedWidget;
class QTableView;

namespace espalier::ui {

class EmptyState;
class TextLabel;

class EvaluationCard : public QWidget {
    Q_OBJECT
public:
    explicit EvaluationCard(QWidget* parent = nullptr);
    void showReport(EvaluationReport report);
    /// Nothing measured: why, and a button when there is something to do ("Compare with base").
    void showNothing(const QString& headline, const QString& line, const QString& button);

Q_SIGNALS:
    void measureRequested();

private:
    QStackedWidget* m_stack;
    EmptyState* m_nothing;
    TextLabel* m_title;
    TextLabel* m_summary;
    TextLabel* m_protocol;
    QPushButton* m_again;
    QTableView* m_table;
    EvaluationModel* m_model;
};

}  // namespace espalier::ui
