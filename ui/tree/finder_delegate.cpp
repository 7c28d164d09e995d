// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/finder_delegate.h"

#include <QApplication>
#include <QPainter>

#include "ui/models/go_to_model.h"
#include "ui/models/label_finder_model.h"
#include "ui/session/branch_colors.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

/// Matched letters are underlined: a sign that needs neither colour nor other widths. \return right end of the text
int drawMatched(QPainter* painter, const QRect& row, const QString& text, const QList<int>& positions,
                const QColor& color) {
    const QFont plain = theme().font(TextRole::Normal);
    QFont strong = plain;
    strong.setUnderline(true);
    const QFontMetrics metrics(plain);
    const QString shown = metrics.elidedText(text, Qt::ElideRight, row.width());
    const int base = row.center().y() + metrics.ascent() / 2 - metrics.descent() / 2 + 1;
    painter->setPen(color);
    int x = row.left();
    // Runs of letters of one kind, not single ones: kerning stays.
    for (qsizetype at = 0; at < shown.size();) {
        const bool hit = positions.contains(int(at));
        qsizetype end = at + 1;
        while (end < shown.size() && positions.contains(int(end)) == hit) ++end;
        painter->setFont(hit ? strong : plain);
        painter->drawText(QPoint(x, base), shown.mid(at, end - at));
        at = end;
        x = row.left() + metrics.horizontalAdvance(shown.left(at));
    }
    return x;
}

}  // namespace

FinderDelegate::FinderDelegate(const BranchColors* colors, QObject* parent)
    : QStyledItemDelegate(parent), m_colors(colors) {}

QSize FinderDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::RowHeight)};
}

void FinderDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    initStyleOption(&option, index);
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    const QVariant kind = index.data(GoToModel::KindRole);
    const bool heading = kind.isValid() && kind.toInt() == int(GoToModel::Kind::Heading);
    const bool document = kind.isValid() && kind.toInt() == int(GoToModel::Kind::Document);
    QRect row = option.rect.adjusted(theme().space(2), 0, -theme().space(2), 0);
    if (heading) {
        painter->save();
        painter->setFont(theme().font(TextRole::Small));
        painter->setPen(theme().color(ColorRole::Muted));
        painter->drawText(row.adjusted(0, 0, 0, -theme().space(1)), int(Qt::AlignLeft | Qt::AlignBottom),
                          index.data().toString());
        painter->restore();
        return;
    }
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    const QString refusal = index.data(LabelFinderModel::RefusalRole).toString();
    const ColorRole name = selected ? ColorRole::SelectionText : refusal.isEmpty() ? ColorRole::Text : ColorRole::Muted;
    const ColorRole quiet = selected ? ColorRole::SelectionText : ColorRole::Muted;
    const auto place = m_colors->place(LabelId{index.data(LabelFinderModel::LabelIdRole).toLongLong()});
    const QColor branch =
        place.branch >= 0 ? theme().branchColor(place.branch, place.level, place.sibling) : theme().color(quiet);
    QRectF marker(0, 0, theme().space(2), theme().space(2));
    marker.moveCenter(QPointF(row.left() + theme().space(1), row.center().y() + 1));
    if (place.branch >= 0 && !document) {
        paintBranchMarker(*painter, marker, Theme::branchMarker(place.branch), branch);
    } else if (document) {
        // A sheet in the colour of its branch: not a label, but of one.
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(branch, theme().length(Length::CurveWidth) * 0.75));
        painter->setBrush(Qt::NoBrush);
        const double inset = marker.width() / 8;
        painter->drawRect(marker.adjusted(inset, 0, -inset, 0));
        painter->restore();
    }
    row.setLeft(row.left() + theme().space(4));
    painter->save();
    painter->setFont(theme().font(TextRole::Normal));
    const QFontMetrics metrics(painter->font());
    const QString figure = document            ? index.data(GoToModel::IdRole).toString()
                           : refusal.isEmpty() ? formatCount(index.data(LabelFinderModel::DocumentsRole).toLongLong())
                                               : refusal;
    painter->setPen(theme().color(quiet));
    const QString shownFigure = metrics.elidedText(figure, document ? Qt::ElideMiddle : Qt::ElideRight,
                                                   document ? row.width() / 4 : row.width() / 2);
    painter->drawText(row, int(Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine), shownFigure);
    row.setRight(row.right() - metrics.horizontalAdvance(shownFigure) - theme().space(2));
    const QString path = index.data(LabelFinderModel::PathRole).toString();
    const int x = drawMatched(painter, row, index.data().toString(),
                              index.data(LabelFinderModel::PositionsRole).value<QList<int>>(), theme().color(name));
    if (!path.isEmpty() && x + theme().space(3) < row.right()) {
        row.setLeft(x + theme().space(3));
        painter->setFont(theme().font(TextRole::Small));
        painter->setPen(theme().color(quiet));
        painter->drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                          QFontMetrics(painter->font()).elidedText(path, Qt::ElideMiddle, row.width()));
    }
    painter->restore();
}

}  // namespace espalier::ui
