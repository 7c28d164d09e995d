// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_actions.h
/// Everything that can be done to labels, as actions for the menu bar, the tree's context menu and the keyboard. They
/// act on the shared selection and go through the session; what an edit answers is selected afterwards.
#pragma once
#include <QList>
#include <QObject>
#include <QString>
#include <vector>

#include "core/base/result.h"
#include "core/tree/edit.h"
#include "ui/session/project_session.h"

class QAction;
class QMenu;
class QWidget;

namespace espalier::ui {

class BranchColors;
class LabelView;
class Selection;

class LabelActions : public QObject {
    Q_OBJECT
public:
    LabelActions(ProjectSession* session, Selection* selection, const BranchColors* colors, QWidget* window);

    /// The view that renames in place and shows what is revealed; its panel gets the keys that act only there.
    void setView(LabelView* view, QWidget* panel);
    void fillMenu(QMenu* menu) const;

    QAction* newChild;
    QAction* newSibling;
    QAction* rename;
    QAction* merge;
    QAction* split;
    QAction* refit;  ///< of the selected branch, or of the whole tree while nothing is selected
    QAction* moveTo;
    QAction* promote;
    QAction* demote;
    QAction* moveUp;
    QAction* moveDown;
    QAction* retire;
    QAction* restore;
    QAction* note;
    QAction* lock;  ///< unlocks when all that is selected is locked, and says so
    QAction* selectBranch;
    QAction* copyAsText;
    QAction* expandBelow;
    QList<QAction*> all() const { return m_all; }

    void renameTo(LabelId label, const QString& name);
    void setNote(LabelId label, const QString& text);
    /// Asks which of the names survives; `proposed` is chosen already.
    void mergeLabels(const QList<LabelId>& labels, LabelId proposed);
    void moveLabels(const QList<LabelId>& labels, LabelId parent, std::int64_t index);

Q_SIGNALS:
    /// An act that one may want back at once: shown as a toast; `steps` undo steps take it back.
    void acted(const QString& what, int steps);
    void noteRequested(espalier::LabelId label);
    void splitRequested(espalier::LabelId label);
    void refitRequested(espalier::LabelId label);  ///< the root: the whole tree, which the user agreed to

private:
    QAction* add(const char* name, const QString& icon, const QString& text, const QString& tip,
                 const QList<QKeySequence>& keys = {});
    void refresh();
    void askNewName(LabelId parent, std::int64_t index);
    void shift(int by);
    void doPromote();
    void doDemote();
    void doMerge();
    void doRefit();
    void doRetire();
    void doRestore();
    void doLock();
    void doMoveTo();
    void doCopy();
    void apply(const std::vector<tree::Edit>& edits, const QString& toast, LabelId select = {});
    bool allLocked() const;          ///< the selected labels; false without any
    QList<LabelId> topmost() const;  ///< selected labels without those inside other selected ones, outline order
    QString nameOf(LabelId id) const;

    ProjectSession* m_session;
    Selection* m_selection;
    const BranchColors* m_colors;
    QWidget* m_window;
    LabelView* m_view = nullptr;
    QList<QAction*> m_all;
};

}  // namespace espalier::ui
