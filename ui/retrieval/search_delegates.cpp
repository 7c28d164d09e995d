// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retrieval/search_delegates.h"

#include <QApplication>
#include <QPainter>
#include <QTextLayout>
#include <cmath>

#include "ui/retrieval/search_results_model.h"
#include "ui/session/branch_colors.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr int kSnippetLines = 2;

int lineOf(TextRole role) {
    return QFontMetrics(theme().font(role)).lineSpacing();
}

void paintFrame(QPainter* painter, QStyleOptionViewItem& option, const QModelIndex& index) {
    option.index = index;
    option.showDecorationSelected = true;
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
}

void paintFocus(QPainter* painter, const QStyleOptionViewItem& option) {
    if (!(option.state & QStyle::State_HasFocus)) return;
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    QStyleOptionFocusRect ring;
    ring.QStyleOption::operator=(option);
    style->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, painter, option.widget);
}
}  // namespace

HitDelegate::HitDelegate(const BranchColors* colors, QObject* parent) : QStyledItemDelegate(parent), m_colors(colors) {}

QSize HitDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    const int lines = lineOf(TextRole::Strong) + lineOf(TextRole::Small) + kSnippetLines * lineOf(TextRole::Normal);
    return {theme().length(Length::SidePanelWidth), lines + theme().space(1) * 2 + theme().space(2) * 2};
}

void HitDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    paintFrame(painter, option, index);
    painter->save();
    const bool selected = option.state & QStyle::State_Selected;
    if (!selected)
        painter->fillRect(QRect(option.rect.left() + theme().space(3), option.rect.bottom(),
                                option.rect.width() - theme().space(6), theme().length(Length::Hairline)),
                          theme().color(ColorRole::Hairline));
    const QColor ink = theme().color(selected ? ColorRole::SelectionText : ColorRole::Text);
    const QColor muted = theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted);
    const QRect box = option.rect.adjusted(theme().space(3), theme().space(2), -theme().space(4), -theme().space(2));
    const int rankWidth = QFontMetrics(theme().font(TextRole::Normal)).horizontalAdvance(QStringLiteral("000"));
    int y = box.top();
    const int left = box.left() + rankWidth + theme().space(2);

    const QFont strong = theme().font(TextRole::Strong);
    const QFontMetrics strongMetrics(strong);
    painter->setFont(theme().font(TextRole::Normal));
    painter->setPen(muted);
    painter->drawText(QRect(box.left(), y, rankWidth, lineOf(TextRole::Strong)), int(Qt::AlignRight | Qt::AlignVCenter),
                      QString::number(index.data(SearchResultsModel::RankRole).toInt()));
    painter->setFont(theme().font(TextRole::Small));
    const QString score = formatFigure(index.data(SearchResultsModel::ScoreRole).toDouble());
    const int scoreWidth = painter->fontMetrics().horizontalAdvance(score);
    painter->drawText(QRect(box.right() - scoreWidth, y, scoreWidth + 1, lineOf(TextRole::Strong)),
                      int(Qt::AlignRight | Qt::AlignVCenter), score);
    painter->setFont(strong);
    painter->setPen(ink);
    const QRect title(left, y, box.right() - scoreWidth - theme().space(3) - left, lineOf(TextRole::Strong));
    painter->drawText(title, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      strongMetrics.elidedText(index.data().toString(), Qt::ElideRight, title.width()));
    y += lineOf(TextRole::Strong) + theme().space(1) / 2;

    const QFont small = theme().font(TextRole::Small);
    const QFontMetrics smallMetrics(small);
    painter->setFont(small);
    const LabelId label{index.data(SearchResultsModel::LabelRole).toLongLong()};
    const QStringList path = index.data(SearchResultsModel::PathRole).toStringList();
    int pathLeft = left;
    if (label) {
        const BranchColors::Place place = m_colors->place(label);
        const double side = theme().space(2);
        paintBranchMarker(*painter, QRectF(left, y + (lineOf(TextRole::Small) - side) / 2.0, side, side),
                          Theme::branchMarker(place.branch),
                          theme().branchColor(place.branch, place.level, place.sibling));
        pathLeft += int(side) + theme().space(1);
    }
    painter->setPen(muted);
    painter->drawText(QRect(pathLeft, y, box.right() - pathLeft, lineOf(TextRole::Small)),
                      int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      smallMetrics.elidedText(path.isEmpty() ? tr("no label") : path.join(QStringLiteral(" › ")),
                                              Qt::ElideMiddle, box.right() - pathLeft));
    y += lineOf(TextRole::Small) + theme().space(1);

    const QString snippet = index.data(SearchResultsModel::SnippetRole).toString();
    const auto* model = qobject_cast<const SearchResultsModel*>(index.model());
    QTextLayout layout(snippet, theme().font(TextRole::Normal));
    QList<QTextLayout::FormatRange> marks;
    if (model && !selected) {
        const auto places = queryWordsIn(snippet, model->query());
        for (const auto& [start, length] : places) {
            QTextCharFormat format;
            format.setBackground(theme().color(ColorRole::TermHighlight));
            marks.append({start, length, format});
        }
    } else if (model) {
        const auto places = queryWordsIn(snippet, model->query());
        for (const auto& [start, length] : places) {
            QTextCharFormat format;
            format.setFontUnderline(true);  // the soft background would drown in the selection
            marks.append({start, length, format});
        }
    }
    layout.setFormats(marks);
    layout.beginLayout();
    double top = 0;
    for (int i = 0; i < kSnippetLines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) break;
        line.setLineWidth(box.right() - left);
        line.setPosition(QPointF(0, top));
        top += line.height();
        if (i == kSnippetLines - 1 && line.textStart() + line.textLength() < snippet.size()) {
            // The rest does not fit: lay the last line out once more, cut with an ellipsis.
            const QString rest = snippet.mid(line.textStart());
            const QString cut =
                QFontMetrics(theme().font(TextRole::Normal)).elidedText(rest, Qt::ElideRight, box.right() - left);
            layout.endLayout();
            painter->setPen(ink);
            painter->setFont(theme().font(TextRole::Normal));
            painter->save();
            painter->setClipRect(QRectF(left, y, box.right() - left, line.y()));
            layout.draw(painter, QPointF(left, y));
            painter->restore();
            QTextLayout last(cut, theme().font(TextRole::Normal));
            QList<QTextLayout::FormatRange> lastMarks;
            for (QTextLayout::FormatRange mark : std::as_const(marks)) {
                mark.start -= line.textStart();
                if (mark.start >= 0 && mark.start + mark.length <= cut.size()) lastMarks.append(mark);
            }
            last.setFormats(lastMarks);
            last.beginLayout();
            QTextLine only = last.createLine();
            only.setLineWidth(box.right() - left + theme().space(2));
            last.endLayout();
            last.draw(painter, QPointF(left, y + line.y()));
            painter->restore();
            paintFocus(painter, option);
            return;
        }
    }
    layout.endLayout();
    painter->setPen(ink);
    layout.draw(painter, QPointF(left, y));
    painter->restore();
    paintFocus(painter, option);
}

FacetDelegate::FacetDelegate(const BranchColors* colors, QObject* parent)
    : QStyledItemDelegate(parent), m_colors(colors) {}

QSize FacetDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {theme().length(Length::BarWidth), theme().length(Length::RowHeight)};
}

void FacetDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    paintFrame(painter, option, index);
    painter->save();
    const bool selected = option.state & QStyle::State_Selected;
    const QColor ink = theme().color(selected ? ColorRole::SelectionText : ColorRole::Text);
    const QColor muted = theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted);
    const QRect row = option.rect.adjusted(theme().space(1), 0, -theme().space(2), 0);
    const LabelId label{index.data(LabelRole).toLongLong()};
    const BranchColors::Place place = m_colors->place(label);
    const QColor color = theme().branchColor(place.branch, place.level, place.sibling);
    const double side = theme().space(2);
    paintBranchMarker(*painter, QRectF(row.left(), row.center().y() - side / 2, side, side),
                      Theme::branchMarker(place.branch), color);
    const bool chosen = index.data(ChosenRole).toBool();
    painter->setFont(theme().font(chosen ? TextRole::Strong : TextRole::Normal));
    const QFontMetrics metrics(painter->font());
    const QString count = formatCount(index.data(CountRole).toLongLong());
    const int countWidth = std::max(metrics.horizontalAdvance(count), metrics.horizontalAdvance(QStringLiteral("000")));
    painter->setPen(muted);
    painter->drawText(QRect(row.right() - countWidth, row.top(), countWidth, row.height()),
                      int(Qt::AlignRight | Qt::AlignVCenter), count);
    const int bar = theme().length(Length::BarWidth) * 3 / 4;  // the names are what is read
    const int barLeft = row.right() - countWidth - theme().space(2) - bar;
    const double largest = index.data(LargestRole).toDouble();
    paintShareBar(*painter, QRectF(barLeft, row.top(), bar, row.height()),
                  largest > 0 ? index.data(CountRole).toDouble() / largest : 0.0, color);
    painter->setPen(ink);
    const QRect name(row.left() + int(side) + theme().space(2), row.top(),
                     barLeft - theme().space(2) - row.left() - int(side) - theme().space(2), row.height());
    painter->drawText(name, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, name.width()));
    painter->restore();
    paintFocus(painter, option);
}

}  // namespace espalier::ui
