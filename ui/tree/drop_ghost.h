// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/drop_ghost.h
/// The row that is not there yet: while labels are dragged over the outline, drawn where they would land.
#pragma once
#include <QWidget>

namespace espalier::ui {

class DropGhost : public QWidget {
    Q_OBJECT
public:
    explicit DropGhost(QWidget* viewport);
    /// \param top   of the row, in the viewport  \param left  of its text: how deep it would be
    void showRow(const QString& text, int left, int top);
    const QString& text() const { return m_text; }
    int textLeft() const { return m_left; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    int m_left = 0;
};

}  // namespace espalier::ui
