// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/bar_row.h
/// A name, a bar and a figure in one line of the inspector: terms with weights, labels with shares, documents.
#pragma once
#include <QAbstractButton>
#include <QColor>

namespace espalier::ui {

class BarRow : public QAbstractButton {
    Q_OBJECT
public:
    /// \param clickable  takes the keyboard focus and answers clicks; otherwise it only shows
    explicit BarRow(bool clickable, QWidget* parent = nullptr);

    struct Content {
        QString text;
        QString figure;      ///< right-aligned; empty: none
        double share = 0;    ///< of the bar, [0, 1]; negative: no bar
        QColor color;        ///< of bar and marker
        int figureRoom = 0;  ///< width kept for figures, so that bars of a section line up; 0: of this one
        int indent = 0;      ///< levels
        int marker = -1;     ///< shape of Theme::branchMarker; -1: none
        bool strong = false;
        bool muted = false;
        bool said = false;  ///< an expert set it: a pin beside the bar
        QString tip;
        QString spoken;  ///< for screen readers; empty: text and figure
    };
    void setContent(const Content& content);
    const Content& content() const { return m_content; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    /// Where the bar is drawn; empty: there is none.
    QRect barRect() const;
    void paintEvent(QPaintEvent* event) override;

    /// How much of the width a bar takes, in tenths.
    void setBarRoom(int tenths) { m_barTenths = tenths; }

private:
    bool m_clickable;
    int m_barTenths = 2;
    Content m_content;
};

}  // namespace espalier::ui
