// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/term_split.h
/// Why a document is where it is: its share of any set of labels as a sum over its terms, exactly.
///
/// A share is not linear in the terms, so "the part of a term" needs a definition. This is ours:
///
/// **At one label v that was split.** x is the document's row (counts times the weights of v, to unit length), W the
/// topics of v's children. The fold-in solves min ||x - W h||, h >= 0 (core/nmf/nnls.h). With P the children that got
/// h > 0, the solution is
///
///     h_P = G^-1 W_P' x,   G = W_P' W_P,
///
/// which is linear in x as long as P stays: term t adds a_ct = (G^-1 W_P')_ct x_t to h_c. It pulls (a_ct > 0) where it
/// is the child's own, and pushes (a_ct < 0) where another child explains it better. The local share of c is
/// p_c = h_c / S, S = sum h, so its part by t is a_ct / S. S is one number for all children of v and is held: it is the
/// scale on which they share, not an argument for any of them. Over the terms the parts of c sum to p_c, over children
/// and terms to 1.
///
/// **Along a path.** The share of a node is the product of the local shares p_1 ... p_L (method.md 7.1), each of them a
/// sum over terms. A product is split by the Aumann-Shapley rule: the part of t is the integral of its share of the
/// gradient along the straight line from no words to all of them,
///
///     part_t = (1 / L) sum_i (m / p_i) p_it,   m = p_1 ... p_L,
///
/// as m is homogeneous of degree L in the local splits. Each level explains an L-th of the share; the parts sum to m.
/// Sources: R. J. Aumann, L. S. Shapley, Values of Non-Atomic Games (1974); in machine learning M. Sundararajan, A.
/// Taly, Q. Yan, Axiomatic Attribution for Deep Networks (2017), section 3, with the zero row as baseline. [ours]: to
/// hold the normalisers and the active sets.
///
/// **Crumbs, growth and edits.** Mass under 0.01 rests at the parent (hierarchy.h), later splits deal a label's mass
/// out once more, and edits put the mass of several labels under one. A share is then the mass of a set of paths. Where
/// all that could come of a node counts, whether or not the document went there, the node is taken as a whole, with the
/// path that leads to it: how its mass went on below says nothing on why it is there. What remains are nodes that count
/// alone; the parts of all of them add up. Where all there is counts, no term decided anything.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "core/nmf/hierarchy.h"

namespace espalier::nmf {

/// Confined to one thread at a time.
class TermSplit {
public:
    struct Part {
        std::int32_t term = 0;  ///< place in the vocabulary
        double part = 0;        ///< of the share; below 0: it pushed
    };
    struct Share {
        double share = 0;         ///< in [0, 1], as FoldIn gives it, to the rounding of its floats
        std::vector<Part> parts;  ///< ascending term, only those that are not 0; they sum to share - undecided
        double undecided = 0;     ///< mass that no split decided: 1 where all there is counts, or nothing was split
    };

    /// Folds the document in as FoldIn::shares() does. Keeps no reference to its arguments.
    /// \param columns, counts  as FoldIn::shares(); with no known word nothing rests anywhere
    /// \param labelOfNode      per node: the label that its mass is stored for
    TermSplit(const Hierarchy& hierarchy, std::span<const std::int64_t> labelOfNode,
              std::span<const std::int32_t> columns, std::span<const float> counts);

    /// Deals out once more what rests at `sources`, by another hierarchy over the same vocabulary: a later split. Its
    /// node 0 is where the mass was. As `assign` does it: all of it stays when it is under kSmallestSplitMass, what
    /// would come to less than kSmallestShare climbs.
    /// \param columns, counts  as in the constructor; another row of the same document may be given, its terms are then
    ///                         added to those that are known
    void grow(const Hierarchy& step, std::span<const std::int64_t> labelOfNode, std::span<const std::int64_t> sources,
              std::span<const std::int32_t> columns, std::span<const float> counts);

    /// Mass by label; sums to 1, or is empty.
    std::map<std::int64_t, double> resting() const;

    /// \param counted  whether mass that rests at a label counts
    Share share(const std::function<bool(std::int64_t label)>& counted) const;

private:
    struct Node {
        int parent = -1;
        int level = 0;  ///< splits that lead here
        double mass = 0;
        double local = 0;           ///< share of the parent's mass
        bool split = false;         ///< whether its mass went on
        std::int64_t label = 0;     ///< where its mass rests, if it did not
        std::vector<double> parts;  ///< of `local`, beside m_terms (shorter: zeros follow)
    };
    struct Folded;
    Folded fold(const Hierarchy& hierarchy, std::span<const std::int32_t> columns, std::span<const float> counts);
    void attach(int under, const Folded& folded, std::span<const std::int64_t> labelOfNode);
    std::size_t placeOf(std::int32_t term);

    std::vector<std::int32_t> m_terms;
    std::map<std::int32_t, std::size_t> m_places;
    std::vector<Node> m_nodes;  ///< those that mass came to, and their siblings; parents before children
};

}  // namespace espalier::nmf
