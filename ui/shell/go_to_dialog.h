// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/go_to_dialog.h
/// Go to label or document: type a few letters, see what matches with its path, press Enter.
#pragma once
#include <QDialog>

#include "core/base/ids.h"

class QButtonGroup;
class QLineEdit;
class QListView;
class QPushButton;

namespace espalier::ui {

class BranchColors;
class DocumentFinder;
class ElidedLabel;
class GoToModel;
class ProjectSession;

class GoToDialog : public QDialog {
    Q_OBJECT
public:
    GoToDialog(ProjectSession* session, DocumentFinder* finder, const BranchColors* colors, QWidget* parent = nullptr);
    GoToModel* model() const { return m_model; }

Q_SIGNALS:
    void labelChosen(espalier::LabelId label);
    /// \param label  it is under, or none
    void documentChosen(espalier::DocumentKey document, espalier::LabelId label);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void selectBest();
    void take();
    void refresh();

    GoToModel* m_model;
    QLineEdit* m_field;
    QListView* m_list;
    ElidedLabel* m_state;
    QPushButton* m_accept;
    bool m_moved = false;          ///< the user chose a row by hand
    bool m_takeWhenFound = false;  ///< Enter came before the documents
};

}  // namespace espalier::ui
