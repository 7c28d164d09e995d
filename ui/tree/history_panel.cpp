// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/history_panel.h"

#include <QApplication>
#include <QListView>
#include <QPainter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "ui/models/history_model.h"
#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

class HistoryDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        const int lines = QFontMetrics(theme().font(TextRole::Normal)).height() +
                          QFontMetrics(theme().font(TextRole::Small)).height();
        return {theme().length(Length::SidePanelWidth), lines + theme().space(3)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const override {
        QStyleOptionViewItem option = given;
        initStyleOption(&option, index);
        QStyle* style = option.widget ? option.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
        const bool selected = option.state & QStyle::State_Selected;
        const bool undone = index.data(HistoryModel::UndoneRole).toBool();
        const QString kind = index.data(HistoryModel::KindRole).toString();
        const QString name = kind == QLatin1String("import")   ? QStringLiteral("import")
                             : kind == QLatin1String("build")  ? QStringLiteral("tree")
                             : kind == QLatin1String("assign") ? QStringLiteral("drop")
                             : kind == QLatin1String("run")    ? QStringLiteral("train")
                                                               : QStringLiteral("edit");
        const int side = theme().length(Length::IconSize);
        const QColor muted = theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted);
        const QColor ink = theme().color(selected ? ColorRole::SelectionText
                                         : undone ? ColorRole::Muted
                                                  : ColorRole::Text);
        QRect row = option.rect.adjusted(theme().space(3), theme().space(1), -theme().space(2), -theme().space(1));
        painter->save();
        QFont first = theme().font(TextRole::Normal);
        first.setStrikeOut(undone);
        const QFontMetrics metrics(first), small(theme().font(TextRole::Small));
        painter->drawPixmap(QPoint(row.left(), row.top() + (metrics.height() - side) / 2 + 1),
                            iconPixmap(name, muted, side, painter->device()->devicePixelRatioF()));
        row.setLeft(row.left() + side + theme().space(2));
        painter->setFont(first);
        painter->setPen(ink);
        painter->drawText(
            QRect(row.left(), row.top(), row.width(), metrics.height()), int(Qt::AlignLeft | Qt::AlignVCenter),
            metrics.elidedText(index.data(HistoryModel::WhatRole).toString(), Qt::ElideRight, row.width()));
        painter->setFont(theme().font(TextRole::Small));
        painter->setPen(muted);
        painter->drawText(
            QRect(row.left(), row.top() + metrics.height(), row.width(), small.height()),
            int(Qt::AlignLeft | Qt::AlignVCenter),
            small.elidedText(index.data(HistoryModel::DetailRole).toString(), Qt::ElideRight, row.width()));
        painter->restore();
    }
};

}  // namespace

HistoryPanel::HistoryPanel(ProjectSession* session, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("historyPanel"));
    setAccessibleName(tr("History"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_model = new HistoryModel(session, this);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("historyList"));
    m_list->setAccessibleName(tr("What was done, newest first"));
    prepareView(m_list);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setItemDelegate(new HistoryDelegate(m_list));
    m_list->setModel(m_model);
    auto* empty = new EmptyState(this);
    empty->setContent(QStringLiteral("history"), tr("Nothing done yet"),
                      tr("Imports, builds and every edit of a label are listed here with who and when."));
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_list);
    m_stack->addWidget(empty);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->setContentsMargins(0, theme().space(2), 0, 0);
    layout->addWidget(m_stack);
    const auto refresh = [this] { m_stack->setCurrentIndex(m_model->rowCount() > 0 ? 0 : 1); };
    connect(m_model, &HistoryModel::loaded, this, refresh);
    connect(&theme(), &Theme::changed, m_list->viewport(), qOverload<>(&QWidget::update));
    refresh();
}

QSize HistoryPanel::sizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::SidePanelWidth) / 2};
}

}  // namespace espalier::ui
