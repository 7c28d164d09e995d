// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/finder_delegate.h
/// One row of a finder: a label or document with what matched underlined, its path and its figure, or a heading.
#pragma once
#include <QStyledItemDelegate>

namespace espalier::ui {

class BranchColors;

class FinderDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit FinderDelegate(const BranchColors* colors, QObject* parent = nullptr);
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const BranchColors* m_colors;
};

}  // namespace espalier::ui
