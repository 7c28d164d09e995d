// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/inspector_panel.h
/// The right dock: whatever was selected last, a label or a document; with neither, the tree as a whole.
#pragma once
#include <QWidget>

class QScrollArea;
class QStackedWidget;

namespace espalier::ui {

class BranchColors;
class DocumentActions;
class DocumentInspector;
class EmptyState;
class JobManager;
class LabelActions;
class LabelInspector;
class ProjectSession;
class Selection;
class TreeOverview;

class InspectorPanel : public QWidget {
    Q_OBJECT
public:
    InspectorPanel(ProjectSession* session, Selection* selection, const BranchColors* colors, LabelActions* actions,
                   DocumentActions* documentActions, JobManager* jobs, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    void focusNote();  ///< of the current label

private:
    void refresh();
    Selection* m_selection;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    LabelInspector* m_label;
    DocumentInspector* m_document;
    TreeOverview* m_overview;
};

}  // namespace espalier::ui
