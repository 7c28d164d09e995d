// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/scope_row.h"

#include <QPainter>
#include <QStyle>

#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {

ScopeRow::ScopeRow(const QString& iconName, const QString& text, QWidget* parent)
    : QAbstractButton(parent), m_icon(iconName) {
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCount(0);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ScopeRow::setCount(qint64 count) {
    m_count = count;
    refreshName();
    update();
}

void ScopeRow::setUnit(Unit unit) {
    m_unit = unit;
    refreshName();
}

void ScopeRow::setCompact(bool compact) {
    m_compact = compact;
    updateGeometry();
    update();
}

void ScopeRow::refreshName() {
    if (m_count < 0) return setAccessibleName(tr("%1, counting").arg(text()));
    setAccessibleName(m_unit == Unit::Documents ? tr("%1, %2 documents").arg(text(), formatCount(m_count))
                                                : tr("%1, %2 proposals").arg(text(), formatCount(m_count)));
}

QSize ScopeRow::sizeHint() const {
    return {theme().space(30), m_compact ? theme().space(6) : theme().length(Length::RowHeight)};
}

void ScopeRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const bool on = isChecked();
    if (on)
        painter.fillRect(rect(), theme().color(ColorRole::Selection));
    else if (underMouse())
        painter.fillRect(rect(), theme().color(ColorRole::Hover));
    const bool quiet = m_compact && m_count <= 0;
    const QColor ink = theme().color(on ? ColorRole::SelectionText : quiet ? ColorRole::Muted : ColorRole::Text);
    const int side = theme().length(Length::IconSize);
    painter.drawPixmap(QPoint(theme().space(2), (height() - side) / 2),
                       iconPixmap(m_icon, on ? ink : theme().color(ColorRole::Muted), side, devicePixelRatioF()));
    painter.setFont(theme().font(TextRole::Normal));
    painter.setPen(ink);
    const QString figure = m_count < 0 ? QStringLiteral("…") : formatCount(m_count);
    // Figures stand in one column with those of the tree, which keeps room for its scroll bar.
    const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this);
    const QRect row = rect().adjusted(theme().space(2) + side + theme().space(2), 0, -theme().space(2) - bar, 0);
    painter.drawText(row, int(Qt::AlignRight | Qt::AlignVCenter), figure);
    const QFontMetrics metrics(painter.font());
    const int room = row.width() - metrics.horizontalAdvance(figure) - theme().space(2);
    painter.drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter), metrics.elidedText(text(), Qt::ElideRight, room));
    if (showsFocus(this)) paintFocusRing(painter, rect());
}

}  // namespace espalier::ui
