// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/edit.h
/// Edits of the label tree as values, each with its inverse. An edit changes the labels it names and no others.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/tree/label_tree.h"

namespace espalier::tree {

enum class EditKind { New, Rename, Move, Merge, Retire, Restore, Note, Lock, Unlock, Pin, Unpin, Share, Unshare };

/// One request. Fields that do not apply stay empty.
struct Edit {
    EditKind kind = EditKind::Rename;
    LabelId label;                ///< subject: renamed, moved, kept by a merge, retired, restored, noted; New: its id
    LabelId parent;               ///< New, Move: where to; Restore: none = where it was
    std::int64_t index = -1;      ///< position among the new siblings (itself not counted), -1 = at the end
    std::string text;             ///< New, Rename: name; Note: text
    std::vector<LabelId> others;  ///< Merge: labels that end in `label`
    LabelId to;                   ///< Retire: destination of mass and children; none = the parent
    DocumentKey document;         ///< Pin, Unpin, Share, Unshare; `text` is its id, for describe()
    bool must = true;             ///< Pin: false = must not be under the label
    bool only = false;            ///< Pin: what else was said of where the document belongs is taken back by it
    double share = 0;             ///< Share: of the document under the label, in [0, 1]
    std::int64_t revision = 0;    ///< Pin, Share: of the edit; given by the project
};

/// What rested at `from` now rests at `to`; the labels' massOf say the same, this is for telling people.
struct MassMove {
    LabelId from;
    LabelId to;
    friend bool operator==(const MassMove&, const MassMove&) = default;
};

/// What applying an edit did, enough to undo it exactly on the same tree.
struct EditEffect {
    std::vector<Label> before;              ///< every label that changed or vanished, as it was
    std::vector<Label> after;               ///< every label that changed or appeared, as it is
    std::vector<FormerLabel> formerBefore;  ///< retired and merged labels that changed, as they were
    std::vector<FormerLabel> formerAfter;
    std::vector<Pin> pinsBefore;         ///< pins that were set aside
    std::vector<Pin> pinsAfter;          ///< pins that were set
    std::vector<SetShare> sharesBefore;  ///< set shares that were set aside
    std::vector<SetShare> sharesAfter;   ///< those that were set
    std::vector<MassMove> massMoves;     ///< in order
    LabelId subject;                     ///< label to select afterwards
    friend bool operator==(const EditEffect&, const EditEffect&) = default;
};

/// Applies to `tree` or leaves it untouched.
///
/// New: a label with the id `label` (not in use), no mass. Rename: the name is the user's from then on. Move carries
/// the branch. Merge: the others' mass, notes and children go to `label`, their names become alternative names. Retire:
/// mass and children go to `to` (else the parent, the children in the label's place). Restore: the label comes back
/// with what it had; mass that still rests where retire put it and children that are still there come with it.
///
/// Lock, Unlock: a locked label stays byte-equal until it is unlocked: name, terms, alternative names, note, mass, the
/// list and order of its children, its place and its pins. So it refuses rename, note, move, retire, merge as either
/// side, new labels or moves directly under it or away from it, to be where retired mass goes, and pin or unpin on it.
/// What is below its children may change, and it moves along when a label above it moves: lock a whole branch to keep
/// all of it.
///
/// Pin: the document must (or must not) be under the label; a pin already in force at the label is replaced, with
/// `only` also its other pins "must" and those that contradict this one, unless their label is locked. Unpin: none is
/// in force there any more. Pins that contradict each other are kept, both: contradictions() names them.
///
/// Share: the document has this share of the label's branch from now on (share.h); one in force at the label is
/// replaced. Unshare: the model decides again. Only what was said changes here; who keeps masses moves them
/// (withShare()).
/// \retval InvalidArgument  into its own branch, an empty name, the root moved, merged away, retired or pinned to,
/// merge
///                          with itself, no share
/// \retval NotFound         a label that is not there
/// \retval InvalidState     a locked label would change; it is locked (unlocked, pinned so, not pinned, set so, not
/// set) already
Result<EditEffect> apply(LabelTree& tree, const Edit& edit);

/// Puts back the labels of `effect.before` (undo) or `effect.after` (redo).
Status revert(LabelTree& tree, const EditEffect& effect);
Status reapply(LabelTree& tree, const EditEffect& effect);

/// "Rename 'Soil' to 'Earth'": what Undo and the history show. Call before apply().
std::string describe(const LabelTree& tree, const Edit& edit);

}  // namespace espalier::tree
