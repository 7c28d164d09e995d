// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/retrieval/search_delegates.h
/// How a hit and a facet look.
#pragma once
#include <QStyledItemDelegate>

namespace espalier::ui {

class BranchColors;

/// Title and score; label path in its branch colour; two lines of the snippet with the query's words marked.
class HitDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    HitDelegate(const BranchColors* colors, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const BranchColors* m_colors;
};

/// Marker, name, count, and the count as a bar under the largest of the list.
class FacetDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    enum Role { LabelRole = Qt::UserRole, CountRole, LargestRole, ChosenRole };
    FacetDelegate(const BranchColors* colors, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const BranchColors* m_colors;
};

}  // namespace espalier::ui
