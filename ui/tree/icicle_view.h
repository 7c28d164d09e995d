// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/icicle_view.h
/// The label tree as an icicle: how large each label is, next to its siblings and inside its parent.
///
/// A wide view grows downwards (width = documents), a high one to the right (height = documents), so that names are
/// always read from left to right. Enter or a double click lets a label fill the view, Backspace goes back. Shares
/// model, filter and selection with the other views. Interface thread only.
#pragma once
#include <QHash>
#include <QWidget>
#include <vector>

#include "ui/tree/icicle_layout.h"
#include "ui/tree/label_view.h"

class QLineEdit;
class QToolButton;

namespace espalier::ui {

class BranchColors;
class LabelTreeModel;
class Selection;

class IcicleView : public QWidget, public LabelView {
    Q_OBJECT
public:
    IcicleView(LabelTreeModel* model, Selection* selection, const BranchColors* colors, QWidget* parent = nullptr);
    ~IcicleView() override;

    void renameCurrent() override;
    void expandAllBelow() override;  ///< the label fills the view
    void reveal(LabelId label) override;
    void selectBranch(LabelId label) override;
    void setLevels(int levels) override;

    LabelId filled() const { return m_root; }  ///< the label that fills the view; the root of the tree at first
    void fillWith(LabelId label);
    bool downwards() const;  ///< levels go down and documents to the right
    /// Cells as laid out, whether they are wide enough to be seen or not.
    const std::vector<IcicleCell>& cells() const { return m_cells; }
    QRectF rectOf(LabelId label) const;  ///< empty when it is not shown
    LabelId labelAt(const QPoint& position) const;
    LabelTreeModel* model() const { return m_model; }
    Selection* selection() const { return m_selection; }
    int cellOf(LabelId label) const;  ///< -1 when it is not shown

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void menuRequested(const QPoint& globalPosition);
    void filledChanged();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void relayout();
    void takeSelection();
    QRectF cellRect(const IcicleCell& cell) const;
    QRect area() const;       ///< below the way back
    int levelsShown() const;  ///< as many as have room
    void paintCell(QPainter& painter, const IcicleCell& cell, const QRectF& rect) const;
    LabelId neighbour(LabelId from, int along, int across) const;
    void choose(LabelId label, Qt::KeyboardModifiers modifiers);
    void finishRename(bool keep);
    void sayFocus();

    LabelTreeModel* m_model;
    Selection* m_selection;
    const BranchColors* m_colors;
    QToolButton* m_back;
    QLineEdit* m_editor = nullptr;
    LabelId m_edited;
    LabelId m_root;
    LabelId m_hovered;
    int m_levels = 0;
    int m_depth = 0;  ///< levels of m_cells
    std::vector<IcicleCell> m_cells;
    QHash<qint64, int> m_places;
    bool m_revealing = false;
};

}  // namespace espalier::ui
