// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/icicle_accessible.h
/// What a screen reader is told of an icicle: a tree whose items are the labels it shows, each said as a row of the
/// outline is.
#pragma once

namespace espalier::ui {

/// Makes QAccessible know IcicleView. May be called again.
void installIcicleAccessibility();

}  // namespace espalier::ui
