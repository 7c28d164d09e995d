// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/document_delegate.h
/// One document in the list: title, what stands beside it, share bar and figure, and a sentence of it when asked for; a
/// skeleton until the row is there. Terms of the label lie on a soft ground.
#pragma once
#include <QStringList>
#include <QStyledItemDelegate>

#include "core/base/ids.h"

namespace espalier::ui {

class BranchColors;

class DocumentDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit DocumentDelegate(const BranchColors* colors, QObject* parent = nullptr);
    /// What stands beside the title.
    enum class Beside {
        Label,           ///< the hard label
        Next,            ///< inside a branch: the second-best label
        LabelAndNext,    ///< doubtful documents: both
        LabelAndBefore,  ///< moved documents: where they are and were
        LabelAndCopies,  ///< where they are, and ids of the rows that import left out
    };
    void setBeside(Beside beside) { m_beside = beside; }
    Beside beside() const { return m_beside; }
    void setSnippets(bool on) { m_snippets = on; }
    bool snippets() const { return m_snippets; }

    /// Where the columns of a row stand; the caption above the list uses the same.
    struct Columns {
        QRect title, label, bar, figure;
    };
    Columns columns(const QRect& row) const;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    /// What stands beside the title: one part, or two that share the room.
    QStringList besideParts(const QModelIndex& index, LabelId* marked) const;
    const BranchColors* m_colors;
    Beside m_beside = Beside::Label;
    bool m_snippets = false;
};

}  // namespace espalier::ui
