// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/style_paint.h
/// The strokes ProxyStyle draws with; internal to ui/style.
#pragma once
#include <QRectF>
#include <Qt>

#include "ui/style/theme.h"

class QPainter;
class QStyleOption;

namespace espalier::ui::paint {

constexpr int kEditMargin = 2;  ///< QLineEdit starts its text so much inside its contents rectangle
/// From the edge of a field to its text, the same in line edits, combo boxes and spin boxes.
int fieldTextInset();

void drawButtonPanel(const QStyleOption* option, QPainter* painter, bool primary);
void drawToolPanel(const QStyleOption* option, QPainter* painter);
void drawField(const QStyleOption* option, QPainter* painter, bool focused);
void drawFieldFrame(const QStyleOption* option, QPainter* painter, bool focused);
void drawCheckBox(const QStyleOption* option, QPainter* painter);
void drawRadioButton(const QStyleOption* option, QPainter* painter);
void drawRow(bool wholeRow, const QStyleOption* option, QPainter* painter);
void drawDropIndicator(const QStyleOption* option, QPainter* painter);
/// An icon of ours, IconSize, centred in `rect`.
void drawGlyph(const char* name, const QRectF& rect, QPainter* painter, ColorRole role);
ColorRole glyphRole(const QStyleOption* option);
/// A gap of window colour between two panels; a green line along its middle under the pointer.
void drawGutter(const QRectF& rect, QPainter* painter, bool hovered);
/// Rounded rectangle of control radius, one pixel border, crisp at any scale.
void drawRounded(QPainter* painter, const QRectF& rect, const QColor& fill, const QColor& border, double borderWidth);

}  // namespace espalier::ui::paint
