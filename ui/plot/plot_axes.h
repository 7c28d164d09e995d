// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/plot/plot_axes.h
/// The axes of every plot: fonts, colours and numbers as the theme and the user's locale have them now. Ask again when
/// the theme changes. Interface thread only.
#pragma once

class QCPAxis;

namespace espalier::ui {

enum class AxisNumbers {
    Whole,        ///< steps, numbers of labels: 2.5 of them are none
    Real,         ///< no more digits than the range needs
    Logarithmic,  ///< also makes the axis so
};

/// \param ticks  how many numbers to aim at
void styleAxis(QCPAxis* axis, AxisNumbers numbers, int ticks);
/// Quiet horizontal lines only.
void styleGrid(QCPAxis* x, QCPAxis* y);

}  // namespace espalier::ui
