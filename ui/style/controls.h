// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/controls.h
/// Small helpers that give standard Qt controls our looks by role, so that no page sets fonts, colours or margins by
/// hand. They follow the theme when it changes.
#pragma once
#include <QLabel>
#include <QPainter>

#include "ui/style/theme.h"

class QAbstractItemView;
class QBoxLayout;
class QPushButton;
class QToolButton;
class QWidget;

namespace espalier::ui {

/// Text in a role's font and colour; plain text, wraps when asked to.
class TextLabel : public QLabel {
    Q_OBJECT
public:
    explicit TextLabel(const QString& text = {}, TextRole font = TextRole::Normal, ColorRole color = ColorRole::Text,
                       QWidget* parent = nullptr);
    void setColorRole(ColorRole color);
    ColorRole colorRole() const { return m_color; }
    void setTextRole(TextRole font);

private:
    void refresh();
    TextRole m_font;
    ColorRole m_color;
};

/// One line of text, cut with an ellipsis in the middle or at the end when there is no room; the tooltip has it whole.
class ElidedLabel : public QWidget {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text = {}, TextRole font = TextRole::Normal, ColorRole color = ColorRole::Text,
                         QWidget* parent = nullptr);
    void setText(const QString& text);
    QString text() const { return m_text; }
    void setElideMode(Qt::TextElideMode mode);
    void setColorRole(ColorRole color);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QString m_text;
    TextRole m_font;
    ColorRole m_color;
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

/// A coloured strip with an icon, one sentence and room for a button at its right.
class Banner : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Information, Warning, Error };
    explicit Banner(Kind kind, QWidget* parent = nullptr);
    void setText(const QString& text);
    void setKind(Kind kind);
    /// Shows a button; `activated` fires when it is pressed. Empty text hides it.
    void setButton(const QString& text);

Q_SIGNALS:
    void activated();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    Kind m_kind;
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_button;
};

/// Marks the one primary button of a page or dialog.
void makePrimary(QPushButton* button, bool primary = true);
bool isPrimary(const QWidget* button);
/// Flat icon button with tooltip (shown with the shortcut of its action where it has one) and accessible name.
QToolButton* makeIconButton(const QString& iconName, const QString& text, QWidget* parent = nullptr);
/// Page margins (24) and spacing between groups (16).
void pageMargins(QBoxLayout* layout);
/// Dialog margins (16) and spacing between controls (8).
void dialogMargins(QBoxLayout* layout);
/// As high as its contents need at its least width: else text that wraps makes a dialog too high.
void fitHeight(QWidget* dialog);
/// No margins, no spacing.
void noMargins(QBoxLayout* layout);
/// Row height, no frame, uniform rows, pixel scrolling: what all our lists and trees share.
void prepareView(QAbstractItemView* view);
/// A hairline as a widget.
QWidget* makeHairline(QWidget* parent = nullptr);

/// Share bar: `share` in [0, 1] of `color` on the track, inside `rect` (vertically centred, Length::BarHeight high).
void paintShareBar(QPainter& painter, const QRectF& rect, double share, const QColor& color);
/// Branch marker (Theme::branchMarker) centred in `rect`.
void paintBranchMarker(QPainter& painter, const QRectF& rect, int shape, const QColor& color);
/// Whether a focus ring is due: the widget has the focus and the user moves by keyboard.
bool showsFocus(const QWidget* widget);
/// Focus ring around `rect` (2 pixels of accent with a gap of one).
void paintFocusRing(QPainter& painter, const QRectF& rect);

}  // namespace espalier::ui
