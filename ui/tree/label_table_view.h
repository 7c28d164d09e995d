// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_table_view.h
/// The label tree as a table: every label with its figures, sorted by any column. Shares the selection with the other
/// views; which columns are shown, how wide and in what order is remembered. Interface thread only.
#pragma once
#include <QTableView>

#include "ui/tree/label_view.h"

namespace espalier::ui {

class BranchColors;
class LabelTableModel;
class Selection;

class LabelTableView : public QTableView, public LabelView {
    Q_OBJECT
public:
    LabelTableView(LabelTableModel* model, Selection* selection, const BranchColors* colors, QWidget* parent = nullptr);

    void renameCurrent() override;
    void expandAllBelow() override;  ///< selects the branch: a table has nothing to open
    void reveal(LabelId label) override;
    void selectBranch(LabelId label) override;
    void setLevels(int levels) override;

Q_SIGNALS:
    void menuRequested(const QPoint& globalPosition);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void pushSelection();
    void pullSelection();
    void columnMenu(const QPoint& at);
    LabelTableModel* m_model;
    Selection* m_selection;
    bool m_pulling = false, m_pushing = false;
};

}  // namespace espalier::ui
