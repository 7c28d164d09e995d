// SPDX-License-Identifier: Apache-2.0
/// \file core/project/journal.h
/// The journal: every import, edit, build, assign and adopted run, with its inverse where it can be undone.
///
/// Entries form a tree: an entry knows the undoable entry it was made on. Undo walks to that parent, redo to the entry
/// undone last; an edit after undo starts a branch and the undone part stays. Revisions only grow.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/ids.h"

namespace espalier::project {

struct JournalEntry {
    std::int64_t id = 0;
    std::int64_t revision = 0;  ///< made by it
    std::string time;           ///< UTC, 2025-01-31T12:00:00Z
    /// "import", "edit", "build", "assign", "share" (of a document, set or not any more), "split", "refit",
    /// "taxonomy" (a new tree), "merge" (of a file), "run"
    std::string kind;
    std::string what;  ///< "Rename 'Soil' to 'Earth'"
    std::string actor;
    bool undoable = true;
    bool undone = false;        ///< not in effect now
    std::int64_t parent = 0;    ///< entry it was made on, 0 = the beginning
    std::int64_t undoneAt = 0;  ///< revision of the last undo of it, 0 = never undone
};

/// Two pins of one document, or a pin and a share that is set, that cannot both be obeyed.
struct PinContradiction {
    DocumentKey document;
    std::string id;    ///< of the document
    std::string text;  ///< "document 'd1': it must be under 'Soil' and under 'Water', which are different branches"
};

struct EditOutcome {
    std::int64_t revision = 0;
    std::int64_t journalId = 0;                    ///< entry that was made, undone or redone
    std::string what;                              ///< its text
    LabelId label;                                 ///< to select afterwards; none when the whole tree changed
    std::vector<PinContradiction> contradictions;  ///< that the edit brought: both pins stay, the later is obeyed
    DocumentKey document;                          ///< pinned or unpinned by it, or whose share it set; else none
};

}  // namespace espalier::project
