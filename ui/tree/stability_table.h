// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/stability_table.h
/// The choice of k as the core stores it, for the plot and for sentences about it.
#pragma once
#include <string>
#include <vector>

#include "ui/plot/stability_plot.h"

namespace espalier::ui {

struct StabilityTable {
    std::vector<StabilityPlot::Point> points;
    double threshold = 0;  ///< that was asked for; 0: not known
    int stable = 0;        ///< labels of the chosen number that reach it
};

/// \param json  as project::TreeSnapshot::stability has it; what is damaged reads as an empty table
StabilityTable readStability(const std::string& json);

}  // namespace espalier::ui
