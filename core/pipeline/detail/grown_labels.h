// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/detail/grown_labels.h
/// From what the tree engine found to what people read: names, terms, the choice of k; and the options of a build as
/// stored, for what grows inside its tree later.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/nmf/hierarchy.h"
#include "core/text/tfidf.h"
#include "core/tree/label_tree.h"

namespace espalier::pipeline::detail {

inline constexpr const char* kFactorsFile = "factors.safetensors";  ///< in a job's folder

/// Array of one object per k, as the inspector and `tree` show it.
std::string stabilityJson(const std::vector<nmf::StabilityPoint>& table);
/// nmf::nameLabels() in the language of the corpus.
std::vector<std::string> namesOf(const nmf::Hierarchy& hierarchy, const text::TfidfModel& tfidf);
/// nmf::shownTerms() as written.
std::vector<tree::Term> shownTermsOf(const nmf::HierarchyNode& node, const text::TfidfModel& tfidf);

/// Place of each term of the vocabulary by how it is written.
using WrittenPlaces = std::unordered_map<std::string, std::int32_t>;
WrittenPlaces writtenPlaces(const text::TfidfModel& tfidf);
/// Places of a label's terms in the vocabulary, strongest first; a term that is not there is left out.
std::vector<std::pair<std::int32_t, float>> placesOf(const std::vector<tree::Term>& terms, const WrittenPlaces& places);

/// Per node the documents with the largest share resting there, at most 5, most first.
std::vector<std::vector<DocumentKey>> typicalOf(const std::vector<DocumentKey>& keys,
                                                const std::vector<nmf::FoldIn::Shares>& shares, std::size_t nodes);

/// How the tree was grown, as BuildInfo::options tells (an option that it does not name: as the preset has it).
nmf::HierarchyOptions treeOptionsOf(std::string_view buildOptions);

}  // namespace espalier::pipeline::detail
