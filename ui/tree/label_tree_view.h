// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_tree_view.h
/// The outline. What is expanded, selected and scrolled to is kept by label id, through every edit, filter and reset;
/// dragging shows a row where the labels would land and says in words what that changes, or why they cannot.
#pragma once
#include <QSet>
#include <QTreeView>

#include "core/base/ids.h"
#include "ui/tree/label_view.h"

namespace espalier::ui {

class BranchColors;
class DropCaption;
class DropGhost;
class LabelTreeModel;
class Selection;

class LabelTreeView : public QTreeView, public LabelView {
    Q_OBJECT
public:
    LabelTreeView(LabelTreeModel* model, Selection* selection, const BranchColors* colors, QWidget* parent = nullptr);

    void reveal(LabelId label) override;  ///< expands its ancestors and scrolls to it
    void setExpandedLabels(const QSet<qint64>& labels);
    const QSet<qint64>& expandedLabels() const { return m_expandedIds; }
    void selectBranch(LabelId label) override;
    void setLevels(int levels) override;  ///< opens and closes labels so that just these are seen
    /// What the caption says while something is dragged to this place; `refused` tells which kind. For tests too.
    QString dropText(const QList<LabelId>& labels, const QPoint& position, bool* refused) const;
    /// The same while Ctrl is held: dropped so, labels are merged with the one under the pointer.
    QString mergeText(const QList<LabelId>& labels, const QPoint& position, bool* refused) const;

    void renameCurrent() override;
    void expandAllBelow() override;

Q_SIGNALS:
    void mergeRequested(const QList<espalier::LabelId>& labels, espalier::LabelId with);

protected:
    void reset() override;
    void startDrag(Qt::DropActions supportedActions) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    struct Target {
        LabelId parent;
        int row = -1;  ///< visible row to insert above; -1 = into, at the end
    };
    Target targetAt(const QPoint& position) const;
    /// Where the pointer would drop, judged also while the view shows no indicator.
    Target judgedTargetAt(const QPoint& position) const;
    void showGhost(const QList<LabelId>& labels, const Target& target);
    void hideDrop();
    void pushSelection();
    void pullSelection();
    void restore();

    LabelTreeModel* m_model;
    Selection* m_selection;
    DropCaption* m_caption;
    DropGhost* m_ghost;
    QSet<qint64> m_expandedIds;
    bool m_restoring = false, m_pushing = false;
};

}  // namespace espalier::ui
