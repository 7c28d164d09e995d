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

void DropCaption::showText(const QString& text, bool refused, const QPoint& pointer) {
    m_text = text;
    m_refused = refused;
    setAccessibleName(text);
    const QFontMetrics metrics(theme().font(TextRole::Small));
    const int icon = theme().length(Length::IconSize);
    const int width = qMin(metrics.horizontalAdvance(text) + icon + theme().space(5), parentWidget()->width());
    const int height = qMax(metrics.height(), icon) + theme().space(2);
    QPoint corner = pointer + QPoint(theme().space(4), theme().space(4));
    corner.setX(qBound(0, corner.x(), qMax(0, parentWidget()->width() - width)));
    if (corner.y() + height > parentWidget()->height()) corner.setY(pointer.y() - height - theme().space(2));
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
    painter.drawText(space, int(Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine),
                     QFontMetrics(painter.font()).elidedText(m_text, Qt::ElideMiddle, space.width()));
}

}  // namespace espalier::ui
