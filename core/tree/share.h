// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/share.h
/// The expert's word on how much of a document belongs under a label: a share that is set and stays.
///
/// A set share is obeyed at once: mass of the document moves until the branch of the label holds the share, and every
/// re-fit and split keeps it. It names a label for life: a label that was merged takes it to the one that was kept,
/// where what the document has by then is what stays, since a merge adds mass; one that was retired lets it rest until
/// the label is restored.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/tree/pin.h"

namespace espalier::tree {

class LabelTree;

/// As stored: at most one for a document and a label.
struct SetShare {
    DocumentKey document;
    LabelId label;              ///< as it was named
    double value = 0;           ///< of the document under the label's branch, in [0, 1]
    std::int64_t revision = 0;  ///< that brought it
    friend bool operator==(const SetShare&, const SetShare&) = default;
};

/// The label where a set share holds now; none when it rests.
LabelId inForceAt(const LabelTree& tree, const SetShare& share);

/// Those of one document that hold, one a label (of several that a merge brought together the latest), oldest first.
/// `label` is where it holds.
std::vector<SetShare> sharesInForce(const LabelTree& tree, DocumentKey document);

/// Mass of one document as it is stored: by the label that it was grown for, which a label of the tree owns.
struct CellMass {
    LabelId cell;
    double mass = 0;
    friend bool operator==(const CellMass&, const CellMass&) = default;
};

/// Sum over the branch for every label on a path, as branchShares() of memberships.h.
std::map<LabelId, double> sharesOf(const LabelTree& tree, const std::vector<CellMass>& row);
/// Sum over the branch of a label.
double shareOf(const LabelTree& tree, const std::vector<CellMass>& row, LabelId label);

/// The row in which the branch of `label` holds `value`, with the same sum. What is above `value` goes to the other
/// labels under the same parent and to what rests at the parent, in proportion to what they have; what is missing is
/// taken from them likewise, and where that is not enough from the labels around the parent, and so on up. Within the
/// branch, proportions stay. The shares of `held` and the mass of locked labels do not change.
/// \param row    not empty, masses > 0
/// \param value  in [0, 1]
/// \param held   labels whose share stays; `label` among them does not matter
/// \retval InvalidArgument  not a share, or of the root
/// \retval InvalidState     the label is locked; held shares, locked labels or mass that rests nowhere leave no room:
///                          the message names them
Result<std::vector<CellMass>> withShare(const LabelTree& tree, std::vector<CellMass> row, LabelId label, double value,
                                        const std::vector<LabelId>& held);

/// A share to be kept when a row is dealt out anew.
struct KeptShare {
    LabelId label;
    double value = 0;
};
/// `row` with all of them, one after the other. Errors as withShare().
Result<std::vector<CellMass>> withShares(const LabelTree& tree, std::vector<CellMass> row,
                                         const std::vector<KeptShare>& shares);

/// The shares that are set hold what they hold in `row`: what a re-fit has to keep.
std::vector<KeptShare> keptShares(const LabelTree& tree, DocumentKey document, const std::vector<CellMass>& row);

/// A set share and a pin contradict each other: it has a share under a label where it must not be, or no share of a
/// label where it must be.
bool contradict(const LabelTree& tree, const SetShare& share, const PinInForce& pin);
std::vector<std::pair<SetShare, PinInForce>> shareContradictions(const LabelTree& tree, DocumentKey document);
/// "its share of 'Soil' is set to 0.6, but it must not be under 'Earth', which is above it"
std::string describeContradiction(const LabelTree& tree, const SetShare& share, const PinInForce& pin);

/// Fit and expert agree on a share when they are no further apart than this.
inline constexpr double kSameShare = 0.05;

/// "0.6", "0.125": at most 4 decimals.
std::string shareText(double share);

}  // namespace espalier::tree
