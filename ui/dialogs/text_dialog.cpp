// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/text_dialog.h"

#include <QDialogButtonBox>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/style/controls.h"

namespace espalier::ui {

TextDialog::TextDialog(const QString& title, const QString& label, const QString& text, const QString& verb,
                       QWidget* parent)
    : QDialog(parent) {
    setObjectName(QStringLiteral("textDialog"));
    setWindowTitle(title);
    setAccessibleName(title);
    auto* caption = new TextLabel(label, TextRole::Normal, ColorRole::Text, this);
    caption->setWordWrap(true);
    m_edit = new QLineEdit(text, this);
    m_edit->setObjectName(QStringLiteral("text"));
    m_edit->setAccessibleName(label);
    m_edit->setMinimumWidth(theme().length(Length::DialogWidth));
    m_edit->selectAll();
    caption->setBuddy(m_edit);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* accept = buttons->addButton(verb, QDialogButtonBox::AcceptRole);
    accept->setObjectName(QStringLiteral("accept"));
    accept->setDefault(true);
    makePrimary(accept);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addWidget(caption);
    layout->addWidget(m_edit);
    layout->addSpacing(theme().space(2));
    layout->addWidget(buttons);
    m_edit->setFocus();
}

QString TextDialog::text() const {
    return m_edit->text();
}

}  // namespace espalier::ui
