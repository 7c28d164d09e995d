// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/memberships.h
/// Soft membership, defined once (method 7.1): a document's mass rests at labels; a label's share is the sum over its
/// branch; m(d, child) = m(d, parent) h(d, child | parent), the rest stays at the parent.
#pragma once
#include <cstddef>
#include <map>
#include <vector>

#include "core/tree/label_tree.h"

namespace espalier::tree {

/// Mass of one document resting at one label, in (0, 1].
struct Resting {
    LabelId label;
    double mass = 0;
    friend bool operator==(const Resting&, const Resting&) = default;
};

/// Sum over the branch for every label on a path of the document; the root holds 1 - residual.
std::map<LabelId, double> branchShares(const LabelTree& tree, const std::vector<Resting>& resting);

/// Shares closer than this count as equal, so that last bits decide nothing.
inline constexpr double kNearTie = 1e-6;

/// Top-down: the child with the largest branch share (near ties: the lowest id) is entered while that share is at least
/// the mass resting where we stand. None for an unassigned document; the root is never a hard label
/// unless all mass rests there, then it is the root.
/// \param rule  the expert's word (pin.h): the walk begins at `through`, also without mass there, and never enters a
///              label of `never`; a document whose mass lies in such labels alone stays above them
LabelId hardLabel(const LabelTree& tree, const std::vector<Resting>& resting, const PinRule& rule = {});

/// A label that a document may belong under, with its share of the document.
struct Candidate {
    LabelId label;
    double share = 0;
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// Where a document may belong, likeliest first: the ends of its paths (labels with a share below which none has one)
/// by share, then the labels above those by share; equal shares: the lower id. Never the root.
std::vector<Candidate> likeliest(const LabelTree& tree, const std::vector<Resting>& resting, std::size_t count);

/// 1 minus the mass resting anywhere; 1 for an unassigned document.
double residual(const std::vector<Resting>& resting);

}  // namespace espalier::tree
