// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/naming.h
/// Names of labels: the two or three terms that set a label apart from its siblings.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/nmf/hierarchy.h"

namespace espalier::nmf {

struct NamingOptions {
    int terms = 3;  ///< per name, fewer where a label has no more good ones
    /// Stem of a term: no two terms of one name share one, nor does any with its ancestors' names and terms or with its
    /// siblings' names. Empty: the term itself.
    std::function<std::string(std::string_view)> stem;
    /// Whether a word carries no subject. A term that is one, or has one between its hyphens, or no letter at all,
    /// stands in no name. Empty: no word.
    std::function<bool(std::string_view)> stopWord;
    /// A word as it begins a name (text::capitalised); empty: as it is.
    std::function<std::string(std::string_view)> capitalise;
    /// How each term is written (TfidfModel::written()); empty: as in the vocabulary.
    std::span<const std::string> written;
};

/// One name per node: terms as most often written, phrases (terms of several words) first, joined by ", ", the first
/// letter upper case ("Write-ahead log, standby, WAL"). The root is "". No name repeats a word of an ancestor's name or
/// terms, or one of a sibling's name; a label without any term is "Other" (then "Other 2", ...).
std::vector<std::string> nameLabels(const Hierarchy& hierarchy, std::span<const std::string> vocabulary,
                                    const NamingOptions& options);

/// The terms of a label as they are shown: a word is left out where a phrase that holds it tells at least half as much
/// ("magnetic field" alone, not "magnetic field, field, magnetic"). Strongest first.
std::vector<std::pair<std::int32_t, float>> shownTerms(const HierarchyNode& node,
                                                       std::span<const std::string> vocabulary);

}  // namespace espalier::nmf
