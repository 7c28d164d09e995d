// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/document_list_panel.h
/// The documents of what is selected in the tree: heading, order, filter, list of any length, empty states.
#pragma once
#include <QTimer>
#include <QWidget>

#include "ui/session/project_session.h"

class QComboBox;
class QLineEdit;
class QListView;
class QStackedWidget;

namespace espalier::ui {

class BranchColors;
class DocumentDelegate;
class DocumentListModel;
class ElidedLabel;
class EmptyState;
class Selection;
class TextLabel;

class DocumentCaption;

class DocumentListPanel : public QWidget {
    Q_OBJECT
public:
    DocumentListPanel(ProjectSession* session, Selection* selection, const BranchColors* colors,
                      QWidget* parent = nullptr);
    QListView* list() const { return m_list; }
    DocumentListModel* model() const { return m_model; }

public Q_SLOTS:
    void focusFilter();
    void focusList();
    void setOrder(espalier::project::Order order);

private:
    void ask();
    void takeAnswer();
    void takeDocument();
    void refreshHeading();

    ProjectSession* m_session;
    Selection* m_selection;
    DocumentListModel* m_model;
    DocumentDelegate* m_delegate;
    ElidedLabel* m_heading;
    TextLabel* m_count;
    QComboBox* m_order;
    QLineEdit* m_filter;
    QListView* m_list;
    DocumentCaption* m_caption;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    QTimer m_delay;
    bool m_pushing = false;
    int m_row = -1;            ///< of the selected document when it was last in the list
    bool m_freshList = false;  ///< the list was asked for because another label was selected
    bool m_asked = false;      ///< the document was chosen elsewhere since then
};

}  // namespace espalier::ui
