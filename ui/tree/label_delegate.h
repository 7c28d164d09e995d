// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_delegate.h
/// One row of the label tree: branch marker, name with the filter's hit, state marks; share bar and figure.
#pragma once
#include <QStringList>
#include <QStyledItemDelegate>

#include "ui/session/branch_colors.h"

namespace espalier::ui {

class LabelDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit LabelDelegate(const BranchColors* colors, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;
    /// Narrowest documents column that cuts no figure of up to `documents`.
    static int documentsColumnWidth(qint64 documents);

protected:
    /// Which colour and marker the row has; in the session's tree unless a view of other labels says otherwise.
    virtual BranchColors::Place placeOf(const QModelIndex& index) const;
    /// Icons of the row's states, the outermost first.
    virtual QStringList marksOf(const QModelIndex& index) const;

private:
    void paintName(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void paintDocuments(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    const BranchColors* m_colors;
};

}  // namespace espalier::ui
