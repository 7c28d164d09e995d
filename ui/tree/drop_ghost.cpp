// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/drop_ghost.h"

#include <QPainter>

#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr double kOpacity = 0.92;  // what it covers shows through a little
}

DropGhost::DropGhost(QWidget* viewport) : QWidget(viewport) {
    setObjectName(QStringLiteral("dropGhost"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    hide();
}

void DropGhost::showRow(const QString& text, int left, int top) {
    m_text = text;
    m_left = left;
    const QWidget* viewport = parentWidget();
    const int height = theme().length(Length::CompactRowHeight);
    // What would land below the last visible row is shown at the edge.
    setGeometry(0, qBound(0, top, qMax(0, viewport->height() - height)), viewport->width(), height);
    show();
    update();
}

void DropGhost::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int gap = theme().length(Length::Hairline);
    const QRectF row = QRectF(rect()).adjusted(m_left - theme().space(1) + gap, gap + 0.5, -gap - 0.5, -gap - 0.5);
    QPen pen(theme().color(ColorRole::Accent), theme().length(Length::Hairline), Qt::DashLine);
    painter.setPen(pen);
    painter.setOpacity(kOpacity);
    painter.setBrush(theme().color(ColorRole::Selection));
    const int radius = theme().length(Length::CornerRadius);
    painter.drawRoundedRect(row, radius, radius);
    painter.setOpacity(1);
    painter.setPen(theme().color(ColorRole::SelectionText));
    painter.setFont(theme().font(TextRole::Normal));
    const QRect space = rect().adjusted(m_left + theme().space(1), 0, -theme().space(2), 0);
    painter.drawText(space, int(Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine),
                     QFontMetrics(painter.font()).elidedText(m_text, Qt::ElideRight, space.width()));
}

}  // namespace espalier::ui
