// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/pin.h
/// The expert's word on a document: it must be under a label, or must not.
///
/// A pin decides the hard path, at once and before any re-fit; shares and mass stay as the fit left them. It names a
/// label for life: a label that was merged takes its pins to the one that was kept; one that was retired takes "must"
/// to where its mass went, while "must not" rests, as there is nothing left to keep out of; restore brings both back.
/// So merge, retire, restore and their undo move pins without rewriting one.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ids.h"

namespace espalier::tree {

class LabelTree;

/// As stored: at most one for a document and a label.
struct Pin {
    DocumentKey document;
    LabelId label;              ///< as it was named; inForceAt() says where it holds now
    bool must = true;           ///< false: must not be under it
    std::int64_t revision = 0;  ///< that brought it; of two that contradict each other the later one is obeyed
    friend bool operator==(const Pin&, const Pin&) = default;
};

/// A pin of one document where it holds now.
struct PinInForce {
    LabelId label;  ///< of the tree as it is
    bool must = true;
    std::int64_t revision = 0;  ///< the latest, where pins came together by a merge
    friend bool operator==(const PinInForce&, const PinInForce&) = default;
};

/// The label where a pin holds now; none when it rests: also at the root, under which every document is.
LabelId inForceAt(const LabelTree& tree, const Pin& pin);

/// Ascending label, "must" first; one a label and polarity.
std::vector<PinInForce> pinsInForce(const LabelTree& tree, DocumentKey document);

/// Two pins contradict each other: under two labels of different branches, or under a label and not under it or one
/// above it. Being under two labels of one path, and any number of labels it must not be under, is no contradiction.
bool contradict(const LabelTree& tree, const PinInForce& a, const PinInForce& b);

/// Every pair that contradicts, in the order of the pins.
std::vector<std::pair<PinInForce, PinInForce>> contradictions(const LabelTree& tree,
                                                              const std::vector<PinInForce>& pins);
/// "it must be under 'Soil' and under 'Water', which are different branches"
std::string describeContradiction(const LabelTree& tree, const PinInForce& a, const PinInForce& b);

/// What the pins that are obeyed say of the hard path.
struct PinRule {
    LabelId through;             ///< the path leads to this label and goes on from there; none: from the root
    std::vector<LabelId> never;  ///< labels it does not enter
    bool empty() const noexcept { return !through && never.empty(); }
};

/// Of pins that contradict each other the one that was set last is obeyed (same revision: "must", then the lower id).
PinRule pinRule(const LabelTree& tree, std::vector<PinInForce> pins);

}  // namespace espalier::tree
