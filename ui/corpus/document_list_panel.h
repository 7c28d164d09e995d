// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/document_list_panel.h
/// The documents of what is selected in the tree: heading, order, filter, list of any length, empty states.
#pragma once
#include <QTimer>
#include <QWidget>

#include "ui/session/project_session.h"

class QAction;
class QComboBox;
class QLineEdit;
class QListView;
class QStackedWidget;
class QToolButton;

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
    QAction* reviewAction() const { return m_review; }
    static QString listName(project::SmartList list, std::int64_t since);

public Q_SLOTS:
    void focusFilter();
    void focusList();
    void setOrder(espalier::project::Order order);

Q_SIGNALS:
    /// One document after the other of what the list shows, in its order.
    void reviewRequested(const espalier::project::DocumentQuery& query, const QString& name);

private:
    bool shows(project::SmartList list) const;
    void ask();
    void askSince();
    void takeListOrder();
    void showEmpty();
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
    QWidget* m_sinceRow;  ///< SmartList::Moved: the revision to compare with
    QComboBox* m_since;
    QToolButton* m_snippets;
    QAction* m_review;
    QToolButton* m_reviewButton;
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
    bool m_listOrder = false;  ///< the order is that of a smart list; the one before comes back with the next label
    int m_ownOrder = 0;
};

}  // namespace espalier::ui
