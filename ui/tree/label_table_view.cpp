// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_table_view.h"

#include <QAction>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScopedValueRollback>

#include "ui/models/label_table_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/theme.h"
#include "ui/tree/label_delegate.h"

namespace espalier::ui {
namespace {
const QString kHeaderName = QStringLiteral("labelTable");
}

LabelTableView::LabelTableView(LabelTableModel* model, Selection* selection, const BranchColors* colors,
                               QWidget* parent)
    : QTableView(parent), m_model(model), m_selection(selection) {
    setObjectName(QStringLiteral("labelTable"));
    setAccessibleName(tr("Label table"));
    prepareView(this);
    setModel(model);
    // Marker, hit and marks as in the outline; the bar beside the figure.
    setItemDelegateForColumn(LabelTableModel::NameColumn, new LabelDelegate(colors, this));
    setItemDelegateForColumn(LabelTableModel::DocumentsColumn, new LabelDelegate(colors, this));
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setEditTriggers(EditKeyPressed);
    setShowGrid(false);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setTextElideMode(Qt::ElideRight);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(theme().length(Length::RowHeight));
    verticalHeader()->setMinimumSectionSize(theme().length(Length::RowHeight));
    QHeaderView* header = horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setMinimumSectionSize(theme().space(10));
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    const int name = theme().length(Length::SidePanelWidth) * 3 / 5;
    const int widths[] = {
        name,
        qMax(LabelDelegate::documentsColumnWidth(0), header->sectionSizeHint(LabelTableModel::DocumentsColumn)),
        theme().space(15),
        theme().space(40),
        theme().space(20),
        theme().space(60),
        theme().space(30)};
    for (int column = 0; column < LabelTableModel::ColumnCount; ++column) header->resizeSection(column, widths[column]);
    if (const QByteArray state = Settings::instance().header(kHeaderName); !state.isEmpty())
        header->restoreState(state);
    setSortingEnabled(true);
    header->setSortIndicatorClearable(true);
    if (Settings::instance().header(kHeaderName).isEmpty()) {
        header->setSortIndicator(-1, Qt::AscendingOrder);  // as the outline has them
        model->sort(-1, Qt::AscendingOrder);
    }
    setContextMenuPolicy(Qt::CustomContextMenu);
    connect(this, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { Q_EMIT menuRequested(viewport()->mapToGlobal(at)); });
    connect(header, &QWidget::customContextMenuRequested, this, &LabelTableView::columnMenu);
    const auto keep = [this] { Settings::instance().setHeader(kHeaderName, horizontalHeader()->saveState()); };
    connect(header, &QHeaderView::sectionResized, this, keep);
    connect(header, &QHeaderView::sectionMoved, this, keep);
    connect(header, &QHeaderView::sortIndicatorChanged, this, keep);
    connect(selection, &Selection::labelsChanged, this, &LabelTableView::pullSelection);
    connect(model, &QAbstractItemModel::modelReset, this, &LabelTableView::pullSelection);
    connect(&theme(), &Theme::changed, this, [this] { viewport()->update(); });
}

void LabelTableView::columnMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("columnMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < LabelTableModel::ColumnCount; ++column) {
        QAction* action = menu->addAction(m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        action->setEnabled(column != LabelTableModel::NameColumn);
        connect(action, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu->popup(horizontalHeader()->mapToGlobal(at));
}

void LabelTableView::setLevels(int levels) {
    m_model->setLevels(levels);
}

void LabelTableView::reveal(LabelId label) {
    const int row = m_model->rowOf(label);
    if (row >= 0) scrollTo(m_model->index(row, LabelTableModel::NameColumn), EnsureVisible);
}

void LabelTableView::selectBranch(LabelId label) {
    const auto snapshot = m_model->snapshot();
    if (!snapshot || !snapshot->tree.contains(label)) return;
    QList<LabelId> labels;
    for (const LabelId id : snapshot->tree.branch(label)) labels << id;
    m_selection->setLabels(labels, label);
}

void LabelTableView::expandAllBelow() {
    selectBranch(m_selection->label());
}

void LabelTableView::renameCurrent() {
    const int row = m_model->rowOf(m_selection->label());
    if (row < 0) return;
    setFocus();
    reveal(m_selection->label());
    const QModelIndex index = m_model->index(row, LabelTableModel::NameColumn);
    setCurrentIndex(index);
    edit(index);
}

void LabelTableView::pushSelection() {
    if (m_pulling || m_pushing) return;
    const QScopedValueRollback<bool> guard(m_pushing, true);
    QList<LabelId> labels;
    for (const QModelIndex& index : selectionModel()->selectedRows(LabelTableModel::NameColumn))
        labels << m_model->labelAt(index.row());
    if (labels.isEmpty()) return;
    LabelId current = currentIndex().isValid() ? m_model->labelAt(currentIndex().row()) : LabelId{};
    if (!labels.contains(current)) current = labels.last();
    m_selection->setLabels(labels, current);
}

void LabelTableView::pullSelection() {
    if (m_pushing) return;
    const QScopedValueRollback<bool> guard(m_pulling, true);
    QItemSelection rows;
    for (const LabelId id : m_selection->labels())
        if (const int row = m_model->rowOf(id); row >= 0)
            rows.select(m_model->index(row, 0), m_model->index(row, LabelTableModel::ColumnCount - 1));
    selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
    const int current = m_model->rowOf(m_selection->label());
    if (current < 0) return;
    const int column = currentIndex().isValid() ? currentIndex().column() : int(LabelTableModel::NameColumn);
    selectionModel()->setCurrentIndex(m_model->index(current, column), QItemSelectionModel::NoUpdate);
    if (isVisible()) reveal(m_selection->label());
}

void LabelTableView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    QTableView::selectionChanged(selected, deselected);
    pushSelection();
}

void LabelTableView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (current.isValid() && selectionModel()->isSelected(current)) pushSelection();
}

void LabelTableView::showEvent(QShowEvent* event) {
    QTableView::showEvent(event);
    reveal(m_selection->label());
}

void LabelTableView::keyPressEvent(QKeyEvent* event) {
    // Alt and arrows are Back, Forward and the acts of the tree.
    if (event->modifiers() & Qt::AltModifier) return event->ignore();
    QTableView::keyPressEvent(event);
}

}  // namespace espalier::ui
