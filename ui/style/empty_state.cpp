// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/empty_state.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/style/controls.h"
#include "ui/style/icons.h"

namespace espalier::ui {

EmptyState::EmptyState(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("emptyState"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_picture = new QLabel(this);
    m_picture->setAlignment(Qt::AlignCenter);
    m_headline = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_headline->setAlignment(Qt::AlignCenter);
    m_headline->setWordWrap(true);
    m_line = new TextLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_line->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_line->setWordWrap(true);
    m_line->setMaximumWidth(theme().length(Length::DialogWidth));
    m_button = new QPushButton(this);
    m_button->setObjectName(QStringLiteral("emptyStateButton"));
    m_button->setAutoDefault(true);
    makePrimary(m_button);
    m_button->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme().space(6), theme().space(2), theme().space(6), theme().space(2));
    layout->setSpacing(theme().space(2));
    layout->addStretch(2);
    layout->addWidget(m_picture);
    layout->addSpacing(theme().space(1));
    layout->addWidget(m_headline);
    // A wrapping label centred by an alignment is given its narrow size hint; stretches leave it its width.
    auto* line = new QHBoxLayout;
    line->addStretch(1);
    line->addWidget(m_line, 8);
    line->addStretch(1);
    layout->addLayout(line);
    layout->addSpacing(theme().space(2));
    m_buttons = new QHBoxLayout;
    m_buttons->setSpacing(theme().space(2));
    m_buttons->addStretch(1);
    m_buttons->addWidget(m_button);
    m_buttons->addStretch(1);
    layout->addLayout(m_buttons);
    layout->addStretch(3);

    connect(m_button, &QPushButton::clicked, this, &EmptyState::activated);
    connect(&theme(), &Theme::changed, this, &EmptyState::refresh);
}

void EmptyState::setContent(const QString& iconName, const QString& headline, const QString& line,
                            const QString& button) {
    m_iconName = iconName;
    m_headline->setText(headline);
    m_line->setText(line);
    // Lines of about one length: no single word is left below.
    const int most = theme().length(Length::DialogWidth);
    const int whole = m_line->fontMetrics().horizontalAdvance(line);
    const int lines = (whole + most - 1) / std::max(1, most);
    m_line->setMaximumWidth(lines > 1 ? std::min(most, whole / lines + theme().space(10)) : most);
    m_line->setVisible(!line.isEmpty());
    m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
    setAccessibleName(line.isEmpty() ? headline : headline + QStringLiteral(". ") + line);
    refresh();
}

void EmptyState::setSecondary(QPushButton* button) {
    m_buttons->insertWidget(m_buttons->indexOf(m_button) + 1, button);
}

void EmptyState::setPrimary(bool primary) {
    makePrimary(m_button, primary);
}

void EmptyState::refresh() {
    if (m_iconName.isEmpty()) return;
    m_picture->setPixmap(iconPixmap(m_iconName, theme().color(ColorRole::ControlBorder),
                                    theme().length(Length::EmptyIconSize), devicePixelRatioF()));
}

}  // namespace espalier::ui
