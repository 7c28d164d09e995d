// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/difference.h
/// What changed between two states of one tree, as the effect of an edit: for changes that are made of many.
#pragma once
#include "core/tree/edit.h"

namespace espalier::tree {

/// Labels, former labels and pins that are in one tree only or differ. reapply() of it on `before` gives `after`, and
/// revert() the other way round. \param subject  label to select afterwards
EditEffect difference(const LabelTree& before, const LabelTree& after, LabelId subject);

}  // namespace espalier::tree
