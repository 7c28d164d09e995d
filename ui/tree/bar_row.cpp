// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/bar_row.h"

#include <QPainter>

#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {

BarRow::BarRow(bool clickable, QWidget* parent) : QAbstractButton(parent), m_clickable(clickable) {
    setFocusPolicy(clickable ? Qt::StrongFocus : Qt::NoFocus);
    setAttribute(Qt::WA_Hover, clickable);
    if (clickable) setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void BarRow::setContent(const Content& content) {
    m_content = content;
    setText(content.text);
    setToolTip(content.tip.isEmpty() ? content.text : content.tip);
    setAccessibleName(!content.spoken.isEmpty()  ? content.spoken
                      : content.figure.isEmpty() ? content.text
                                                 : tr("%1, %2").arg(content.text, content.figure));
    update();
}

QSize BarRow::sizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().space(6)};
}
QSize BarRow::minimumSizeHint() const {
    return {theme().space(30), theme().space(6)};
}

QRect BarRow::barRect() const {
    QRect row = rect().adjusted(theme().space(1), 0, -theme().space(1), 0);
    row.setLeft(row.left() + m_content.indent * theme().space(3));
    if (m_content.marker >= 0) row.setLeft(row.left() + theme().space(3) + theme().space(1) / 2);
    int right = row.right();
    if (!m_content.figure.isEmpty()) {
        const QFontMetrics figures(theme().font(TextRole::Normal));
        right -= qMax(m_content.figureRoom, figures.horizontalAdvance(m_content.figure)) + theme().space(2);
    }
    const int bar = qBound(theme().space(8), width() * m_barTenths / 10, theme().space(30));
    if (m_content.share < 0 || right - bar <= row.left() + theme().space(8)) return {};
    return {right - bar, row.top(), bar, row.height()};
}

void BarRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const int radius = theme().length(Length::CornerRadius);
    if (m_clickable && (underMouse() || isDown())) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme().color(isDown() ? ColorRole::Pressed : ColorRole::Hover));
        painter.drawRoundedRect(rect(), radius, radius);
    }
    QRect row = rect().adjusted(theme().space(1), 0, -theme().space(1), 0);
    row.setLeft(row.left() + m_content.indent * theme().space(3));
    if (m_content.marker >= 0) {
        const int side = theme().space(2);
        QRectF marker(0, 0, side, side);
        marker.moveCenter(QPointF(row.left() + side / 2.0, row.center().y() + 0.5));
        paintBranchMarker(painter, marker, m_content.marker, m_content.color);
        row.setLeft(row.left() + side + theme().space(1) + theme().space(1) / 2);
    }
    painter.setFont(theme().font(m_content.strong ? TextRole::Strong : TextRole::Normal));
    const QFontMetrics metrics(painter.font());
    const QFontMetrics figures(theme().font(TextRole::Normal));
    int right = row.right();
    if (!m_content.figure.isEmpty()) {
        painter.save();
        painter.setFont(theme().font(TextRole::Normal));
        painter.setPen(theme().color(m_content.muted ? ColorRole::Muted : ColorRole::Text));
        painter.drawText(row, int(Qt::AlignRight | Qt::AlignVCenter), m_content.figure);
        painter.restore();
        right -= qMax(m_content.figureRoom, figures.horizontalAdvance(m_content.figure)) + theme().space(2);
    }
    if (m_content.share >= 0) {
        if (const QRect bar = barRect(); !bar.isEmpty()) {
            paintShareBar(painter, bar, m_content.share, m_content.color);
            right = bar.left() - theme().space(2);
        }
    }
    if (m_content.said) {
        const int side = theme().space(4);
        const QRect mark(right - side, row.center().y() - side / 2 + 1, side, side);
        painter.drawPixmap(
            mark, iconPixmap(QStringLiteral("pin"), theme().color(ColorRole::Accent), side, devicePixelRatioF()));
        right -= side + theme().space(1);
    }
    painter.setPen(theme().color(m_content.muted ? ColorRole::Muted : ColorRole::Text));
    row.setRight(right);
    painter.drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                     metrics.elidedText(m_content.text, Qt::ElideRight, row.width()));
    if (showsFocus(this)) paintFocusRing(painter, rect());
}

}  // namespace espalier::ui
