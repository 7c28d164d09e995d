// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/expectations_dialog.h
/// What is expected of the tree: each statement with whether it holds and what was found, a field for a new one. Stays
/// open beside the work; the list follows every edit.
#pragma once
#include <QDialog>
#include <optional>

#include "core/base/result.h"

class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace espalier::ui {

class ExpectationWatch;
class ProjectSession;
class TextLabel;

class ExpectationsDialog : public QDialog {
    Q_OBJECT
public:
    ExpectationsDialog(ProjectSession* session, ExpectationWatch* watch, QWidget* parent = nullptr);

private:
    void showAll();
    void refreshControls();
    void addStatement();
    void removeChosen();
    void say(const std::optional<Error>& fault);

    ProjectSession* m_session;
    ExpectationWatch* m_watch;
    TextLabel* m_summary;
    QTreeWidget* m_list;
    QLineEdit* m_field;
    QPushButton* m_add;
    QPushButton* m_remove;
    TextLabel* m_fault;
};

}  // namespace espalier::ui
