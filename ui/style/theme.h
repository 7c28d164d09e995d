// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/theme.h
/// Every colour and length of the window, named by its role. No hex value and no pixel number stands elsewhere.
///
/// Lengths are device-independent pixels and grow with the user's font, so that a larger system font gives larger
/// rows and gaps. Colours change with the mode; widgets that keep one listen to Theme::changed, everything that asks
/// while painting is right by itself. Interface thread only.
#pragma once
#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

class QApplication;

namespace espalier::ui {

enum class ColorRole {
    Window,     ///< frame of the program: tool bars, docks, status bar
    Base,       ///< what content lies on: lists, fields, reader
    Alternate,  ///< every second row, quiet panels
    Text,
    Muted,          ///< secondary text, axes, icons at rest; still 4.5:1 on Base and Window
    Disabled,       ///< controls that cannot be used now (exempt from the contrast rule)
    Hairline,       ///< decoration only, never the sole sign of anything
    ControlBorder,  ///< edge of fields, check boxes and buttons (3:1 on Base)
    Accent,         ///< the one green: primary button, focus, current workspace
    AccentText,     ///< text on Accent
    AccentHover,
    AccentPressed,
    Hover,  ///< background under the pointer
    Pressed,
    Selection,
    SelectionText,  ///< all text in selected rows
    SelectionInactive,
    Warning,
    Error,
    Information,
    WarningSoft,  ///< backgrounds of banners; Text is readable on them
    ErrorSoft,
    InformationSoft,
    TermHighlight,  ///< soft background of a label's terms in the reader; Text is readable on it
    FilterHit,      ///< background of the letters that a filter matched
    ShareTrack,     ///< empty part of a share bar
    DropLine,       ///< where a dragged label would go
    ToastBase,
    ToastText,
    ToastAccent,  ///< the Undo in a toast
    Shadow,
};

enum class TextRole {
    Small,      ///< base - 1.5 pt
    Normal,     ///< the user's font
    Strong,     ///< base, semibold
    Title,      ///< base + 3 pt, semibold
    PageTitle,  ///< base + 8 pt
    Reader,     ///< base + 1 pt, for running text
    Fixed,      ///< details of errors, paths in code
};

enum class Length {
    RowHeight,         ///< 26
    CompactRowHeight,  ///< 22
    ControlHeight,     ///< buttons and fields, 28
    IconSize,          ///< 16, in rows, menus and buttons
    LargeIconSize,     ///< 20, in tool bars and the workspace switcher
    EmptyIconSize,     ///< 48, on empty pages
    MarkSize,          ///< 72, on the welcome page and in About
    Hairline,          ///< 1
    FocusRing,         ///< 2
    FocusGap,          ///< 1
    CornerRadius,      ///< 5, controls
    CardRadius,        ///< 8, cards and toasts
    BarHeight,         ///< 6, share bars
    BarWidth,          ///< 44, share bars in rows
    PlotHeight,        ///< 120, small own plots in the inspector
    SidePanelWidth,    ///< 300, docks at their first showing
    DialogWidth,       ///< 460
    TextColumnWidth,   ///< 560, running text on pages and in dialogs
    CurveWidth,        ///< 2, smoothed curves
    ThinCurveWidth,    ///< 1, raw data
    DropLine,          ///< 2
};

enum class ThemeMode { System, Light, Dark };

/// WCAG 2.1 contrast of two opaque colours, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& instance();

    /// Once, right after QApplication exists and before any widget: remembers the platform's palette and font, sets
    /// Fusion with our proxy style, and applies `mode`.
    void install(QApplication& application, ThemeMode mode);
    /// Light, dark, or what the platform's palette was at start.
    void apply(ThemeMode mode);
    ThemeMode mode() const { return m_mode; }
    bool dark() const { return m_dark; }

    QColor color(ColorRole role) const;
    /// Colour of a label by the place of its top-level branch (0-based, kept for life; see BranchColors), its level (0
    /// = top) and its place among its siblings: deeper labels are steps of lightness and chroma of their top. At least
    /// 3:1 on Base. The 11th branch takes the first colour again; pair it with branchMarker.
    QColor branchColor(int branch, int level = 0, int sibling = 0) const;
    /// Marker shape that goes with the colour: 0 disc for the first ten branches, then 1 square, 2 diamond, 3 triangle.
    static int branchMarker(int branch);
    static constexpr int kBranchColors = 10;

    /// `quarters` times four pixels: 1 inside a control, 2 between controls, 4 between groups, 6 at page edges.
    int space(int quarters) const;
    int length(Length length) const;
    QFont font(TextRole role) const;
    /// What lengths are multiplied with: 1 at a line height of 16 pixels, never below 1.
    double scale() const { return m_scale; }
    /// Milliseconds for expanding and docking; 0 when the style says no.
    int animationMs() const;

    /// The palette of a mode; for tests and for icons drawn off screen.
    static QPalette palette(bool dark);
    static QColor color(ColorRole role, bool dark);
    static QColor branchColor(bool dark, int branch, int level, int sibling);

Q_SIGNALS:
    void changed();

private:
    Theme();
    QFont m_base;
    bool m_platformDark = false;
    bool m_dark = false;
    bool m_installed = false;
    double m_scale = 1.0;
    ThemeMode m_mode = ThemeMode::System;
};

/// Theme::instance(), short.
inline Theme& theme() {
    return Theme::instance();
}

}  // namespace espalier::ui
