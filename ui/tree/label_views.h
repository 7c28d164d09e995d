// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_views.h
/// One label tree, three ways to see it: outline, icicle, table. Which one is shown, and how many levels, is
/// remembered.
///
/// They share model data, filter and selection, so that every act works the same from each. Interface thread only.
#pragma once
#include <QList>
#include <QStackedWidget>

#include "core/project/tree_snapshot.h"
#include "ui/tree/label_view.h"

class QAction;
class QMenu;
class QToolButton;

namespace espalier::ui {

class BranchColors;
class IcicleView;
class LabelTableModel;
class LabelTableView;
class LabelTreeModel;
class LabelTreeView;
class Selection;

class LabelViews : public QStackedWidget, public LabelView {
    Q_OBJECT
public:
    enum class Kind { Outline, Icicle, Table };
    Q_ENUM(Kind)

    LabelViews(LabelTreeModel* model, Selection* selection, const BranchColors* colors, QWidget* parent = nullptr);

    Kind kind() const { return Kind(currentIndex()); }
    void setKind(Kind kind);
    QWidget* shown() const { return currentWidget(); }  ///< gets the keyboard
    LabelTreeView* outline() const { return m_outline; }
    IcicleView* icicle() const { return m_icicle; }
    LabelTableView* table() const { return m_table; }
    LabelTableModel* tableModel() const { return m_tableModel; }

    /// Buttons for the panel's tool row: how many levels, and which view.
    QToolButton* levelButton() const { return m_levelButton; }
    QToolButton* viewButton() const { return m_viewButton; }
    /// One checkable action a view, for the View menu too. Each gives the view the keyboard.
    const QList<QAction*>& viewActions() const { return m_viewActions; }

    void setSnapshot(const project::TreeSnapshotPtr& snapshot, bool editable);
    void setFilter(const QString& text);
    int levels() const { return m_levels; }

    void renameCurrent() override;
    void expandAllBelow() override;
    void reveal(LabelId label) override;
    void selectBranch(LabelId label) override;
    void setLevels(int levels) override;

Q_SIGNALS:
    void menuRequested(const QPoint& globalPosition);
    void renameRequested(espalier::LabelId label, const QString& name);
    void kindChanged();

private:
    LabelView* view() const;
    void fillLevels(QMenu* menu);
    void refreshButtons();

    LabelTreeModel* m_model;
    LabelTableModel* m_tableModel;
    LabelTreeView* m_outline;
    IcicleView* m_icicle;
    LabelTableView* m_table;
    QToolButton* m_levelButton;
    QToolButton* m_viewButton;
    QList<QAction*> m_viewActions;
    int m_levels = 0;
};

}  // namespace espalier::ui
