// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/tree_panel.h
/// The left dock: filter, outline, and what the outline cannot hold (all documents, documents without a label, smart
/// lists).
#pragma once
#include <QWidget>

class QLineEdit;
class QStackedWidget;

namespace espalier::ui {

class BranchColors;
class EmptyState;
class GrowingTree;
class LabelActions;
class LabelTreeModel;
class LabelTreeView;
class LabelViews;
class ProjectSession;
class ScopeRow;
class Selection;
class SmartLists;

class TreePanel : public QWidget {
    Q_OBJECT
public:
    TreePanel(ProjectSession* session, Selection* selection, const BranchColors* colors, LabelActions* actions,
              QWidget* parent = nullptr);

    LabelTreeView* view() const;  ///< the outline
    LabelViews* views() const { return m_views; }
    QWidget* shownView() const;  ///< what has the keyboard when the tree has it
    LabelTreeModel* model() const { return m_model; }
    SmartLists* lists() const { return m_lists; }
    /// Shown in place of "No tree yet" while it is active; owned by this panel from now on.
    void setGrowing(GrowingTree* growing);
    QSize sizeHint() const override;

public Q_SLOTS:
    void focusFilter();
    void focusTree();

Q_SIGNALS:
    void importRequested();
    void buildRequested();

private:
    void takeTree();
    void refreshState();
    void refreshScope();
    void emptyActivated();

    ProjectSession* m_session;
    Selection* m_selection;
    LabelActions* m_actions;
    LabelTreeModel* m_model;
    LabelViews* m_views;
    QLineEdit* m_filter;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    GrowingTree* m_growing = nullptr;
    ScopeRow* m_all;
    ScopeRow* m_unassigned;
    QWidget* m_unassignedLine;
    SmartLists* m_lists;
    QWidget* m_listsLine;
    enum class Empty { None, NoDocuments, NoTree, NoHits } m_why = Empty::None;
    bool m_focusWanted = false;  ///< the tree was to have the focus before it was there
};

}  // namespace espalier::ui
