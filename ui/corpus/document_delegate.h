// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/document_delegate.h
/// One document in the list: title, second-best label, share bar and figure; a skeleton until the row is there.
#pragma once
#include <QStyledItemDelegate>

namespace espalier::ui {

class BranchColors;

class DocumentDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit DocumentDelegate(const BranchColors* colors, QObject* parent = nullptr);
    /// Whether rows name the hard label (all documents) or only the second-best one (inside a branch).
    void setShowsLabel(bool shows) { m_showsLabel = shows; }
    bool showsLabel() const { return m_showsLabel; }

    /// Where the columns of a row stand; the caption above the list uses the same.
    struct Columns {
        QRect title, label, bar, figure;
    };
    static Columns columns(const QRect& row);

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const BranchColors* m_colors;
    bool m_showsLabel = true;
};

}  // namespace espalier::ui
