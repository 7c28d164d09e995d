// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/dialogs/question_dialog.h
/// The one shape of all questions and messages: icon, one sentence, what is safe and what to do, verb buttons, folded
/// details with "Copy details". Choices with an explanation are listed one under the other.
#pragma once
#include <QDialog>

#include "ui/dialogs/dialog_service.h"

class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace espalier::ui {

class QuestionDialog : public QDialog {
    Q_OBJECT
public:
    explicit QuestionDialog(const Question& question, QWidget* parent = nullptr);
    void reject() override;

Q_SIGNALS:
    void answered(int choice);  ///< once; -1 when closed without a choice

private:
    void addChoices(QVBoxLayout* layout, const Question& question);
    void addDetails(QVBoxLayout* layout, const QString& details);
    void take(int choice);

    int m_escapeChoice;
    bool m_answered = false;
    QPlainTextEdit* m_details = nullptr;
    QPushButton* m_showDetails = nullptr;
    QPushButton* m_copyDetails = nullptr;
};

}  // namespace espalier::ui
