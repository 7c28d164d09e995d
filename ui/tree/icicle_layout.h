// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/icicle_layout.h
/// Where each label lies in an icicle: lengths are documents, one step across is one level. Numbers only, no widget.
#pragma once
#include <vector>

#include "core/base/ids.h"

namespace espalier::ui {

class LabelTreeModel;

struct IcicleCell {
    LabelId id;
    int depth = 0;                 ///< 0: children of the label that fills the view
    double start = 0, extent = 0;  ///< of the whole length, in [0, 1]
};

/// Labels below `root` that the model shows, parents before children, siblings in outline order.
///
/// A child takes the part of its parent's length that it has of its documents; what is left over are documents that
/// rest at the parent itself. A label without documents counts as one, so that it can be seen and reached; where that
/// makes children larger than their parent, they share its length.
/// \param levels  deeper ones are left out; 0 = all
std::vector<IcicleCell> icicleCells(const LabelTreeModel& model, LabelId root, int levels);

}  // namespace espalier::ui
