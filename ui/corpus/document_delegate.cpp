// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/document_delegate.h"

#include <QApplication>
#include <QPainter>

#include "ui/models/document_list_model.h"
#include "ui/session/branch_colors.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {

DocumentDelegate::DocumentDelegate(const BranchColors* colors, QObject* parent)
    : QStyledItemDelegate(parent), m_colors(colors) {}

QSize DocumentDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::RowHeight)};
}

DocumentDelegate::Columns DocumentDelegate::columns(const QRect& whole) {
    const QRect row = whole.adjusted(theme().space(3), 0, -theme().space(3), 0);
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    const int figure = metrics.horizontalAdvance(QStringLiteral("0.00"));
    const int bar = theme().length(Length::BarWidth);
    const int label = qMin(theme().space(60), row.width() * 3 / 10);
    Columns at;
    int right = row.right() + 1;
    const auto take = [&](int width, int gap) {
        right -= width;
        const QRect taken(right, row.top(), width, row.height());
        right -= gap;
        return taken;
    };
    at.figure = take(figure, theme().space(2));
    at.bar = take(bar, theme().space(4));
    at.label = take(label, theme().space(4));
    at.title = QRect(row.left(), row.top(), qMax(0, right - row.left()), row.height());
    return at;
}

void DocumentDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    option.index = index;
    option.widget = given.widget;
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    option.showDecorationSelected = true;
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    const QRect row = option.rect.adjusted(theme().space(3), 0, -theme().space(3), 0);
    painter->save();
    if (!index.data(DocumentListModel::LoadedRole).toBool()) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme().color(ColorRole::ShareTrack));
        const double height = theme().space(2);
        // Widths that vary a little look like text, not like a fault.
        const double width = row.width() * (0.35 + 0.06 * (index.row() % 5));
        painter->drawRoundedRect(QRectF(row.left(), row.center().y() - height / 2, width, height), height / 2,
                                 height / 2);
        painter->restore();
        return;
    }
    const bool selected = option.state & QStyle::State_Selected;
    const QColor ink = theme().color(selected ? ColorRole::SelectionText : ColorRole::Text);
    const QColor muted = theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted);
    painter->setFont(theme().font(TextRole::Normal));
    const QFontMetrics metrics(painter->font());
    const LabelId hard{index.data(DocumentListModel::HardLabelRole).toLongLong()};
    const BranchColors::Place place = m_colors->place(hard);

    // Columns start at the same place in every row.
    const Columns at = columns(option.rect);
    if (hard) {
        const double share = index.data(DocumentListModel::ShareRole).toDouble();
        painter->setPen(ink);
        painter->drawText(at.figure, int(Qt::AlignRight | Qt::AlignVCenter), formatShare(share));
        paintShareBar(*painter, at.bar, share, theme().branchColor(place.branch, place.level, place.sibling));
    }
    QString beside;
    QColor markerColor;
    int marker = -1;
    if (m_showsLabel && hard) {
        // The end of the path: its colour says the branch, and the whole would be cut in every row.
        beside = index.data(DocumentListModel::HardPathRole).toString().section(QStringLiteral(" › "), -1);
        marker = Theme::branchMarker(place.branch);
        markerColor = theme().branchColor(place.branch, place.level, place.sibling);
    } else if (const LabelId second{index.data(DocumentListModel::SecondLabelRole).toLongLong()}; second) {
        const BranchColors::Place other = m_colors->place(second);
        beside = tr("%1 %2").arg(index.data(DocumentListModel::SecondNameRole).toString(),
                                 formatShare(index.data(DocumentListModel::SecondShareRole).toDouble()));
        marker = Theme::branchMarker(other.branch);
        markerColor = theme().branchColor(other.branch, other.level, other.sibling);
    }
    QRect label = at.label;
    if (marker >= 0) {
        const int side = theme().space(1) + theme().space(1) / 2;
        QRectF dot(0, 0, side, side);
        dot.moveCenter(QPointF(label.left() + side / 2.0, label.center().y() + 0.5));
        paintBranchMarker(*painter, dot, marker, markerColor);
        label.setLeft(label.left() + side + theme().space(1));
    }
    painter->setPen(muted);
    painter->drawText(label, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      metrics.elidedText(beside, Qt::ElideRight, label.width()));
    QRect title = at.title;
    if (index.data(DocumentListModel::PinnedRole).toBool()) {
        const int side = theme().length(Length::IconSize);
        const QPixmap mark = iconPixmap(QStringLiteral("pin"), muted, side, painter->device()->devicePixelRatioF());
        painter->drawPixmap(QPoint(title.left(), title.center().y() - side / 2 + 1), mark);
        title.setLeft(title.left() + side + theme().space(1));
    }
    painter->setPen(ink);
    painter->drawText(title, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, title.width()));
    painter->restore();
    if (option.state & QStyle::State_HasFocus) {
        QStyleOptionFocusRect ring;
        ring.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, painter, option.widget);
    }
}

}  // namespace espalier::ui
