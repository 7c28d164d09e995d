// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/refit.h
/// A branch grown again around what an expert decided: penalised HALS per label (nmf_solver.h, SolverConstraints).
///
/// At a label some of whose children were shaped or locked, the columns are: one for each shaped child, anchored at the
/// mean of its documents; one for each locked child, fixed at its mean; and as many free ones as NMFk finds in the
/// documents of the free children, by the rules of the build. They are fitted together under the pins and set shares.
/// At a label whose children are all free, the branch is grown as buildHierarchy() does. A label above a shaped or
/// locked one is shaped.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "core/nmf/hierarchy.h"

namespace espalier::nmf {

/// A label of the branch as it is.
struct RefitLabel {
    enum class Kind {
        Free,      ///< may be regrown, go on with other documents, or leave
        Anchored,  ///< shaped by the expert: stays where it is, its topic is pulled to the mean of its documents
        Locked,    ///< stays as it is with all below it, and so do its documents
    };
    int parent = -1;  ///< place, before this one; -1 for the first, which is the branch itself
    Kind kind = Kind::Free;
    bool whole = false;      ///< Anchored: it has no children and gets none
    bool restApart = false;  ///< documents that rest at it itself found no label: they were put there by an edit
};

/// A document of the branch.
struct RefitDocument {
    int at = 0;  ///< place where its hard path ends
    /// Pins in force: place, and whether it must (or must not) be under it.
    std::vector<std::pair<int, bool>> pins;
    /// Set shares: place, and which part of what it has under the parent it has there, in [0, 1].
    std::vector<std::pair<int, double>> shares{};
};

struct RefitOptions {
    HierarchyOptions tree;    ///< as the tree was grown; depth: levels below the branch; exactK is not read
    int k = 0;                ///< not 0: children of the branch, those that stay counted
    double anchorWeight = 1;  ///< SolverConstraints::anchorWeight of every shaped label
};

struct Refit {
    Hierarchy hierarchy;        ///< 0 = the branch; no column for locked labels; resting and fits empty
    std::vector<int> goesOnAs;  ///< per node its place in the outline, -1: a new label
    std::vector<char> rests;    ///< per node: not a label but what stays at its parent itself
    std::vector<int> removed;   ///< places of free labels that no node goes on as; parents before children
    std::vector<int>
        untouched;  ///< places that stay as they are with their mass: locked, and shaped without a document
    std::vector<int> documentAt;  ///< per document the node it is routed to, pins and set shares obeyed; -1: one of an
                                  ///< untouched label
};

/// A free label goes on as the part that shares at least this much of the documents of both (Jaccard), by Hungarian
/// assignment among the children of one label.
inline constexpr double kGoesOn = 0.25;

/// \param counts, rows  documents x terms in canonical order, as buildHierarchy()
/// \param outline       the branch depth first  \param documents  one a row
/// \retval InvalidArgument  options, places, sizes
/// \retval InvalidState     RefitOptions::k is less than what stays, or more than there are documents
/// \retval Cancelled        nothing is kept
Result<Refit> refitHierarchy(const SparseRows& counts, const SparseRows& rows, std::vector<RefitLabel> outline,
                             const std::vector<RefitDocument>& documents, const RefitOptions& options,
                             jobs::JobContext& context);

}  // namespace espalier::nmf
