// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/proxy_style.h"

#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QDockWidget>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QSlider>
#include <QSpinBox>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>

#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/style_paint.h"

namespace espalier::ui {
using namespace paint;

ProxyStyle::ProxyStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void ProxyStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QPushButton*>(widget) || qobject_cast<QToolButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
        qobject_cast<QScrollBar*>(widget) || qobject_cast<QTabBar*>(widget) || qobject_cast<QHeaderView*>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

void ProxyStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const {
    const bool enabled = option->state & State_Enabled;
    switch (element) {
        case PE_FrameFocusRect:
            // Rows show the ring only to people who move by keyboard; the selection is there for everyone.
            if (qobject_cast<const QAbstractItemView*>(widget) && !(option->state & State_KeyboardFocusChange)) return;
            paintFocusRing(*painter, option->rect);
            return;
        case PE_PanelButtonCommand:
            drawButtonPanel(option, painter, isPrimary(widget));
            return;
        case PE_FrameDefaultButton:
            return;
        case PE_PanelButtonTool:
        case PE_IndicatorButtonDropDown:
            drawToolPanel(option, painter);
            return;
        case PE_PanelLineEdit: {
            const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            if (frame && frame->lineWidth > 0)
                drawField(option, painter, option->state & State_HasFocus);
            else
                painter->fillRect(option->rect, option->palette.brush(QPalette::Base));
            return;
        }
        case PE_FrameLineEdit:
            drawFieldFrame(option, painter, option->state & State_HasFocus);
            return;
        case PE_Frame:
            if (widget && qobject_cast<const QAbstractScrollArea*>(widget)) {
                // A text is typed into its frame; the frame of a list only ends it.
                if (qobject_cast<const QAbstractItemView*>(widget) && !(option->state & State_HasFocus))
                    drawRounded(painter, option->rect, theme().color(ColorRole::Base),
                                theme().color(ColorRole::Hairline), theme().length(Length::Hairline));
                else
                    drawField(option, painter, option->state & State_HasFocus);
                return;
            }
            break;
        case PE_FrameGroupBox:
        case PE_FrameStatusBarItem:
        case PE_PanelStatusBar:
        case PE_FrameDockWidget:
        case PE_IndicatorTabTear:
        case PE_FrameTabWidget:
            return;
        case PE_FrameTabBarBase: {
            const QRect r = option->rect;
            painter->fillRect(QRect(r.left(), r.bottom(), r.width(), theme().length(Length::Hairline)),
                              theme().color(ColorRole::Hairline));
            return;
        }
        case PE_IndicatorCheckBox:
        case PE_IndicatorItemViewItemCheck:
            drawCheckBox(option, painter);
            return;
        case PE_IndicatorRadioButton:
            drawRadioButton(option, painter);
            return;
        case PE_IndicatorBranch:
            if (option->state & State_Children) {
                const ColorRole role = !enabled                           ? ColorRole::Disabled
                                       : (option->state & State_Selected) ? ColorRole::SelectionText
                                                                          : ColorRole::Muted;
                drawGlyph((option->state & State_Open)           ? "chevron-down"
                          : option->direction == Qt::RightToLeft ? "back"
                                                                 : "chevron-right",
                          option->rect, painter, role);
            }
            return;
        case PE_IndicatorArrowDown:
            drawGlyph("chevron-down", option->rect, painter, glyphRole(option));
            return;
        case PE_IndicatorArrowUp:
            drawGlyph("chevron-up", option->rect, painter, glyphRole(option));
            return;
        case PE_IndicatorArrowRight:
            drawGlyph("chevron-right", option->rect, painter, glyphRole(option));
            return;
        case PE_IndicatorHeaderArrow: {
            const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
            if (header && header->sortIndicator != QStyleOptionHeader::None)
                drawGlyph(header->sortIndicator == QStyleOptionHeader::SortUp ? "chevron-up" : "chevron-down",
                          option->rect, painter, ColorRole::Muted);
            return;
        }
        case PE_PanelItemViewRow:
        case PE_PanelItemViewItem:
            drawRow(element == PE_PanelItemViewRow, option, painter);
            return;
        case PE_IndicatorItemViewItemDrop:
            drawDropIndicator(option, painter);
            return;
        case PE_IndicatorToolBarSeparator: {
            const QRect r = option->rect;
            const int inset = theme().space(1);
            if (option->state & State_Horizontal)
                painter->fillRect(
                    QRect(r.center().x(), r.top() + inset, theme().length(Length::Hairline), r.height() - 2 * inset),
                    theme().color(ColorRole::Hairline));
            return;
        }
        case PE_IndicatorDockWidgetResizeHandle:
            drawGutter(option->rect, painter, option->state & State_MouseOver);
            return;
        case PE_PanelTipLabel:
            painter->fillRect(option->rect, theme().color(ColorRole::ToastBase));
            return;
        case PE_FrameMenu:
            painter->setPen(theme().color(ColorRole::Hairline));
            painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
            return;
        case PE_PanelMenu:
            painter->fillRect(option->rect, theme().color(ColorRole::Base));
            return;
        case PE_PanelMenuBar:
            return;
        default:
            break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

QRect ProxyStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    switch (element) {
        case SE_PushButtonFocusRect:
            return option->rect;
        case SE_LineEditContents: {
            QRect r = QProxyStyle::subElementRect(element, option, widget);
            const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            if (frame && frame->lineWidth > 0) {
                const int inset = fieldTextInset() - kEditMargin;
                r.setLeft(option->rect.left() + inset);
                r.setRight(option->rect.right() - inset);
            }
            return r;
        }
        default:
            return QProxyStyle::subElementRect(element, option, widget);
    }
}

QSize ProxyStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const {
    QSize out = QProxyStyle::sizeFromContents(type, option, size, widget);
    const int control = theme().length(Length::ControlHeight);
    switch (type) {
        case CT_PushButton:
            out.setHeight(qMax(out.height(), control));
            out.rwidth() += theme().space(5);
            if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
                button && button->text.isEmpty())
                out.setWidth(qMax(size.width() + theme().space(2), control));
            break;
        case CT_LineEdit:
            // The edit inside a spin box has no frame of its own and must not make the box taller.
            if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->lineWidth <= 0)
                break;
            out.setHeight(qMax(out.height(), control));
            break;
        case CT_ComboBox:
        case CT_SpinBox:
            out.setHeight(qMax(out.height(), control));
            break;
        case CT_ItemViewItem: {
            const auto* view = qobject_cast<const QAbstractItemView*>(widget);
            const bool list = view && qobject_cast<const QComboBox*>(
                                          view->parentWidget() ? view->parentWidget()->parentWidget() : nullptr);
            out.setHeight(qMax(out.height(), theme().length(list ? Length::CompactRowHeight : Length::RowHeight)));
            break;
        }
        case CT_HeaderSection:
            out.setHeight(qMax(out.height(), theme().length(Length::RowHeight)));
            break;
        case CT_MenuItem:
            if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
                item && item->menuItemType != QStyleOptionMenuItem::Separator)
                out.setHeight(qMax(out.height(), theme().length(Length::RowHeight)));
            break;
        case CT_MenuBarItem:
            out.setHeight(qMax(out.height(), theme().length(Length::RowHeight)));
            break;
        case CT_TabBarTab:
            out.setHeight(qMax(out.height(), control));
            break;
        case CT_CheckBox:
        case CT_RadioButton:
            out.setHeight(qMax(out.height(), theme().space(6)));
            break;
        default:
            break;
    }
    return out;
}

int ProxyStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    const Theme& t = theme();
    switch (metric) {
        case PM_ScrollBarExtent:
            return t.space(3);
        case PM_ScrollBarSliderMin:
            return t.space(6);
        case PM_SplitterWidth:
        case PM_DockWidgetSeparatorExtent:
            return t.space(1) + t.length(Length::Hairline);
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
        case PM_ListViewIconSize:
        case PM_TabBarIconSize:
        case PM_LineEditIconSize:
            return t.length(Length::IconSize);
        case PM_ToolBarIconSize:
            return t.length(Length::LargeIconSize);
        case PM_MessageBoxIconSize:
            return t.space(8);
        case PM_DefaultFrameWidth:
            if (qobject_cast<const QMenu*>(widget)) return t.length(Length::Hairline);
            // What scrolls is a rectangle: so far in, it leaves the round corners of its frame alone.
            if (qobject_cast<const QAbstractScrollArea*>(widget)) return 2 * t.length(Length::Hairline);
            return qobject_cast<const QDockWidget*>(widget) ? 0 : t.length(Length::Hairline);
        case PM_DockWidgetFrameWidth:
            return 0;
        case PM_DockWidgetTitleMargin:
        case PM_DockWidgetTitleBarButtonMargin:
            return t.space(1);
        case PM_TreeViewIndentation:
            return t.space(4);
        case PM_CheckBoxLabelSpacing:
        case PM_RadioButtonLabelSpacing:
        case PM_LayoutHorizontalSpacing:
        case PM_LayoutVerticalSpacing:
            return t.space(2);
        case PM_LayoutLeftMargin:
        case PM_LayoutTopMargin:
        case PM_LayoutRightMargin:
        case PM_LayoutBottomMargin:
            return t.space(4);
        case PM_MenuVMargin:
        case PM_MenuHMargin:
            return t.space(1);
        case PM_MenuBarPanelWidth:
        case PM_MenuBarVMargin:
        case PM_MenuBarHMargin:
        case PM_ToolBarFrameWidth:
            return 0;
        case PM_ToolBarItemMargin:
        case PM_ToolBarItemSpacing:
            return t.space(1);
        case PM_TabBarTabHSpace:
            return t.space(6);
        case PM_TabBarTabVSpace:
            return t.space(2);
        case PM_TabBarBaseOverlap:
        case PM_TabBarTabShiftVertical:
        case PM_TabBarTabShiftHorizontal:
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
            return 0;
        case PM_FocusFrameVMargin:
            return t.length(Length::FocusGap) + t.length(Length::FocusRing);
        case PM_FocusFrameHMargin:
            return t.space(2) - 1;  // Qt adds one: text of cells starts under the text of their header
        case PM_ToolTipLabelFrameWidth:
            return t.space(1);
        case PM_SliderThickness:
        case PM_SliderControlThickness:
        case PM_SliderLength:
            return t.length(Length::IconSize);
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int ProxyStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* data) const {
    switch (hint) {
        case SH_ItemView_ShowDecorationSelected:
            return 1;
        case SH_EtchDisabledText:
        case SH_DitherDisabledText:
        case SH_DialogButtonBox_ButtonsHaveIcons:
            return 0;
        case SH_ItemView_ChangeHighlightOnFocus:
            return 1;
        case SH_ToolTipLabel_Opacity:
            return 255;
        case SH_FormLayoutLabelAlignment:
            return int(Qt::AlignLeft | Qt::AlignVCenter);
        case SH_ScrollView_FrameOnlyAroundContents:
            return 0;
        case SH_Slider_AbsoluteSetButtons:
            return Qt::LeftButton;
        default:
            return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QIcon ProxyStyle::standardIcon(StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const {
    switch (standard) {
        case SP_TitleBarCloseButton:
        case SP_DockWidgetCloseButton:
        case SP_LineEditClearButton:
            return icon(QStringLiteral("clear"));
        case SP_TitleBarNormalButton:
        case SP_TitleBarMaxButton:
            return icon(QStringLiteral("window-reset"));
        case SP_MessageBoxWarning:
            return icon(QStringLiteral("warning"), ColorRole::Warning);
        case SP_MessageBoxCritical:
            return icon(QStringLiteral("error"), ColorRole::Error);
        case SP_MessageBoxInformation:
            return icon(QStringLiteral("information"), ColorRole::Information);
        case SP_MessageBoxQuestion:
            return icon(QStringLiteral("help"), ColorRole::Accent);
        case SP_ToolBarHorizontalExtensionButton:
        case SP_ToolBarVerticalExtensionButton:
            return icon(QStringLiteral("more"));
        default:
            return QProxyStyle::standardIcon(standard, option, widget);
    }
}

QPixmap ProxyStyle::standardPixmap(StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const {
    switch (standard) {
        case SP_TitleBarCloseButton:
        case SP_DockWidgetCloseButton:
        case SP_LineEditClearButton:
        case SP_TitleBarNormalButton:
        case SP_TitleBarMaxButton:
        case SP_ToolBarHorizontalExtensionButton:
        case SP_ToolBarVerticalExtensionButton:
            return standardIcon(standard, option, widget).pixmap(theme().length(Length::IconSize));
        case SP_MessageBoxWarning:
        case SP_MessageBoxCritical:
        case SP_MessageBoxInformation:
        case SP_MessageBoxQuestion:
            return standardIcon(standard, option, widget).pixmap(theme().space(8));
        default:
            return QProxyStyle::standardPixmap(standard, option, widget);
    }
}

}  // namespace espalier::ui
