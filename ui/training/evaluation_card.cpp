// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/training/evaluation_card.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/icons.h"

namespace espalier::ui {

EvaluationCard::EvaluationCard(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("evaluationCard"));
    auto* page = new QWidget(this);
    m_title = new TextLabel({}, TextRole::Strong, ColorRole::Text, page);
    m_title->setObjectName(QStringLiteral("evaluationTitle"));
    m_summary = new TextLabel({}, TextRole::Normal, ColorRole::Text, page);
    m_summary->setObjectName(QStringLiteral("evaluationSummary"));
    m_protocol = new TextLabel({}, TextRole::Small, ColorRole::Muted, page);
    m_protocol->setWordWrap(true);
    m_again = new QPushButton(icon(QStringLiteral("refresh")), tr("Measure again"), page);
    m_again->setObjectName(QStringLiteral("measureAgain"));
    m_again->setFlat(true);
    m_model = new EvaluationModel(this);
    m_table = new QTableView(page);
    m_table->setObjectName(QStringLiteral("evaluationTable"));
    m_table->setAccessibleName(tr("Figures before and after training, what got worse first"));
    prepareView(m_table);
    m_table->setModel(m_model);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(theme().length(Length::RowHeight));
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(EvaluationModel::Measure, QHeaderView::Stretch);
    const int unit = theme().length(Length::BarWidth);
    m_table->setColumnWidth(EvaluationModel::Before, unit * 3 / 2);
    m_table->setColumnWidth(EvaluationModel::After, unit * 3 / 2);
    m_table->setColumnWidth(EvaluationModel::Change, unit * 3);

    auto* head = new QHBoxLayout;
    noMargins(head);
    head->setSpacing(theme().space(2));
    head->addWidget(m_title);
    head->addWidget(m_summary, 1);
    head->addWidget(m_again);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme().space(2), theme().space(2), theme().space(2), theme().space(3));
    layout->setSpacing(theme().space(1));
    head->setContentsMargins(theme().space(2), 0, theme().space(2), 0);
    m_protocol->setContentsMargins(theme().space(2), 0, theme().space(2), 0);
    layout->addLayout(head);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_protocol);

    m_nothing = new EmptyState(this);
    m_nothing->setPrimary(false);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_nothing);
    m_stack->addWidget(page);
    auto* outer = new QVBoxLayout(this);
    noMargins(outer);
    outer->addWidget(m_stack);
    connect(m_nothing, &EmptyState::activated, this, &EvaluationCard::measureRequested);
    connect(m_again, &QPushButton::clicked, this, &EvaluationCard::measureRequested);
}

void EvaluationCard::showReport(EvaluationReport report) {
    m_title->setText(tr("%1 against %2").arg(report.after, report.before));
    m_summary->setText(report.summary());
    m_protocol->setText(report.protocol);
    m_protocol->setVisible(!report.protocol.isEmpty());
    setAccessibleName(m_title->text() + QStringLiteral(": ") + m_summary->text());
    m_model->setReport(std::move(report));
    m_stack->setCurrentIndex(1);
}

void EvaluationCard::showNothing(const QString& headline, const QString& line, const QString& button) {
    m_nothing->setContent({}, headline, line, button);
    m_stack->setCurrentIndex(0);
}

}  // namespace espalier::ui
