// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/share_row.h
/// A label with the share of a document, whose bar can be dragged: the expert says how much belongs there.
///
/// By mouse: drag the bar. By keyboard, on the row: Left and Right by one hundredth, with Shift or PageUp and PageDown
/// by five, Home and End, or type a number (0.6, or 60 for percent). Nothing is set before Enter or the release of the
/// button; Escape gives up. Delete lets the model decide again. A screen reader sees a slider.
#pragma once
#include "ui/tree/bar_row.h"

namespace espalier::ui {

class ShareRow : public BarRow {
    Q_OBJECT
public:
    explicit ShareRow(QWidget* parent = nullptr);

    void setEditable(bool editable);
    bool isEditable() const { return m_editable; }
    /// While a share is being chosen: what was typed, as it stands.
    bool isAdjusting() const { return m_adjusting; }
    QString typed() const { return m_typed; }
    /// Ends choosing without a word to anybody.
    void endAdjusting();
    /// Chooses a share as a step of a slider does: previews it, and keeps it at once.
    void choose(double share);
    double step() const;
    QRect bar() const { return barRect(); }  ///< where it can be dragged

Q_SIGNALS:
    void previewed(double share);  ///< in [0, 1]; not in it where what was typed is no share
    void kept();                   ///< what was previewed last
    void givenUp();
    void takenBack();  ///< the model is to decide again

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    double shareAt(int x) const;
    void preview(double share);
    void setAdjusting(bool adjusting);
    void giveUp();
    bool type(const QString& text);
    bool isOurs(const QKeyEvent& event) const;

    bool m_editable = false;
    bool m_adjusting = false;
    bool m_dragging = false;
    bool m_dragged = false;  ///< since the button went down, also when given up meanwhile
    bool m_pressed = false;  ///< on the bar
    int m_pressX = 0;
    double m_chosen = 0;
    QString m_typed;
};

/// Makes QAccessible know ShareRow. May be called again.
void installShareRowAccessibility();

}  // namespace espalier::ui
