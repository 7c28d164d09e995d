// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/style_paint.h"

#include <QPainter>
#include <QStyleOption>
#include <cmath>

#include "ui/style/controls.h"
#include "ui/style/icons.h"

namespace espalier::ui::paint {
namespace {
QColor role(ColorRole r) {
    return theme().color(r);
}
}  // namespace

int fieldTextInset() {
    return theme().space(2);
}

void drawRounded(QPainter* painter, const QRectF& rect, const QColor& fill, const QColor& border, double borderWidth) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double inset = borderWidth / 2;
    const double radius = theme().length(Length::CornerRadius);
    painter->setPen(borderWidth > 0 ? QPen(border, borderWidth) : QPen(Qt::NoPen));
    painter->setBrush(fill);
    painter->drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

void drawButtonPanel(const QStyleOption* option, QPainter* painter, bool primary) {
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool down = option->state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hovered = (option->state & QStyle::State_MouseOver) && enabled;
    const double line = theme().length(Length::Hairline);
    QColor fill, border;
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    if (button && (button->features & QStyleOptionButton::Flat)) {
        if (down || hovered)
            drawRounded(painter, option->rect, role(down ? ColorRole::Pressed : ColorRole::Hover), {}, 0);
    } else if (primary && enabled) {
        fill = role(down ? ColorRole::AccentPressed : hovered ? ColorRole::AccentHover : ColorRole::Accent);
        drawRounded(painter, option->rect, fill, fill, line);
    } else {
        fill = role(!enabled  ? ColorRole::Window
                    : down    ? ColorRole::Pressed
                    : hovered ? ColorRole::Hover
                              : ColorRole::Base);
        border = role(enabled ? ColorRole::ControlBorder : ColorRole::Hairline);
        drawRounded(painter, option->rect, fill, border, line);
    }
    if ((option->state & QStyle::State_HasFocus) && (option->state & QStyle::State_KeyboardFocusChange) && enabled) {
        // Gap of window colour, then the ring: it stays visible on the green button too.
        const double ring = theme().length(Length::FocusRing), gap = theme().length(Length::FocusGap);
        const QRectF inner = QRectF(option->rect).adjusted(ring, ring, -ring, -ring);
        if (primary) drawRounded(painter, inner, Qt::transparent, role(ColorRole::AccentText), gap);
        drawRounded(painter, option->rect, Qt::transparent, role(primary ? ColorRole::Text : ColorRole::Accent), ring);
    }
}

void drawToolPanel(const QStyleOption* option, QPainter* painter) {
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool down = option->state & QStyle::State_Sunken, on = option->state & QStyle::State_On;
    const bool hovered = (option->state & QStyle::State_MouseOver) && enabled;
    if (down)
        drawRounded(painter, option->rect, role(ColorRole::Pressed), {}, 0);
    else if (on)
        drawRounded(painter, option->rect, role(ColorRole::Selection), {}, 0);
    else if (hovered)
        drawRounded(painter, option->rect, role(ColorRole::Hover), {}, 0);
    if ((option->state & QStyle::State_HasFocus) && (option->state & QStyle::State_KeyboardFocusChange) && enabled)
        paintFocusRing(*painter, option->rect);
}

void drawFieldFrame(const QStyleOption* option, QPainter* painter, bool focused) {
    const bool enabled = option->state & QStyle::State_Enabled;
    drawRounded(painter, option->rect, Qt::transparent,
                role(!enabled  ? ColorRole::Hairline
                     : focused ? ColorRole::Accent
                               : ColorRole::ControlBorder),
                focused && enabled ? theme().length(Length::FocusRing) : theme().length(Length::Hairline));
}

void drawField(const QStyleOption* option, QPainter* painter, bool focused) {
    const bool enabled = option->state & QStyle::State_Enabled;
    drawRounded(painter, option->rect, enabled ? option->palette.color(QPalette::Base) : role(ColorRole::Window), {},
                0);
    drawFieldFrame(option, painter, focused);
}

void drawCheckBox(const QStyleOption* option, QPainter* painter) {
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool on = option->state & (QStyle::State_On | QStyle::State_NoChange);
    const QRectF box = QRectF(option->rect).adjusted(1, 1, -1, -1);
    const QColor fill = on ? role(enabled ? ColorRole::Accent : ColorRole::Disabled)
                           : role(option->state & QStyle::State_MouseOver ? ColorRole::Hover : ColorRole::Base);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double radius = theme().length(Length::CornerRadius) * 0.6;
    painter->setPen(QPen(on ? fill : role(enabled ? ColorRole::ControlBorder : ColorRole::Disabled),
                         theme().length(Length::Hairline)));
    painter->setBrush(fill);
    painter->drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter->setPen(
        QPen(role(ColorRole::AccentText), 1.8 * theme().scale(), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const auto at = [&box](double x, double y) {
        return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
    };
    if (option->state & QStyle::State_On) {
        const QPointF tick[] = {at(0.25, 0.52), at(0.43, 0.70), at(0.76, 0.30)};
        painter->drawPolyline(tick, 3);
    } else if (option->state & QStyle::State_NoChange) {
        painter->drawLine(at(0.28, 0.5), at(0.72, 0.5));
    }
    painter->restore();
}

void drawRadioButton(const QStyleOption* option, QPainter* painter) {
    const bool enabled = option->state & QStyle::State_Enabled, on = option->state & QStyle::State_On;
    const QRectF box = QRectF(option->rect).adjusted(1.5, 1.5, -1.5, -1.5);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor fill = on ? role(enabled ? ColorRole::Accent : ColorRole::Disabled) : role(ColorRole::Base);
    painter->setPen(QPen(on ? fill : role(enabled ? ColorRole::ControlBorder : ColorRole::Disabled),
                         theme().length(Length::Hairline)));
    painter->setBrush(fill);
    painter->drawEllipse(box);
    if (on) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(role(ColorRole::AccentText));
        painter->drawEllipse(box.center(), box.width() * 0.2, box.height() * 0.2);
    }
    painter->restore();
}

void drawRow(bool wholeRow, const QStyleOption* option, QPainter* painter) {
    const auto* row = qstyleoption_cast<const QStyleOptionViewItem*>(option);
    if (!row) return;
    if (wholeRow && (row->features & QStyleOptionViewItem::Alternate))
        painter->fillRect(row->rect, role(ColorRole::Alternate));
    if (!wholeRow && row->backgroundBrush.style() != Qt::NoBrush) painter->fillRect(row->rect, row->backgroundBrush);
    if (row->state & QStyle::State_Selected) {
        const bool active = row->state & QStyle::State_Active;
        painter->fillRect(row->rect, role(active ? ColorRole::Selection : ColorRole::SelectionInactive));
    } else if ((row->state & QStyle::State_MouseOver) && (row->state & QStyle::State_Enabled)) {
        painter->fillRect(row->rect, role(ColorRole::Hover));
    }
}

void drawDropIndicator(const QStyleOption* option, QPainter* painter) {
    const QRectF rect = option->rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double width = theme().length(Length::DropLine);
    painter->setPen(QPen(role(ColorRole::DropLine), width));
    if (rect.height() <= width) {  // between two rows: a line that starts with a ring
        const double radius = width * 1.5;
        const QPointF start(rect.left() + radius, rect.top());
        painter->drawLine(start + QPointF(radius, 0), QPointF(rect.right(), rect.top()));
        painter->setBrush(role(ColorRole::Base));
        painter->drawEllipse(start, radius, radius);
    } else {  // into a row
        QColor wash = role(ColorRole::DropLine);
        wash.setAlphaF(0.14F);
        painter->setBrush(wash);
        const double radius = theme().length(Length::CornerRadius);
        painter->drawRoundedRect(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2), radius, radius);
    }
    painter->restore();
}

void drawGlyph(const char* name, const QRectF& rect, QPainter* painter, ColorRole colorRole) {
    const int side = theme().length(Length::IconSize);
    const double ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    const QPixmap pixmap = iconPixmap(QString::fromLatin1(name), role(colorRole), side, ratio);
    const QPointF corner = rect.center() - QPointF(side / 2.0, side / 2.0);
    painter->drawPixmap(QPointF(qRound(corner.x() * ratio) / ratio, qRound(corner.y() * ratio) / ratio), pixmap);
}

ColorRole glyphRole(const QStyleOption* option) {
    return option->state & QStyle::State_Enabled ? ColorRole::Muted : ColorRole::Disabled;
}

void drawGutter(const QRectF& rect, QPainter* painter, bool hovered) {
    painter->fillRect(rect, role(ColorRole::Window));
    if (!hovered) return;
    const double width = theme().length(Length::FocusRing);
    QRectF line = rect;
    if (rect.height() > rect.width()) {
        line.setLeft(std::floor(rect.center().x() - width / 2));
        line.setWidth(width);
    } else {
        line.setTop(std::floor(rect.center().y() - width / 2));
        line.setHeight(width);
    }
    painter->fillRect(line, role(ColorRole::Accent));
}

}  // namespace espalier::ui::paint
