// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_view.h
/// What every view of the label tree can be asked for, so that the acts on labels need not know which one is shown.
#pragma once
#include "core/base/ids.h"

namespace espalier::ui {

class LabelView {
public:
    LabelView() = default;
    virtual ~LabelView() = default;
    LabelView(const LabelView&) = delete;
    LabelView& operator=(const LabelView&) = delete;

    virtual void renameCurrent() = 0;              ///< edits the name of the shared selection's label in place
    virtual void expandAllBelow() = 0;             ///< shows what lies below the current label, as far as the view can
    virtual void reveal(LabelId label) = 0;        ///< makes the label visible; the selection stays
    virtual void selectBranch(LabelId label) = 0;  ///< the label and all below it, in the shared selection
    /// Labels deeper than so many levels are not shown (the outline closes them); 0 = all.
    virtual void setLevels(int levels) = 0;
};

}  // namespace espalier::ui
