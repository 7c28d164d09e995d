// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_delegate.h"

#include <QApplication>
#include <QLineEdit>
#include <QPainter>

#include "ui/models/label_tree_model.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

int markerSide(int level) {
    return level <= 0 ? theme().space(2) + theme().space(1) / 2 : theme().space(2) - theme().space(1) / 4;
}
// Bars of the tree are shorter than elsewhere: the names are what is read.
int treeBarWidth() {
    return theme().length(Length::BarWidth) * 3 / 4;
}
int nameLeft(const QRect& row) {
    return row.left() + theme().space(1) + theme().space(3) + theme().space(1);
}

}  // namespace

LabelDelegate::LabelDelegate(const BranchColors* colors, QObject* parent)
    : QStyledItemDelegate(parent), m_colors(colors) {}

BranchColors::Place LabelDelegate::placeOf(const QModelIndex& index) const {
    return m_colors->place(LabelId{index.data(LabelTreeModel::LabelIdRole).toLongLong()});
}

QStringList LabelDelegate::marksOf(const QModelIndex& index) const {
    QStringList marks;
    if (index.data(LabelTreeModel::NotedRole).toBool()) marks << QStringLiteral("note");
    if (index.data(LabelTreeModel::LockedRole).toBool()) marks << QStringLiteral("lock");
    return marks;
}

QSize LabelDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(qMax(size.height(), theme().length(Length::RowHeight)));
    return size;
}

int LabelDelegate::documentsColumnWidth(qint64 documents) {
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    const int figures = metrics.horizontalAdvance(formatCount(documents));
    const int header = QFontMetrics(theme().font(TextRole::Small)).horizontalAdvance(QObject::tr("Documents"));
    return qMax(theme().space(1) + treeBarWidth() + theme().space(2) + figures, header + theme().space(2)) +
           theme().space(3);
}

void LabelDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    initStyleOption(&option, index);
    const QWidget* widget = option.widget;
    QStyle* style = widget ? widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, widget);
    if (index.column() == LabelTreeModel::NameColumn)
        paintName(painter, option, index);
    else
        paintDocuments(painter, option, index);
    if ((option.state & QStyle::State_HasFocus) && index.column() == LabelTreeModel::NameColumn) {
        QStyleOptionFocusRect ring;
        ring.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, painter, widget);
    }
}

void LabelDelegate::paintName(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const bool selected = option.state & QStyle::State_Selected;
    const BranchColors::Place place = placeOf(index);
    const QRect row = option.rect;
    const int side = markerSide(place.level);
    const QRectF slot(row.left() + theme().space(1), row.top(), theme().space(3), row.height());
    QRectF marker(0, 0, side, side);
    marker.moveCenter(slot.center());
    paintBranchMarker(*painter, marker, Theme::branchMarker(place.branch),
                      theme().branchColor(place.branch, place.level, place.sibling));

    const int iconSide = theme().length(Length::IconSize);
    int right = row.right() - theme().space(1);
    for (const QString& name : marksOf(index)) {
        const double ratio = painter->device()->devicePixelRatioF();
        const QColor color = theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted);
        right -= iconSide;
        painter->drawPixmap(QPoint(right, row.center().y() - iconSide / 2 + 1),
                            iconPixmap(name, color, iconSide, ratio));
        right -= theme().space(1);
    }

    const QRect text(nameLeft(row), row.top(), qMax(0, right - nameLeft(row)), row.height());
    const QString name = index.data(Qt::DisplayRole).toString();
    painter->save();
    painter->setFont(theme().font(place.level <= 0 ? TextRole::Strong : TextRole::Normal));
    const QFontMetrics metrics(painter->font());
    const QString shown = metrics.elidedText(name, Qt::ElideRight, text.width());
    const auto hit = index.data(LabelTreeModel::FilterHitRole).value<QPair<int, int>>();
    if (hit.second > 0 && hit.first + hit.second <= shown.size() && !selected) {
        const int start = metrics.horizontalAdvance(shown.left(hit.first));
        const int end = metrics.horizontalAdvance(shown.left(hit.first + hit.second));
        const QRect back(text.left() + start - 1, row.center().y() - metrics.height() / 2, end - start + 2,
                         metrics.height());
        painter->setPen(Qt::NoPen);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setBrush(theme().color(ColorRole::FilterHit));
        painter->drawRoundedRect(back, theme().space(1) / 2.0, theme().space(1) / 2.0);
    }
    painter->setPen(theme().color(selected ? ColorRole::SelectionText : ColorRole::Text));
    painter->drawText(text, int(Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine), shown);
    painter->restore();
}

void LabelDelegate::paintDocuments(QPainter* painter, const QStyleOptionViewItem& option,
                                   const QModelIndex& index) const {
    const bool selected = option.state & QStyle::State_Selected;
    const BranchColors::Place place = placeOf(index);
    const QRect row = option.rect.adjusted(theme().space(1), 0, -theme().space(2), 0);
    const QString figure = index.data(Qt::DisplayRole).toString();
    painter->save();
    painter->setFont(theme().font(TextRole::Normal));
    painter->setPen(theme().color(selected ? ColorRole::SelectionText : ColorRole::Text));
    const QFontMetrics metrics(painter->font());
    painter->drawText(row, int(Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine), figure);
    painter->restore();
    // The bar starts at the same place in every row, so that lengths compare.
    const int bar = qMin(treeBarWidth(), row.width() - metrics.horizontalAdvance(figure) - theme().space(2));
    if (bar < theme().space(3)) return;
    paintShareBar(*painter, QRectF(row.left(), row.top(), bar, row.height()),
                  index.data(LabelTreeModel::ShareOfParentRole).toDouble(),
                  theme().branchColor(place.branch, place.level, place.sibling));
}

QWidget* LabelDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const {
    if (index.column() != LabelTreeModel::NameColumn) return nullptr;
    auto* editor = new QLineEdit(parent);
    editor->setObjectName(QStringLiteral("renameEditor"));
    editor->setAccessibleName(tr("New name of the label"));
    return editor;
}

void LabelDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                         const QModelIndex&) const {
    QRect rect = option.rect;
    rect.setLeft(nameLeft(rect) - theme().space(2));
    const int least = theme().length(Length::SidePanelWidth) / 2;
    if (rect.width() < least) rect.setWidth(least);
    editor->setGeometry(rect);
}

}  // namespace espalier::ui
