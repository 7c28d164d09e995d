// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/proposed_change_delegate.h
/// A row of ProposedChangesModel: check box, what happens (icon), name and documents over what happens in words.
#pragma once
#include <QStyledItemDelegate>

namespace espalier::ui {

class ProposedChangeDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;
    QRect checkRect(const QStyleOptionViewItem& option) const;  ///< in the view
};

}  // namespace espalier::ui
