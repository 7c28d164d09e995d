// SPDX-License-Identifier: Apache-2.0
/// \file core/project/detail/tree_exchange.h
/// The label tree as a taxonomy for other programs.
#pragma once
#include <set>
#include <string>

#include "core/project/detail/project_state.h"
#include "core/taxonomy/taxonomy.h"

namespace espalier::project::detail {

/// For life: as it came with an import, else urn:uuid:PROJECT#ID; the root: urn:uuid:PROJECT.
std::string uriOf(const tree::Label& label, const std::string& uuid);
std::string uriOf(const tree::LabelTree& tree, LabelId id, const std::string& uuid);

/// Depth first in outline order, with change notes and dates of the journal.
Result<taxonomy::Taxonomy> taxonomyOf(Project::State& state, const Project::State::View& view);

/// A journal entry as change note.
std::string changeNote(const std::string& time, const std::string& actor, const std::string& what);
/// Those of all entries, also of such that were undone.
Result<std::set<std::string>> changeNotes(Project::State& state);

}  // namespace espalier::project::detail
