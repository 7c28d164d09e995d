// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/edit.h
/// Edits of the label tree as values, each with its inverse. An edit changes the labels it names and no others.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/tree/label_tree.h"

namespace espalier::tree {

enum class EditKind { New, Rename, Move, Merge, Retire, Restore, Note };

/// One request. Fields that do not apply stay empty.
struct Edit {
    EditKind kind = EditKind::Rename;
    LabelId label;                ///< subject: renamed, moved, kept by a merge, retired, restored, noted; New: its id
    LabelId parent;               ///< New, Move, Restore: where to
    std::int64_t index = -1;      ///< position among the new siblings, -1 = at the end
    std::string text;             ///< New, Rename: name; Note: text
    std::vector<LabelId> others;  ///< Merge: labels that end in `label`
    LabelId to;                   ///< Retire: destination of mass and children; none = the parent
};

/// Mass at `from` now counts at `to` (document by document; applied by the project in the same transaction).
struct MassMove {
    LabelId from;
    LabelId to;
};

/// What applying an edit did, enough to undo it exactly on the same tree.
struct EditEffect {
    std::vector<Label> before;        ///< every label that changed or vanished, as it was
    std::vector<Label> after;         ///< every label that changed or appeared, as it is
    std::vector<MassMove> massMoves;  ///< in order
    LabelId subject;                  ///< label to select afterwards
};

/// Applies to `tree` or leaves it untouched.
/// \retval InvalidArgument  into its own branch, empty name, the root renamed away, merge with itself
/// \retval NotFound         a label that is not there
/// \retval InvalidState     a locked label
Result<EditEffect> apply(LabelTree& tree, const Edit& edit);

/// Puts back the labels of `effect.before` (undo) or `effect.after` (redo).
Status revert(LabelTree& tree, const EditEffect& effect);
Status reapply(LabelTree& tree, const EditEffect& effect);

/// "Rename 'Soil' to 'Earth'": what Undo and the history show. Call before apply().
std::string describe(const LabelTree& tree, const Edit& edit);

}  // namespace espalier::tree
