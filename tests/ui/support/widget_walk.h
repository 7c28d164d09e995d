// SPDX-License-Identifier: GPL-3.0-or-later
/// \file tests/ui/support/widget_walk.h
/// Looks at every visible widget of a window as a demanding user would: text that is cut, text that is too pale,
/// controls too small to hit, controls a screen reader cannot name, a tab order that jumps.
#pragma once
#include <QStringList>

class QWidget;

namespace espalier::test {

/// \return one line per fault, empty when all is well
QStringList faultsOf(QWidget* window);

}  // namespace espalier::test
