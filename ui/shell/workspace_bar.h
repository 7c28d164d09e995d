// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/workspace_bar.h
/// The strip under the menu bar: workspaces at the left, Undo, Redo, Back, Forward, and Go to at the right.
#pragma once
#include <QList>
#include <QWidget>

class QAction;
class QHBoxLayout;
class QToolButton;

namespace espalier::ui {

class WorkspaceBar : public QWidget {
    Q_OBJECT
public:
    explicit WorkspaceBar(QWidget* parent = nullptr);
    void addWorkspace(QAction* action);  ///< checkable
    void addStep(QAction* action);       ///< icon buttons in the middle
    void setGoTo(QAction* action);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QHBoxLayout* m_workspaces;
    QHBoxLayout* m_steps;
    QToolButton* m_goTo;
};

}  // namespace espalier::ui
