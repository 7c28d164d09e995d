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
/// Hairline along the middle of a separator; thicker and green under the pointer.
void drawSeparatorLine(const QRectF& rect, QPainter* painter, bool hovered);
/// Rounded rectangle of control radius, one pixel border, crisp at any scale.
void drawRounded(QPainter* painter, const QRectF& rect, const QColor& fill, const QColor& border, double borderWidth);

}  // namespace espalier::ui::paint
