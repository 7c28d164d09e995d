// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/drop_caption.h"

#include <QPainter>

#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {

DropCaption::DropCaption(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("dropCaption"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    hide();
}

void DropCaption::showText(const QString& text, bool refused, const QPoint& pointer, const QRect& avoid) {
    m_text = text;
    m_refused = refused;
    setAccessibleName(text);
    const QFontMetrics metrics(theme().font(TextRole::Small));
    const int icon = theme().length(Length::IconSize), room = parentWidget()->width();
    const int beside = icon + theme().space(6);
    const QString separator = QStringLiteral(" · ");
    m_lines = {text};
    if (metrics.horizontalAdvance(text) + beside > room && text.contains(separator))
        m_lines = {text.section(separator, 0, 0), text.section(separator, 1)};
    int widest = 0;
    for (const QString& line : std::as_const(m_lines)) widest = qMax(widest, metrics.horizontalAdvance(line));
    const int width = qMin(widest + beside, room);
    const int height = qMax(int(m_lines.size()) * metrics.height(), icon) + theme().space(2);
    QPoint corner = pointer + QPoint(theme().space(4), theme().space(4));
    corner.setX(qBound(0, corner.x(), qMax(0, room - width)));
    const auto covers = [&](int y) { return avoid.isValid() && QRect(0, y, room, height).intersects(avoid); };
    if (covers(corner.y())) corner.setY(avoid.bottom() + theme().space(1));
    if (corner.y() + height > parentWidget()->height()) {
        corner.setY(pointer.y() - height - theme().space(2));
        if (covers(corner.y())) corner.setY(avoid.top() - height - theme().space(1));
    }
    setGeometry(QRect(corner, QSize(width, height)));
    raise();
    show();
    update();
}

void DropCaption::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().color(ColorRole::ToastBase));
    const int radius = theme().length(Length::CornerRadius);
    painter.drawRoundedRect(rect(), radius, radius);
    const int icon = theme().length(Length::IconSize);
    const QColor text = theme().color(ColorRole::ToastText);
    painter.drawPixmap(
        QPoint(theme().space(1) + theme().space(1) / 2, (height() - icon) / 2),
        iconPixmap(m_refused ? QStringLiteral("error") : QStringLiteral("move"), text, icon, devicePixelRatioF()));
    painter.setPen(text);
    painter.setFont(theme().font(TextRole::Small));
    const QRect space = rect().adjusted(icon + theme().space(3), 0, -theme().space(2), 0);
    const QFontMetrics metrics(painter.font());
    QRect line(space.left(), (height() - int(m_lines.size()) * metrics.height()) / 2, space.width(), metrics.height());
    for (const QString& part : std::as_const(m_lines)) {
        painter.drawText(line, int(Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine),
                         metrics.elidedText(part, Qt::ElideMiddle, line.width()));
        line.translate(0, metrics.height());
    }
}

}  // namespace espalier::ui
