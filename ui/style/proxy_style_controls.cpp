// SPDX-License-Identifier: GPL-3.0-or-later
// The half of ProxyStyle that draws whole controls; primitives and metrics are in proxy_style.cpp.
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/proxy_style.h"
#include "ui/style/style_paint.h"

namespace espalier::ui {
using namespace paint;
namespace {
QColor role(ColorRole r) {
    return theme().color(r);
}
}  // namespace

bool ProxyStyle::drawFlatControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                                 const QWidget* widget) const {
    const Theme& t = theme();
    const QRect r = option->rect;
    const int line = t.length(Length::Hairline);
    switch (element) {
        case CE_PushButtonLabel: {
            const auto* source = qstyleoption_cast<const QStyleOptionButton*>(option);
            if (!source || !isPrimary(widget) || !(source->state & State_Enabled)) return false;
            QStyleOptionButton copy = *source;
            copy.palette.setColor(QPalette::ButtonText, role(ColorRole::AccentText));
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return true;
        }
        case CE_HeaderSection: {
            painter->fillRect(r, role(ColorRole::Base));
            if (option->state & State_MouseOver) painter->fillRect(r, role(ColorRole::Hover));
            painter->fillRect(QRect(r.left(), r.bottom() + 1 - line, r.width(), line), role(ColorRole::Hairline));
            return true;
        }
        case CE_HeaderEmptyArea:
            painter->fillRect(r, role(ColorRole::Base));
            painter->fillRect(QRect(r.left(), r.bottom() + 1 - line, r.width(), line), role(ColorRole::Hairline));
            return true;
        case CE_HeaderLabel: {
            const auto* source = qstyleoption_cast<const QStyleOptionHeader*>(option);
            if (!source) return false;
            painter->save();
            painter->setFont(t.font(TextRole::Small));
            painter->setPen(role(ColorRole::Muted));
            const int inset = t.space(2) - proxy()->pixelMetric(PM_HeaderMargin, option, widget);
            const QRect text = source->rect.adjusted(inset, 0, -inset, 0);
            painter->drawText(text, int(source->textAlignment | Qt::AlignVCenter | Qt::TextSingleLine),
                              QFontMetrics(painter->font()).elidedText(source->text, Qt::ElideRight, text.width()));
            painter->restore();
            return true;
        }
        case CE_Splitter:
            drawGutter(r, painter, option->state & State_MouseOver);
            return true;
        case CE_ToolBar:
        case CE_MenuBarEmptyArea:
            painter->fillRect(r, role(ColorRole::Window));
            return true;
        case CE_MenuBarItem: {
            const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            if (!item) return false;
            painter->fillRect(r, role(ColorRole::Window));
            const bool active = (item->state & State_Selected) && (item->state & State_Enabled);
            if (active)
                drawRounded(painter, QRectF(r).adjusted(1, 2, -1, -2),
                            role(item->state & State_Sunken ? ColorRole::Pressed : ColorRole::Hover), {}, 0);
            int flags = Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine;
            if (!proxy()->styleHint(SH_UnderlineShortcut, item, widget)) flags |= Qt::TextHideMnemonic;
            proxy()->drawItemText(painter, r, flags, item->palette, item->state & State_Enabled, item->text,
                                  QPalette::WindowText);
            return true;
        }
        case CE_DockWidgetTitle: {
            const auto* title = qstyleoption_cast<const QStyleOptionDockWidget*>(option);
            if (!title) return false;
            painter->fillRect(r, role(ColorRole::Window));
            painter->save();
            painter->setFont(t.font(TextRole::Strong));
            painter->setPen(role(ColorRole::Text));
            const QRect text =
                proxy()->subElementRect(SE_DockWidgetTitleBarText, option, widget).adjusted(t.space(2), 0, 0, 0);
            painter->drawText(text, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                              QFontMetrics(painter->font()).elidedText(title->title, Qt::ElideRight, text.width()));
            painter->restore();
            return true;
        }
        case CE_TabBarTabShape: {
            const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option);
            if (!tab) return false;
            const bool selected = tab->state & State_Selected;
            if (!selected && (tab->state & State_MouseOver) && (tab->state & State_Enabled))
                drawRounded(painter, QRectF(r).adjusted(1, 2, -1, -3), role(ColorRole::Hover), {}, 0);
            if (selected) {
                const int thick = t.length(Length::FocusRing);
                const bool below = tab->shape == QTabBar::RoundedSouth || tab->shape == QTabBar::TriangularSouth;
                const int y = below ? r.top() : r.bottom() + 1 - thick;
                painter->fillRect(QRect(r.left() + t.space(2), y, r.width() - t.space(4), thick),
                                  role(ColorRole::Accent));
            }
            if (tab->state & State_HasFocus) paintFocusRing(*painter, QRectF(r).adjusted(1, 1, -1, -1));
            return true;
        }
        case CE_TabBarTabLabel: {
            const auto* source = qstyleoption_cast<const QStyleOptionTab*>(option);
            if (!source) return false;
            QStyleOptionTab copy = *source;
            copy.state &= ~State_HasFocus;
            if (!(copy.state & State_Selected) && (copy.state & State_Enabled))
                copy.palette.setColor(QPalette::WindowText, role(ColorRole::Muted));
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return true;
        }
        case CE_ProgressBarGroove: {
            const double height = t.length(Length::BarHeight);
            QRectF groove = r;
            groove.setTop(QRectF(r).center().y() - height / 2);
            groove.setHeight(height);
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(role(ColorRole::ShareTrack));
            painter->drawRoundedRect(groove, height / 2, height / 2);
            painter->restore();
            return true;
        }
        case CE_ProgressBarContents: {
            const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
            if (!bar) return false;
            const double span = double(bar->maximum) - bar->minimum;
            const double height = t.length(Length::BarHeight);
            QRectF groove = r;
            groove.setTop(QRectF(r).center().y() - height / 2);
            groove.setHeight(height);
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            QPainterPath clip;
            clip.addRoundedRect(groove, height / 2, height / 2);
            painter->setClipPath(clip);
            QRectF filled = groove;
            if (span <= 0) {  // total unknown: a third of the bar, at rest, so that nothing blinks
                filled.setWidth(groove.width() / 3);
            } else {
                filled.setWidth(groove.width() * (double(bar->progress) - bar->minimum) / span);
            }
            painter->fillRect(filled, role(option->state & State_Enabled ? ColorRole::Accent : ColorRole::Disabled));
            painter->restore();
            return true;
        }
        default:
            return false;
    }
}

void ProxyStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
    if (drawFlatControl(element, option, painter, widget)) return;
    QProxyStyle::drawControl(element, option, painter, widget);
}

void ProxyStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                    const QWidget* widget) const {
    switch (control) {
        case CC_ScrollBar:
            drawScrollBar(option, painter, widget);
            return;
        case CC_ComboBox:
            drawComboBox(option, painter, widget);
            return;
        case CC_SpinBox:
            drawSpinBox(option, painter, widget);
            return;
        case CC_Slider:
            drawSlider(option, painter, widget);
            return;
        case CC_ToolButton: {
            const auto* source = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            if (!source) break;
            // A button that is nothing but its menu needs no arrow beside its icon.
            QStyleOptionToolButton copy = *source;
            if (copy.toolButtonStyle == Qt::ToolButtonIconOnly &&
                !(copy.features & QStyleOptionToolButton::MenuButtonPopup))
                copy.features &= ~QStyleOptionToolButton::HasMenu;
            QProxyStyle::drawComplexControl(control, &copy, painter, widget);
            return;
        }
        default:
            break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

void ProxyStyle::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!bar) return;
    // The ground of what it scrolls; a page that lets its own ground through has that of the window.
    const auto* area = qobject_cast<const QAbstractScrollArea*>(
        widget && widget->parentWidget() ? widget->parentWidget()->parentWidget() : nullptr);
    const QWidget* content = area ? area->viewport() : nullptr;
    const bool onBase = content && content->autoFillBackground() && content->backgroundRole() != QPalette::Window;
    painter->fillRect(bar->rect, role(onBase ? ColorRole::Base : ColorRole::Window));
    if (bar->maximum <= bar->minimum) return;
    const QRectF slider = proxy()->subControlRect(CC_ScrollBar, bar, SC_ScrollBarSlider, widget);
    const bool active = bar->state & State_MouseOver || bar->activeSubControls & SC_ScrollBarSlider;
    const double margin = theme().space(1) * (active ? 0.5 : 0.75);
    QRectF thumb = bar->orientation == Qt::Vertical ? slider.adjusted(margin, 1, -margin, -1)
                                                    : slider.adjusted(1, margin, -1, -margin);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(role(active ? ColorRole::Muted : ColorRole::ControlBorder));
    const double radius = qMin(thumb.width(), thumb.height()) / 2;
    painter->drawRoundedRect(thumb, radius, radius);
    painter->restore();
}

void ProxyStyle::drawComboBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (!combo) return;
    const bool enabled = combo->state & State_Enabled;
    const bool focused = combo->state & State_HasFocus;
    if (combo->frame) {
        const bool hovered = (combo->state & State_MouseOver) && enabled && !combo->editable;
        drawRounded(painter, combo->rect,
                    role(!enabled  ? ColorRole::Window
                         : hovered ? ColorRole::Hover
                                   : ColorRole::Base),
                    {}, 0);
        drawFieldFrame(combo, painter, focused);
    } else if ((combo->state & State_MouseOver) && enabled) {
        drawRounded(painter, combo->rect, role(ColorRole::Hover), {}, 0);
    }
    if (!combo->frame && focused) paintFocusRing(*painter, combo->rect);
    const QRect arrow = proxy()->subControlRect(CC_ComboBox, combo, SC_ComboBoxArrow, widget);
    drawGlyph("chevron-down", arrow, painter, enabled ? ColorRole::Muted : ColorRole::Disabled);
}

void ProxyStyle::drawSpinBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
    if (!spin) return;
    const bool enabled = spin->state & State_Enabled;
    if (spin->frame) drawField(spin, painter, spin->state & State_HasFocus);
    if (spin->buttonSymbols == QAbstractSpinBox::NoButtons) return;
    const auto arrow = [&](SubControl part, const char* glyph, QAbstractSpinBox::StepEnabledFlag flag) {
        const QRect r = proxy()->subControlRect(CC_SpinBox, spin, part, widget);
        const bool can = enabled && (spin->stepEnabled & flag);
        if (can && (spin->activeSubControls & part) && (spin->state & State_MouseOver))
            drawRounded(painter, r, role(spin->state & State_Sunken ? ColorRole::Pressed : ColorRole::Hover), {}, 0);
        drawGlyph(glyph, r, painter, can ? ColorRole::Muted : ColorRole::Disabled);
    };
    arrow(SC_SpinBoxUp, "chevron-up", QAbstractSpinBox::StepUpEnabled);
    arrow(SC_SpinBoxDown, "chevron-down", QAbstractSpinBox::StepDownEnabled);
}

void ProxyStyle::drawSlider(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!slider) return;
    const QRectF handle = proxy()->subControlRect(CC_Slider, slider, SC_SliderHandle, widget);
    const double height = theme().space(1);
    QRectF groove = slider->rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(role(ColorRole::ShareTrack));
    const bool enabled = slider->state & State_Enabled;
    QRectF filled;
    if (slider->orientation == Qt::Horizontal) {
        groove.setTop(handle.center().y() - height / 2);
        groove.setHeight(height);
        filled = groove;
        filled.setRight(handle.center().x());
    } else {
        groove.setLeft(handle.center().x() - height / 2);
        groove.setWidth(height);
        filled = groove;
        filled.setTop(handle.center().y());
    }
    painter->drawRoundedRect(groove, height / 2, height / 2);
    painter->setBrush(role(enabled ? ColorRole::Accent : ColorRole::Disabled));
    painter->drawRoundedRect(filled, height / 2, height / 2);
    const double radius = theme().space(2) - 1.0;
    painter->setPen(QPen(role(enabled ? ColorRole::Accent : ColorRole::Disabled), theme().length(Length::FocusRing)));
    painter->setBrush(role(ColorRole::Base));
    painter->drawEllipse(handle.center(), radius - 1, radius - 1);
    painter->restore();
    if (slider->state & State_HasFocus) paintFocusRing(*painter, handle.adjusted(-1, -1, 1, 1));
}

QRect ProxyStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                 const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!bar) return {};
        const bool vertical = bar->orientation == Qt::Vertical;
        const QRect r = bar->rect;
        const int length = vertical ? r.height() : r.width();
        const int range = bar->maximum - bar->minimum;
        int size = length;
        if (range > 0) {
            size = int(double(bar->pageStep) / (double(range) + bar->pageStep) * length);
            size = qBound(proxy()->pixelMetric(PM_ScrollBarSliderMin, bar, widget), size, length);
        }
        const int start =
            sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - size, bar->upsideDown);
        const auto along = [&](int from, int extent) {
            return vertical ? QRect(r.left(), r.top() + from, r.width(), extent)
                            : QRect(r.left() + from, r.top(), extent, r.height());
        };
        switch (part) {
            case SC_ScrollBarAddLine:
            case SC_ScrollBarSubLine:
                return {};
            case SC_ScrollBarSlider:
                return visualRect(bar->direction, r, along(start, size));
            case SC_ScrollBarGroove:
                return r;
            case SC_ScrollBarSubPage:
                return visualRect(bar->direction, r, along(0, start));
            case SC_ScrollBarAddPage:
                return visualRect(bar->direction, r, along(start + size, length - start - size));
            default:
                break;
        }
    }
    QRect rect = QProxyStyle::subControlRect(control, option, part, widget);
    if (control == CC_ComboBox && part == SC_ComboBoxEditField) {
        const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (combo && combo->frame) {
            constexpr int kLabelMargin = 1;  // QCommonStyle draws the label of a combo box so much further in
            const int inset = fieldTextInset() - (combo->editable ? kEditMargin : kLabelMargin);
            rect = visualRect(combo->direction, combo->rect,
                              QRect(QPoint(combo->rect.left() + inset, rect.top()),
                                    visualRect(combo->direction, combo->rect, rect).bottomRight()));
        }
    }
    if (control == CC_SpinBox && part == SC_SpinBoxEditField) {
        const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
        if (spin && spin->frame) {
            const QRect straight = visualRect(spin->direction, spin->rect, rect);
            rect = visualRect(spin->direction, spin->rect,
                              QRect(QPoint(spin->rect.left() + fieldTextInset() - kEditMargin, straight.top()),
                                    straight.bottomRight()));
        }
    }
    return rect;
}

}  // namespace espalier::ui
