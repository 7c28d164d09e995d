// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/choice_card.h"

#include <QPainter>

#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {

ChoiceCard::ChoiceCard(const QString& iconName, const QString& headline, const QString& line, QWidget* parent)
    : QAbstractButton(parent), m_icon(iconName), m_line(line) {
    setText(headline);
    setAccessibleName(headline);
    setAccessibleDescription(line);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ChoiceCard::setPrimary(bool primary) {
    m_primary = primary;
    update();
}

void ChoiceCard::setKeys(const QKeySequence& keys) {
    m_keys = keys.toString(QKeySequence::NativeText);
    update();
}

void ChoiceCard::setLine(const QString& line) {
    m_line = line;
    setAccessibleDescription(line);
    updateGeometry();
    update();
}

QRect ChoiceCard::lineRect(int width) const {
    const int left = theme().space(4) + theme().length(Length::LargeIconSize) + theme().space(3);
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    return metrics.boundingRect(QRect(left, 0, width - left - theme().space(4), theme().space(100)),
                                int(Qt::AlignLeft | Qt::TextWordWrap), m_line);
}

int ChoiceCard::heightForWidth(int width) const {
    return QFontMetrics(theme().font(TextRole::Strong)).height() + theme().space(1) + lineRect(width).height() +
           theme().space(6);
}

QSize ChoiceCard::sizeHint() const {
    const int width = theme().length(Length::TextColumnWidth);
    return {width, heightForWidth(width)};
}

void ChoiceCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double radius = theme().length(Length::CardRadius);
    const double line = theme().length(Length::Hairline);
    const QRectF body = QRectF(rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2);
    const bool hovered = underMouse() && isEnabled();
    painter.setPen(QPen(theme().color(m_primary || hovered ? ColorRole::Accent : ColorRole::Hairline), line));
    painter.setBrush(theme().color(isDown() ? ColorRole::Pressed : hovered ? ColorRole::Hover : ColorRole::Base));
    painter.drawRoundedRect(body, radius, radius);
    const int side = theme().length(Length::LargeIconSize);
    const QFontMetrics strong(theme().font(TextRole::Strong));
    const int top = theme().space(3);
    painter.drawPixmap(
        QPointF(theme().space(4), top + (strong.height() - side) / 2.0),
        iconPixmap(m_icon, theme().color(m_primary ? ColorRole::Accent : ColorRole::Muted), side, devicePixelRatioF()));
    const int left = theme().space(4) + side + theme().space(3);
    painter.setFont(theme().font(TextRole::Strong));
    painter.setPen(theme().color(ColorRole::Text));
    painter.drawText(QRect(left, top, width() - left - theme().space(4), strong.height()),
                     int(Qt::AlignLeft | Qt::AlignVCenter),
                     strong.elidedText(text(), Qt::ElideRight, width() - left - theme().space(4)));
    painter.setPen(theme().color(ColorRole::Muted));
    painter.setFont(theme().font(TextRole::Small));
    painter.drawText(QRect(left, top, width() - left - theme().space(4), strong.height()),
                     int(Qt::AlignRight | Qt::AlignVCenter), m_keys);
    painter.setFont(theme().font(TextRole::Normal));
    QRect box = lineRect(width());
    box.moveTop(top + strong.height() + theme().space(1));
    box.setWidth(width() - left - theme().space(4));
    painter.drawText(box, int(Qt::AlignLeft | Qt::TextWordWrap), m_line);
    if (showsFocus(this)) paintFocusRing(painter, rect());
}

}  // namespace espalier::ui
