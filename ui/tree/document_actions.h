// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/document_actions.h
/// The expert's word on the selected document, as actions for menus and the keyboard: it belongs under a label, it does
/// not, so much of it does, or nothing is said any more. Each is one edit, and undo takes it back.
#pragma once
#include <QList>
#include <QObject>
#include <QString>

#include "ui/session/project_session.h"

class QAction;
class QMenu;
class QWidget;

namespace espalier::ui {

class BranchColors;
class Selection;

class DocumentActions : public QObject {
    Q_OBJECT
public:
    DocumentActions(ProjectSession* session, Selection* selection, const BranchColors* colors, QWidget* window);

    void fillMenu(QMenu* menu) const;
    /// Where the keys act: lists and the reader. A view also gets them as its context menu.
    void addTo(QWidget* panel);

    QAction* pinUnder;
    QAction* pinNotUnder;
    QAction* shareUnder;
    QAction* unpinAll;
    QList<QAction*> all() const { return {pinUnder, pinNotUnder, shareUnder, unpinAll}; }

    void pin(DocumentKey document, const QString& title, LabelId label, bool must);
    void unpin(DocumentKey document, LabelId label);
    void setShare(DocumentKey document, const QString& title, LabelId label, double share);
    void unshare(DocumentKey document, LabelId label);

Q_SIGNALS:
    void acted(const QString& what, int steps);                                 ///< as LabelActions::acted
    void refused();                                                             ///< an edit was; the user has been told
    void shareWanted(espalier::DocumentKey document, espalier::LabelId label);  ///< a share is to be chosen for it

private:
    void refresh();
    void ask(bool must);
    void askShare();
    void doUnpinAll();
    void send(const std::vector<tree::Edit>& edits, const QString& toast);

    ProjectSession* m_session;
    Selection* m_selection;
    const BranchColors* m_colors;
    QWidget* m_window;
};

}  // namespace espalier::ui
