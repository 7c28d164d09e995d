// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/icons.h
/// Our line icons (resources/icons/<name>.svg, drawn in currentColor), tinted by role when painted: one file serves
/// light, dark, disabled and selected, sharp at every scale. Interface thread only.
#pragma once
#include <QIcon>
#include <QPixmap>
#include <QString>
#include <QStringList>

#include "ui/style/theme.h"

namespace espalier::ui {

/// \param name  file name without .svg; an unknown name is our bug: a warning and an empty icon
/// \param role  colour at rest; disabled icons take Disabled, icons in selected rows SelectionText
QIcon icon(const QString& name, ColorRole role = ColorRole::Muted);

/// One picture of `size` device-independent pixels for painting by hand.
QPixmap iconPixmap(const QString& name, const QColor& color, int size, double devicePixelRatio);

/// The mark of the program in its own colours, from 16 pixels (simplified) to 512.
QIcon markIcon();
QPixmap markPixmap(int size, double devicePixelRatio);

/// Names of all icons; for tests.
QStringList iconNames();

}  // namespace espalier::ui
