// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_tree_view.h"

#include <QDrag>
#include <QDragMoveEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QScopedValueRollback>
#include <algorithm>

#include "ui/models/label_tree_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/text.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"
#include "ui/tree/drop_caption.h"
#include "ui/tree/drop_ghost.h"
#include "ui/tree/label_delegate.h"

namespace espalier::ui {
namespace {
constexpr int kAutoExpandMs = 700;

QString countedDocuments(std::int64_t documents) {
    return documents == 1 ? LabelTreeView::tr("1 document")
                          : LabelTreeView::tr("%1 documents").arg(formatCount(documents));
}
}  // namespace

LabelTreeView::LabelTreeView(LabelTreeModel* model, Selection* selection, const BranchColors* colors, QWidget* parent)
    : QTreeView(parent), m_model(model), m_selection(selection) {
    setObjectName(QStringLiteral("labelTree"));
    setAccessibleName(tr("Label tree"));
    prepareView(this);
    setModel(model);
    setItemDelegate(new LabelDelegate(colors, this));
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setEditTriggers(EditKeyPressed);
    setExpandsOnDoubleClick(true);
    setAnimated(false);
    setAllColumnsShowFocus(false);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDragDropMode(DragDrop);
    setDefaultDropAction(Qt::MoveAction);
    setDropIndicatorShown(true);
    setAutoExpandDelay(kAutoExpandMs);
    setTextElideMode(Qt::ElideRight);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // columns stay where they are; an idle bar is not drawn
    setContextMenuPolicy(Qt::CustomContextMenu);
    header()->setStretchLastSection(false);
    header()->setSectionsMovable(false);
    header()->setMinimumSectionSize(theme().space(10));
    header()->setSectionResizeMode(LabelTreeModel::NameColumn, QHeaderView::Stretch);
    header()->setSectionResizeMode(LabelTreeModel::DocumentsColumn, QHeaderView::Fixed);
    m_ghost = new DropGhost(viewport());
    m_caption = new DropCaption(viewport());

    model->setExpandedProbe([this](LabelId id) { return isExpanded(m_model->indexOf(id)); });
    connect(this, &QTreeView::expanded, this, [this](const QModelIndex& index) {
        if (!m_restoring && m_model->filter().isEmpty()) m_expandedIds.insert(m_model->labelAt(index).value);
    });
    connect(this, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
        if (!m_restoring && m_model->filter().isEmpty()) m_expandedIds.remove(m_model->labelAt(index).value);
    });
    connect(selection, &Selection::labelsChanged, this, &LabelTreeView::pullSelection);
    connect(model, &QAbstractItemModel::rowsInserted, this, &LabelTreeView::pullSelection, Qt::QueuedConnection);
    connect(&theme(), &Theme::changed, this, [this] { viewport()->update(); });
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        const auto snapshot = m_model->snapshot();
        header()->resizeSection(LabelTreeModel::DocumentsColumn,
                                LabelDelegate::documentsColumnWidth(snapshot ? snapshot->documents : 0));
    });
    header()->resizeSection(LabelTreeModel::DocumentsColumn, LabelDelegate::documentsColumnWidth(0));
}

// --- what stays with the labels ---------------------------------------------------------------------------------

void LabelTreeView::reset() {
    QTreeView::reset();
    restore();
}

void LabelTreeView::restore() {
    const QScopedValueRollback<bool> guard(m_restoring, true);
    if (!m_model->filter().isEmpty()) {
        expandAll();
    } else {
        for (const qint64 id : std::as_const(m_expandedIds))
            if (const QModelIndex index = m_model->indexOf(LabelId{id}); index.isValid()) setExpanded(index, true);
    }
    pullSelection();
}

void LabelTreeView::setExpandedLabels(const QSet<qint64>& labels) {
    m_expandedIds = labels;
    collapseAll();
    m_expandedIds = labels;
    restore();
}

void LabelTreeView::reveal(LabelId label) {
    const QModelIndex index = m_model->indexOf(label);
    if (!index.isValid()) return;
    for (QModelIndex up = index.parent(); up.isValid(); up = up.parent()) expand(up);
    scrollTo(index, EnsureVisible);
}

void LabelTreeView::selectBranch(LabelId label) {
    const auto snapshot = m_model->snapshot();
    if (!snapshot || !snapshot->tree.contains(label)) return;
    QList<LabelId> labels;
    for (const LabelId id : snapshot->tree.branch(label)) {
        labels << id;
        if (const QModelIndex index = m_model->indexOf(id); index.isValid()) expand(index);
    }
    m_selection->setLabels(labels, label);
}

void LabelTreeView::setLevels(int levels) {
    const auto snapshot = m_model->snapshot();
    if (!snapshot) return;
    QSet<qint64> open;
    for (const auto& [id, label] : snapshot->tree.labels())
        if (id != snapshot->tree.root() && !label.children.empty() &&
            (levels == 0 || snapshot->tree.level(id) + 1 < levels))
            open.insert(id.value);
    setExpandedLabels(open);
}

void LabelTreeView::pushSelection() {
    if (m_restoring || m_pushing) return;
    const QScopedValueRollback<bool> guard(m_pushing, true);
    QList<LabelId> labels;
    for (const QModelIndex& index : selectionModel()->selectedRows(LabelTreeModel::NameColumn))
        labels << m_model->labelAt(index);
    LabelId current = currentIndex().isValid() ? m_model->labelAt(currentIndex()) : LabelId{};
    if (!labels.contains(current)) current = labels.isEmpty() ? LabelId{} : labels.last();
    if (labels.isEmpty()) return;  // a click beside the rows keeps what is shown
    m_selection->setLabels(labels, current);
}

void LabelTreeView::pullSelection() {
    if (m_pushing) return;
    const QScopedValueRollback<bool> guard(m_restoring, true);
    QItemSelection rows;
    for (const LabelId id : m_selection->labels()) {
        const QModelIndex index = m_model->indexOf(id);
        if (index.isValid()) rows.select(index, m_model->indexOf(id, LabelTreeModel::DocumentsColumn));
    }
    const QModelIndex current = m_model->indexOf(m_selection->label());
    if (current.isValid()) {
        const QScopedValueRollback<bool> expanding(m_restoring, false);
        const QScopedValueRollback<bool> silent(m_pushing, true);
        reveal(m_selection->label());
    }
    selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
    if (current.isValid()) selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
}

void LabelTreeView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    QTreeView::selectionChanged(selected, deselected);
    pushSelection();
}

void LabelTreeView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    if (current.isValid() && selectionModel()->isSelected(current)) pushSelection();
}

void LabelTreeView::renameCurrent() {
    const QModelIndex index = m_model->indexOf(m_selection->label());
    if (!index.isValid()) return;
    setFocus();
    reveal(m_selection->label());
    setCurrentIndex(index);
    edit(index);
}

void LabelTreeView::expandAllBelow() {
    const QModelIndex index = currentIndex();
    if (index.isValid()) expandRecursively(index.siblingAtColumn(LabelTreeModel::NameColumn));
}

void LabelTreeView::keyPressEvent(QKeyEvent* event) {
    // The view's own Alt+arrow bindings would shadow Back and Forward.
    if (event->modifiers() & Qt::AltModifier) {
        event->ignore();
        return;
    }
    QTreeView::keyPressEvent(event);
}

void LabelTreeView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    hideDrop();
}

// --- dragging ------------------------------------------------------------------------------------------------------

LabelTreeView::Target LabelTreeView::targetAt(const QPoint& position) const {
    const auto snapshot = m_model->snapshot();
    const LabelId root = snapshot ? snapshot->tree.root() : LabelId{};
    const QModelIndex index = indexAt(position).siblingAtColumn(LabelTreeModel::NameColumn);
    if (!index.isValid()) return {root, -1};
    const QModelIndex parent = index.parent();
    const LabelId parentId = parent.isValid() ? m_model->labelAt(parent) : root;
    switch (dropIndicatorPosition()) {
        case AboveItem:
            return {parentId, index.row()};
        case BelowItem:
            return {parentId, index.row() + 1};
        case OnItem:
            return {m_model->labelAt(index), -1};
        case OnViewport:
            return {root, -1};
    }
    return {root, -1};
}

LabelTreeView::Target LabelTreeView::judgedTargetAt(const QPoint& position) const {
    const QModelIndex hovered = indexAt(position).siblingAtColumn(LabelTreeModel::NameColumn);
    // While the place is refused the view shows no indicator; judge the row under the pointer itself.
    if (hovered.isValid() && dropIndicatorPosition() == OnViewport) return {m_model->labelAt(hovered), -1};
    return targetAt(position);
}

QString LabelTreeView::dropText(const QList<LabelId>& labels, const QPoint& position, bool* refused) const {
    const auto snapshot = m_model->snapshot();
    *refused = true;
    if (!snapshot || labels.isEmpty()) return tr("Only labels can be dropped here.");
    const Target target = judgedTargetAt(position);
    QString why = m_model->refusal(labels, target.parent);
    if (!why.isEmpty()) return why;
    *refused = false;
    std::int64_t documents = 0, changed = 0;
    for (const LabelId id : labels) {
        const bool inside = std::any_of(labels.begin(), labels.end(), [&](LabelId other) {
            return other != id && snapshot->tree.inBranch(id, other);
        });
        if (inside) continue;  // counted with the label above it
        documents += snapshot->countsOf(id).documents;
        if (snapshot->tree.at(id).parent != target.parent) changed += snapshot->countsOf(id).documents;
    }
    const QString counted = countedDocuments(documents);
    const QString moved = changed > 0 ? tr("%1 · path changes for %2").arg(counted, formatCount(changed))
                                      : tr("%1 · no path changes").arg(counted);
    const bool top = target.parent == snapshot->tree.root();
    const QString parentName = toQt(snapshot->tree.at(target.parent).name);
    if (target.row < 0)
        return top ? tr("Move to the top level · %1").arg(moved) : tr("Move into %1 · %2").arg(parentName, moved);
    const QModelIndex parentIndex = m_model->indexOf(target.parent);
    const QModelIndex after = m_model->index(target.row - 1, 0, parentIndex);
    const QModelIndex before = m_model->index(target.row, 0, parentIndex);
    const QString upper = after.data().toString(), lower = before.data().toString();
    if (after.isValid() && before.isValid()) return tr("Between %1 and %2 · %3").arg(upper, lower, moved);
    if (before.isValid()) return tr("Before %1 · %2").arg(lower, moved);
    return tr("After %1 · %2").arg(upper, moved);
}

void LabelTreeView::showGhost(const QList<LabelId>& labels, const Target& target) {
    const QModelIndex parent = m_model->indexOf(target.parent);
    const int children = m_model->rowCount(parent);
    const bool open = !parent.isValid() || isExpanded(parent);
    const int row = target.row >= 0 ? target.row : children;
    const QModelIndex next = open && row < children ? m_model->index(row, 0, parent) : QModelIndex();
    int top = 0, left = 0;
    if (next.isValid()) {
        top = visualRect(next).top();
        left = visualRect(next).left();
    } else {
        // After the last one that is seen below the parent.
        QModelIndex last = parent;
        for (int rows = open ? children : 0; rows > 0; rows = isExpanded(last) ? m_model->rowCount(last) : 0)
            last = m_model->index(rows - 1, 0, last);
        top = visualRect(last).bottom() + 1;
        left = parent.isValid() ? visualRect(parent).left() + indentation() : indentation();
    }
    const QString text = labels.size() == 1 ? m_model->indexOf(labels.first()).data().toString()
                                            : tr("%n label(s)", nullptr, int(labels.size()));
    m_ghost->showRow(text, left, top);
}

void LabelTreeView::hideDrop() {
    m_caption->hide();
    m_ghost->hide();
}

QString LabelTreeView::mergeText(const QList<LabelId>& labels, const QPoint& position, bool* refused) const {
    const auto snapshot = m_model->snapshot();
    const QModelIndex hovered = indexAt(position).siblingAtColumn(LabelTreeModel::NameColumn);
    *refused = true;
    if (!snapshot || labels.isEmpty() || !hovered.isValid()) return tr("Drop it on the label to merge it with.");
    const LabelId with = m_model->labelAt(hovered);
    if (labels.contains(with)) return tr("A label cannot be merged with itself.");
    if (QString why = m_model->refusal(labels, with); !why.isEmpty()) return why;
    *refused = false;
    std::int64_t documents = 0;
    for (const LabelId id : labels) documents += snapshot->countsOf(id).documents;
    return tr("Merge with %1… · %2").arg(hovered.data().toString(), countedDocuments(documents));
}

void LabelTreeView::startDrag(Qt::DropActions) {
    QModelIndexList rows = selectionModel()->selectedRows(LabelTreeModel::NameColumn);
    const auto snapshot = m_model->snapshot();
    if (rows.isEmpty() || !snapshot) return;
    QString text = rows.size() == 1 ? rows.first().data().toString() : tr("%n label(s)", nullptr, int(rows.size()));
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    text = metrics.elidedText(text, Qt::ElideRight, theme().length(Length::SidePanelWidth) / 2);
    const QSize size(metrics.horizontalAdvance(text) + theme().space(4), theme().length(Length::RowHeight));
    QPixmap chip(size * devicePixelRatioF());
    chip.setDevicePixelRatio(devicePixelRatioF());
    chip.fill(Qt::transparent);
    QPainter painter(&chip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme().color(ColorRole::Accent));
    painter.setBrush(theme().color(ColorRole::Selection));
    const double radius = theme().length(Length::CornerRadius);
    painter.drawRoundedRect(QRectF(QPointF(), QSizeF(size)).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter.setPen(theme().color(ColorRole::SelectionText));
    painter.setFont(theme().font(TextRole::Normal));
    painter.drawText(QRect(QPoint(), size), Qt::AlignCenter, text);
    painter.end();
    auto* drag = new QDrag(this);
    drag->setMimeData(m_model->mimeData(rows));
    drag->setPixmap(chip);
    drag->setHotSpot(QPoint(-theme().space(3), -theme().space(1)));
    drag->exec(Qt::MoveAction, Qt::MoveAction);  // rows move when the edited tree comes back, never here
    hideDrop();
}

void LabelTreeView::dragEnterEvent(QDragEnterEvent* event) {
    if (LabelTreeModel::labelsOf(event->mimeData()).isEmpty()) {
        event->ignore();  // files: the window takes them
        return;
    }
    QTreeView::dragEnterEvent(event);
}

void LabelTreeView::dragMoveEvent(QDragMoveEvent* event) {
    const QList<LabelId> labels = LabelTreeModel::labelsOf(event->mimeData());
    if (labels.isEmpty()) {
        event->ignore();
        return;
    }
    QTreeView::dragMoveEvent(event);
    const QPoint position = event->position().toPoint();
    bool refused = false;
    const bool merge = event->modifiers() & Qt::ControlModifier;
    const QString text = merge ? mergeText(labels, position, &refused) : dropText(labels, position, &refused);
    if (refused) event->ignore();
    if (refused || merge)
        m_ghost->hide();
    else
        showGhost(labels, judgedTargetAt(position));
    m_caption->showText(text, refused, position, m_ghost->isVisible() ? m_ghost->geometry() : QRect());
    setAccessibleDescription(text);
}

void LabelTreeView::dragLeaveEvent(QDragLeaveEvent* event) {
    QTreeView::dragLeaveEvent(event);
    hideDrop();
}

void LabelTreeView::dropEvent(QDropEvent* event) {
    hideDrop();
    const QPoint position = event->position().toPoint();
    const Target target = targetAt(position);
    const QModelIndex parent = m_model->indexOf(target.parent);
    if (event->modifiers() & Qt::ControlModifier) {
        const QList<LabelId> labels = LabelTreeModel::labelsOf(event->mimeData());
        bool refused = false;
        (void)mergeText(labels, position, &refused);
        event->setDropAction(Qt::MoveAction);
        event->setAccepted(!refused);
        // After the drag has ended: a dialog must not open inside its loop.
        if (!refused)
            QMetaObject::invokeMethod(
                this,
                [this, labels, with = m_model->labelAt(indexAt(position))] { Q_EMIT mergeRequested(labels, with); },
                Qt::QueuedConnection);
    } else if (m_model->canDropMimeData(event->mimeData(), Qt::MoveAction, target.row, 0, parent)) {
        m_model->dropMimeData(event->mimeData(), Qt::MoveAction, target.row, 0, parent);
        event->setDropAction(Qt::MoveAction);
        event->accept();
    } else {
        event->ignore();
    }
    stopAutoScroll();
    setState(NoState);
    viewport()->update();
}

}  // namespace espalier::ui
