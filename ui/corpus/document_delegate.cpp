// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/document_delegate.h"

#include <QApplication>
#include <QPainter>
#include <QTextLayout>

#include "ui/models/document_list_model.h"
#include "ui/session/branch_colors.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

int snippetHeight() {
    return QFontMetrics(theme().font(TextRole::Small)).lineSpacing();
}

/// One line of text cut at its end, with terms on a soft ground; in a selected row, where that would drown, underlined.
void paintMarked(QPainter* painter, const QRect& rect, const QString& text, const QVariant& hits, TextRole role,
                 const QColor& ink, bool selected) {
    const QFont font = theme().font(role);
    const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width());
    const int whole = int(shown.size()) - (shown.size() < text.size() || shown != text ? 1 : 0);
    QList<QTextLayout::FormatRange> marks;
    for (const auto& [start, length] : hits.value<QList<QPair<int, int>>>()) {
        if (start >= whole) break;
        QTextCharFormat format;
        if (selected) {
            format.setFontUnderline(true);
        } else {
            format.setBackground(theme().color(ColorRole::TermHighlight));
            format.setForeground(theme().color(ColorRole::Text));  // muted ink would be pale on it
        }
        marks.append({start, qMin(length, whole - start), format});
    }
    QTextLayout layout(shown, font);
    layout.setCacheEnabled(false);
    QTextOption option;
    option.setWrapMode(QTextOption::NoWrap);
    layout.setTextOption(option);
    layout.setFormats(marks);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    if (line.isValid()) line.setLineWidth(rect.width());
    layout.endLayout();
    painter->setPen(ink);
    const double top = rect.top() + (rect.height() - layout.boundingRect().height()) / 2;
    layout.draw(painter, QPointF(rect.left(), top));
}

}  // namespace

DocumentDelegate::DocumentDelegate(const BranchColors* colors, QObject* parent)
    : QStyledItemDelegate(parent), m_colors(colors) {}

QSize DocumentDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    const int more = m_snippets ? snippetHeight() + theme().space(1) : 0;
    return {theme().length(Length::SidePanelWidth), theme().length(Length::RowHeight) + more};
}

DocumentDelegate::Columns DocumentDelegate::columns(const QRect& whole) const {
    const QRect row = whole.adjusted(theme().space(3), 0, -theme().space(3), 0);
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    const int figure = metrics.horizontalAdvance(QStringLiteral("0.00"));
    const int bar = theme().length(Length::BarWidth);
    const bool two = m_beside != Beside::Label && m_beside != Beside::Next;
    const int label =
        two ? qMin(theme().space(90), row.width() * 4 / 10) : qMin(theme().space(60), row.width() * 3 / 10);
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

QStringList DocumentDelegate::besideParts(const QModelIndex& index, LabelId* marked) const {
    const LabelId hard{index.data(DocumentListModel::HardLabelRole).toLongLong()};
    const LabelId second{index.data(DocumentListModel::SecondLabelRole).toLongLong()};
    const QString next = second
                             ? tr("%1 %2").arg(index.data(DocumentListModel::SecondNameRole).toString(),
                                               formatShare(index.data(DocumentListModel::SecondShareRole).toDouble()))
                             : QString();
    *marked = hard;
    if (m_beside == Beside::Next) {
        *marked = second;
        return {next};
    }
    // The end of the path: its colour says the branch, and the whole would be cut in every row.
    const auto end = [](const QString& path) { return path.section(QStringLiteral(" › "), -1); };
    const QString label = hard ? end(index.data(DocumentListModel::HardPathRole).toString()) : QString();
    switch (m_beside) {
        case Beside::LabelAndNext:
            return next.isEmpty() ? QStringList{label} : QStringList{label, tr(", or %1").arg(next)};
        case Beside::LabelAndBefore: {
            const QString before = index.data(DocumentListModel::BeforeRole).toString();
            const QString was = before.isEmpty() ? tr("not placed") : end(before);
            return {hard ? label : tr("Not placed"), tr(", was %1").arg(was == label ? before : was)};
        }
        case Beside::LabelAndCopies: {
            const QString copies = index.data(DocumentListModel::CopiesRole).toStringList().join(QStringLiteral(", "));
            return hard ? QStringList{label, tr(", left out: %1").arg(copies)}
                        : QStringList{tr("Left out: %1").arg(copies)};
        }
        case Beside::Label:
        case Beside::Next:
            break;
    }
    return {label};
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
    QRect line = option.rect;
    if (m_snippets) line.setHeight(theme().length(Length::RowHeight));
    const Columns at = columns(line);
    if (hard) {
        const double share = index.data(DocumentListModel::ShareRole).toDouble();
        painter->setPen(ink);
        painter->drawText(at.figure, int(Qt::AlignRight | Qt::AlignVCenter), formatShare(share));
        paintShareBar(*painter, at.bar, share, theme().branchColor(place.branch, place.level, place.sibling));
    }
    LabelId marked;
    QStringList beside = besideParts(index, &marked);
    QRect label = at.label;
    if (marked) {
        const BranchColors::Place other = m_colors->place(marked);
        const int side = theme().space(1) + theme().space(1) / 2;
        QRectF dot(0, 0, side, side);
        dot.moveCenter(QPointF(label.left() + side / 2.0, label.center().y() + 0.5));
        paintBranchMarker(*painter, dot, Theme::branchMarker(other.branch),
                          theme().branchColor(other.branch, other.level, other.sibling));
        label.setLeft(label.left() + side + theme().space(1));
    }
    if (beside.size() == 2) {
        // Neither name pushes the other out.
        const int room = qMax(label.width() / 2, label.width() - metrics.horizontalAdvance(beside.last()));
        beside.first() = metrics.elidedText(beside.first(), Qt::ElideRight, room);
    }
    painter->setPen(muted);
    painter->drawText(label, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                      metrics.elidedText(beside.join(QString()), Qt::ElideRight, label.width()));
    QRect title = at.title;
    if (index.data(DocumentListModel::PinnedRole).toBool()) {
        const int side = theme().length(Length::IconSize);
        const QPixmap mark = iconPixmap(QStringLiteral("pin"), muted, side, painter->device()->devicePixelRatioF());
        painter->drawPixmap(QPoint(title.left(), title.center().y() - side / 2 + 1), mark);
        title.setLeft(title.left() + side + theme().space(1));
    }
    paintMarked(painter, title, index.data().toString(), index.data(DocumentListModel::TitleHitsRole), TextRole::Normal,
                ink, selected);
    if (m_snippets) {
        const QRect below(at.title.left(), line.bottom() - theme().space(1) / 2, row.width(), snippetHeight());
        paintMarked(painter, below, index.data(DocumentListModel::SnippetRole).toString(),
                    index.data(DocumentListModel::SnippetHitsRole), TextRole::Small, muted, selected);
    }
    painter->restore();
    if (option.state & QStyle::State_HasFocus) {
        QStyleOptionFocusRect ring;
        ring.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, painter, option.widget);
    }
}

}  // namespace espalier::ui
