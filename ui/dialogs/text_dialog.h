// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/dialogs/text_dialog.h
/// One line of text with a verb button.
#pragma once
#include <QDialog>

class QLineEdit;

namespace espalier::ui {

class TextDialog : public QDialog {
    Q_OBJECT
public:
    TextDialog(const QString& title, const QString& label, const QString& text, const QString& verb,
               QWidget* parent = nullptr);
    QString text() const;

private:
    QLineEdit* m_edit;
};

}  // namespace espalier::ui
