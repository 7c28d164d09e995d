// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/detail/grown_labels.h
/// From what the tree engine found to what people read: names, terms, the choice of k; and the options of a build as
/// stored, for what grows inside its tree later.
#pragma once
#include <string>
#include <string_view>
#include <vector>

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

/// How the tree was grown, as BuildInfo::options tells (an option that it does not name: as the preset has it).
nmf::HierarchyOptions treeOptionsOf(std::string_view buildOptions);

}  // namespace espalier::pipeline::detail
