// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/document_delegate.h"

#include <QApplication>
#include <QPainter>

#include "ui/models/document_list_model.h"
#include "ui/session/branch_colors.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {

DocumentDelegate::DocumentDelegate(const BranchColors* colors, QObject* parent)
    : QStyledItemDelegate(parent), m_colors(colors) {}

QSize DocumentDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::RowHeight)};
}

void DocumentDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    option.index = index;
    option.widget = given.widget;
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    option.showDecorationSelected = true;
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    QRect row = option.rect.adjusted(theme().space(3), 0, -theme().space(3), 0);
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

    // Right: figure and bar, then the label it is (or nearly is) under. Columns start at the same place in every row.
    const int figureWidth = metrics.horizontalAdvance(QStringLiteral("0.00"));
    const int bar = theme().length(Length::BarWidth);
    const int labelWidth = qMin(theme().space(50), row.width() * 3 / 10);
    int right = row.right();
    if (hard) {
        painter->setPen(ink);
        painter->drawText(QRect(right - figureWidth, row.top(), figureWidth, row.height()),
                          int(Qt::AlignRight | Qt::AlignVCenter),
                          formatShare(index.data(DocumentListModel::ShareRole).toDouble()));
        right -= figureWidth + theme().space(2);
        paintShareBar(*painter, QRectF(right - bar, row.top(), bar, row.height()),
                      index.data(DocumentListModel::ShareRole).toDouble(),
                      theme().branchColor(place.branch, place.level, place.sibling));
        right -= bar + theme().space(3);
    } else {
        right -= figureWidth + theme().space(2) + bar + theme().space(3);
    }
    QString beside;
    QColor markerColor;
    int marker = -1;
    if (m_showsLabel && hard) {
        beside = index.data(DocumentListModel::HardPathRole).toString();
        marker = Theme::branchMarker(place.branch);
        markerColor = theme().branchColor(place.branch, place.level, place.sibling);
    } else if (const LabelId second{index.data(DocumentListModel::SecondLabelRole).toLongLong()}; second) {
        const BranchColors::Place other = m_colors->place(second);
        beside = tr("%1 %2").arg(index.data(DocumentListModel::SecondNameRole).toString(),
                                 formatShare(index.data(DocumentListModel::SecondShareRole).toDouble()));
        marker = Theme::branchMarker(other.branch);
        markerColor = theme().branchColor(other.branch, other.level, other.sibling);
    }
    QRect label(right - labelWidth, row.top(), labelWidth, row.height());
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
    row.setRight(right - labelWidth - theme().space(4));
    painter->setPen(ink);
    painter->drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, row.width()));
    painter->restore();
    if (option.state & QStyle::State_HasFocus) {
        QStyleOptionFocusRect ring;
        ring.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, painter, option.widget);
    }
}

}  // namespace espalier::ui
