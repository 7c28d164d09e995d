// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/presets.h
/// Named choices of everything that decides how a tree is split: `build --preset`, and the same words in the window.
///
/// - balanced: the default: as many labels as come out alike each time in sum (KRule::Surplus), when the documents are
///   drawn anew (with vectors, threshold 0.7) or 15 % of them left out (words alone).
/// - coarse: few labels, every single one certain: a split must hold when the documents are drawn anew (with vectors),
/// or
///   when a fifth is left out (words alone, which hardly split under the bootstrap).
/// - fine: many labels. A split must only hold against small noise of the weights; what it finds differs more from one
///   sample of the documents to the next.
/// - telf: the choices of lanl/T-ELF (v0.0.44) as method.md 5 states them: multiplicative Frobenius updates, 100 each
///   without a tolerance, 20 perturbations of 1.5 % uniform noise, exact singular vectors as start with zeros lifted to
///   the floor, columns matched greedily, H's silhouettes in the order each run gave, T-ELF's rule over k from 1, every
///   part that has a document a label of its own; plain TF-IDF whatever vectors there are. Not reproduced: its random
///   numbers; its text cleaning (ours is core/text); float64 where it computes in that; and its last H, from an
///   unseeded start by 1,000 updates, where ours is the exact least squares they approach. Terms are re-weighted at
///   each label, which T-ELF leaves to a callback.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/nmf/hierarchy.h"

namespace espalier::nmf {

enum class Preset { Coarse, Balanced, Fine, Telf };

/// "coarse", "balanced", "fine", "telf".
const std::vector<std::string>& presetNames();
std::optional<Preset> presetNamed(std::string_view name);

/// Whether the preset is grown from smoothed rows where there are vectors and nobody said otherwise.
bool usesVectors(Preset preset);
/// Depth, largest k, least documents and seed are as by default under every preset.
/// \param semantic  the tree is grown from smoothed rows
HierarchyOptions presetOptions(Preset preset, bool semantic);

// Words for the members of HierarchyOptions, as on the command line and in the options stored with a tree.
const std::vector<std::string>& solverNames();     ///< hals, mu, kl
const std::vector<std::string>& matchingNames();   ///< hungarian, greedy
const std::vector<std::string>& resamplerNames();  ///< noise, leave-out, bootstrap, poisson, random-start
const std::vector<std::string>& searchNames();     ///< linear, bisect-pre, bisect-in, bisect-post
const std::vector<std::string>& ruleNames();       ///< ours, telf
/// The value of that place in its enumeration; the first where the name is none of them.
template <class Enum>
Enum named(const std::vector<std::string>& names, std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
    }
    return static_cast<Enum>(0);
}
template <class Enum>
const std::string& nameOf(const std::vector<std::string>& names, Enum value) {
    return names[static_cast<std::size_t>(value)];
}

}  // namespace espalier::nmf
