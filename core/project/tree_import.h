// SPDX-License-Identifier: Apache-2.0
/// \file core/project/tree_import.h
/// Taxonomy files and the label tree: what an import asks for and answers.
///
/// **New tree.** Labels that the file names by a URI of the tree that is there go on as they are: id, documents, terms,
/// pins; a label of that tree that the file leaves out is retired, what rested there goes to the nearest label above
/// it. Where the file names none of them the tree is new: the old one stays with its documents and undo brings it back;
/// the new one has no words, so every document is without a label until something places it (a pin, or a build).
///
/// **Merge.** By URI, by id where a file has no URIs (CSV, JSON), else by path. Labels that only the file has are
/// added, labels that only the tree has stay. What both have is merged in three ways, the common past being the
/// state that the file was written from, else the last import, else the build: what one side changed is taken, lists
/// are joined, and where both changed a name, a note or a home, or the file dropped a label, a proposal is noted at the
/// label. Locked labels stay as they are: what the file wants otherwise is refused.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/taxonomy/taxonomy.h"

namespace espalier::project {

struct TreeImportOptions {
    std::optional<taxonomy::Format> format;  ///< none: by the file's name
    bool merge = false;
    bool replace = false;  ///< put a new tree in the place of the one that is there
};

struct TreeImport {
    taxonomy::Report report;
    std::int64_t revision = 0;   ///< current afterwards
    std::int64_t journalId = 0;  ///< 0: nothing changed
    std::int64_t labels = 0;     ///< of the file, without a root
    std::int64_t matched = 0;    ///< of these, labels that the tree had
    std::int64_t added = 0;
    std::int64_t changed = 0;     ///< labels of the tree that are different now
    std::int64_t retired = 0;     ///< new tree: labels that the file left out
    std::int64_t proposals = 0;   ///< new ones
    std::int64_t unassigned = 0;  ///< documents without a label afterwards
};

/// A conflict of a merge, waiting for the expert.
struct MergeProposal {
    LabelId label;
    std::vector<std::string> path;  ///< of the label
    std::string field;              ///< name, note, parent, retire; with the label it names the proposal
    std::string ours;               ///< as the tree has it; parent: path; retire: empty
    std::string theirs;             ///< as the file wants it
    std::string source;             ///< file that it came with
};

}  // namespace espalier::project
