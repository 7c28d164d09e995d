// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/proposed_change_delegate.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/models/proposed_changes_model.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

QStyle* styleOf(const QStyleOptionViewItem& option) {
    return option.widget ? option.widget->style() : QApplication::style();
}

QRect inner(const QStyleOptionViewItem& option) {
    return option.rect.adjusted(theme().space(3), theme().space(1), -theme().space(3), -theme().space(1));
}

int nameHeight() {
    return QFontMetrics(theme().font(TextRole::Normal)).height();
}

int nameLeft(const QStyleOptionViewItem& option, const QRect& check) {
    return std::max(check.right(), inner(option).left()) + theme().space(2);
}

}  // namespace

QRect ProposedChangeDelegate::checkRect(const QStyleOptionViewItem& option) const {
    QStyle* style = styleOf(option);
    const int side = style->pixelMetric(QStyle::PM_IndicatorWidth, nullptr, option.widget);
    const int height = style->pixelMetric(QStyle::PM_IndicatorHeight, nullptr, option.widget);
    const QRect row = inner(option);
    return {row.left(), row.top() + (nameHeight() - height) / 2, side, height};
}

QSize ProposedChangeDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    const int lines = nameHeight() + QFontMetrics(theme().font(TextRole::Small)).height();
    return {theme().length(Length::SidePanelWidth), lines + theme().space(3)};
}

void ProposedChangeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given,
                                   const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    initStyleOption(&option, index);
    QStyle* style = styleOf(option);
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    const QVariant checked = index.data(Qt::CheckStateRole);
    const bool left = checked.isValid() && checked.toInt() == Qt::Unchecked;
    const QColor muted = theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted);
    const QColor ink = left ? muted : theme().color(selected ? ColorRole::SelectionText : ColorRole::Text);
    const QRect check = checkRect(option);
    painter->save();
    if (checked.isValid()) {
        QStyleOptionViewItem box = option;
        box.rect = check;
        box.state = (option.state & ~QStyle::State_HasFocus) | (left ? QStyle::State_Off : QStyle::State_On);
        style->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &box, painter, option.widget);
    }
    QRect row = inner(option);
    row.setLeft(nameLeft(option, check));
    const int side = theme().length(Length::IconSize);
    painter->drawPixmap(QPoint(row.left(), row.top() + (nameHeight() - side) / 2 + 1),
                        iconPixmap(index.data(ProposedChangesModel::IconRole).toString(), muted, side,
                                   painter->device()->devicePixelRatioF()));
    row.setLeft(row.left() + side + theme().space(2));
    const QFontMetrics metrics(theme().font(TextRole::Normal)), small(theme().font(TextRole::Small));
    const QString count = index.data(ProposedChangesModel::CountRole).toString();
    const int countWidth = count.isEmpty() ? 0 : small.horizontalAdvance(count) + theme().space(2);
    const QRect line(row.left(), row.top(), row.width() - countWidth, metrics.height());
    painter->setFont(theme().font(TextRole::Normal));
    painter->setPen(ink);
    painter->drawText(line, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, line.width()));
    painter->setFont(theme().font(TextRole::Small));
    painter->setPen(muted);
    painter->drawText(QRect(row.left(), row.top(), row.width(), metrics.height()),
                      int(Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine), count);
    painter->drawText(
        QRect(row.left(), row.top() + metrics.height(), row.width(), small.height()),
        int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
        small.elidedText(index.data(ProposedChangesModel::DetailRole).toString(), Qt::ElideRight, row.width()));
    painter->restore();
    if (option.state & QStyle::State_HasFocus) {
        QStyleOptionFocusRect ring;
        ring.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, painter, option.widget);
    }
}

bool ProposedChangeDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                         const QModelIndex& index) {
    const QVariant checked = index.data(Qt::CheckStateRole);
    if (!checked.isValid() || !(index.flags() & Qt::ItemIsUserCheckable)) return false;
    bool toggles = false;
    if (event->type() == QEvent::MouseButtonRelease || event->type() == QEvent::MouseButtonDblClick ||
        event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const int slack = theme().space(1);
        if (mouse->button() != Qt::LeftButton ||
            !checkRect(option).adjusted(-slack, -slack, slack, slack).contains(mouse->position().toPoint()))
            return false;
        if (event->type() != QEvent::MouseButtonRelease) return true;  // no rename by a double click on the box
        toggles = true;
    } else if (event->type() == QEvent::KeyPress) {
        toggles = static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space;
    }
    if (!toggles) return false;
    return model->setData(index, checked.toInt() == Qt::Checked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

void ProposedChangeDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                                  const QModelIndex&) const {
    QRect place = inner(option);
    place.setLeft(nameLeft(option, checkRect(option)) + theme().length(Length::IconSize));
    place.setHeight(std::max(nameHeight() + theme().space(1), editor->minimumSizeHint().height()));
    place.moveTop(std::max(option.rect.top(), place.top() - theme().space(1)));
    editor->setGeometry(place);
}

}  // namespace espalier::ui
