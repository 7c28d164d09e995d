// SPDX-License-Identifier: Apache-2.0
#include "core/tree/edit.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace espalier::tree {
namespace {
constexpr std::size_t kMaxNameBytes = 1000;
constexpr std::size_t kMaxNoteBytes = 60'000;  // values of the project's database stay under 64 kB

Error lockedError(const Label& label) {
    return makeError(ErrorCode::InvalidState, "label '" + label.name + "' is locked; unlock it first");
}

/// Remembers each label before its first change, so that an edit is all or nothing and its inverse is exact.
class Recorder {
public:
    explicit Recorder(LabelTree& tree) : m_tree(tree) {}

    void touch(LabelId id) {
        if (m_before.count(id) > 0) return;
        const Label* label = m_tree.find(id);
        m_before.emplace(id, label != nullptr ? std::optional<Label>(*label) : std::nullopt);
    }
    void touchFormer(LabelId id) {
        if (m_formerBefore.count(id) > 0) return;
        const FormerLabel* former = m_tree.findFormer(id);
        m_formerBefore.emplace(id, former != nullptr ? std::optional<FormerLabel>(*former) : std::nullopt);
    }

    /// Label of the tree for changing. \pre it is there
    Label& change(LabelId id) {
        touch(id);
        return *m_tree.findMutable(id);
    }

    void rollBack() {
        for (const auto& [id, label] : m_before)
            m_tree.replace({id}, label ? std::vector{*label} : std::vector<Label>{});
        for (const auto& [id, former] : m_formerBefore) {
            m_tree.eraseFormer(id);
            if (former) m_tree.putFormer(*former);
        }
    }

    /// \param unlocking  the lock itself is what changes
    Result<EditEffect> finish(EditEffect effect, bool unlocking) {
        for (auto& [id, before] : m_before) {
            const Label* after = m_tree.find(id);
            const bool same = before ? after != nullptr && *before == *after : after == nullptr;
            if (same) continue;
            if (before && before->locked && !unlocking) {
                const Error error = lockedError(*before);
                rollBack();
                return error;
            }
            if (before) effect.before.push_back(*before);
            if (after != nullptr) effect.after.push_back(*after);
        }
        for (auto& [id, before] : m_formerBefore) {
            const FormerLabel* after = m_tree.findFormer(id);
            if (before) effect.formerBefore.push_back(*before);
            if (after != nullptr) effect.formerAfter.push_back(*after);
        }
        return effect;
    }

private:
    LabelTree& m_tree;
    std::map<LabelId, std::optional<Label>> m_before;
    std::map<LabelId, std::optional<FormerLabel>> m_formerBefore;
};

Error refuse(std::string what) {
    return makeError(ErrorCode::InvalidArgument, std::move(what));
}

bool validUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : lead >= 0xe0 && lead < 0xf0 ? 3
                                   : lead >= 0xf0 && lead < 0xf5 ? 4
                                                                 : 0;
        if (length == 0 || i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
        }
        const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
            (lead == 0xf4 && second > 0x8f)) {
            return false;
        }
        i += length;
    }
    return true;
}

Result<std::string> checkedName(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return refuse("a label needs a name");
    text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
    if (text.size() > kMaxNameBytes) return refuse("a label name may have at most 1000 bytes");
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
        return refuse("a label name is one line without control characters");
    }
    if (!validUtf8(text)) return refuse("a label name must be valid UTF-8");
    return std::string(text);
}

Result<const Label*> existing(const LabelTree& tree, LabelId id) {
    const Label* label = tree.find(id);
    if (label != nullptr) return label;
    if (const FormerLabel* former = tree.findFormer(id)) {
        return makeError(ErrorCode::NotFound, "label " + std::to_string(id.value) + " ('" + former->label.name +
                                                  "') was " + (former->merged ? "merged into another" : "retired"));
    }
    return makeError(ErrorCode::NotFound, "there is no label with the id " + std::to_string(id.value));
}

Result<std::size_t> position(const Label& parent, LabelId moving, std::int64_t index) {
    const auto& children = parent.children;
    const std::size_t others =
        children.size() - static_cast<std::size_t>(std::count(children.begin(), children.end(), moving));
    if (index == -1) return others;
    if (index < 0 || static_cast<std::size_t>(index) > others) {
        return refuse("position " + std::to_string(index) + " is beyond the " + std::to_string(others) +
                      " labels under '" + parent.name + "'");
    }
    return static_cast<std::size_t>(index);
}

void addSorted(std::vector<LabelId>& ids, const std::vector<LabelId>& more) {
    ids.insert(ids.end(), more.begin(), more.end());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

Status moveChild(LabelTree& tree, Recorder& recorder, LabelId child, LabelId parent, std::size_t index) {
    recorder.touch(child);
    recorder.touch(tree.at(child).parent);
    recorder.touch(parent);
    return tree.reparent(child, parent, index);
}

Status addLabel(LabelTree& tree, Recorder& recorder, const Edit& edit, EditEffect& effect) {
    ESPALIER_ASSIGN(const Label* parent, existing(tree, edit.parent));
    ESPALIER_ASSIGN(std::string name, checkedName(edit.text));
    ESPALIER_ASSIGN(const std::size_t index, position(*parent, edit.label, edit.index));
    if (tree.findFormer(edit.label) != nullptr) {
        return makeError(ErrorCode::AlreadyExists, "the label id " + std::to_string(edit.label.value) + " was used");
    }
    Label label;
    label.id = edit.label;
    label.parent = edit.parent;
    label.name = std::move(name);
    label.nameByUser = true;
    label.massOf = {edit.label};
    recorder.touch(edit.parent);
    recorder.touch(edit.label);
    effect.subject = edit.label;
    return tree.insert(std::move(label), index);
}

Status move(LabelTree& tree, Recorder& recorder, const Edit& edit) {
    ESPALIER_TRY(existing(tree, edit.label));
    ESPALIER_ASSIGN(const Label* parent, existing(tree, edit.parent));
    if (edit.label == tree.root()) return refuse("the root cannot be moved");
    if (tree.inBranch(edit.parent, edit.label)) {
        return refuse("'" + tree.at(edit.label).name + "' cannot be moved into its own branch");
    }
    ESPALIER_ASSIGN(const std::size_t index, position(*parent, edit.label, edit.index));
    return moveChild(tree, recorder, edit.label, edit.parent, index);
}

/// Common to merge and retire: children and mass of `label` go to `to`, the label leaves the tree.
Status dissolve(LabelTree& tree, Recorder& recorder, LabelId label, LabelId to, bool merged, EditEffect& effect) {
    const Label was = tree.at(label);
    const auto& siblings = tree.at(was.parent).children;
    const auto index = static_cast<std::size_t>(std::find(siblings.begin(), siblings.end(), label) - siblings.begin());
    const bool inPlace = to == was.parent && !merged;
    std::size_t at = inPlace ? index : tree.at(to).children.size();
    for (const LabelId child : was.children) ESPALIER_TRY(moveChild(tree, recorder, child, to, at++));
    recorder.touch(label);
    recorder.touch(was.parent);
    if (tree.at(to).locked) return lockedError(tree.at(to));  // pins may come there where no mass does
    Label& target = recorder.change(to);
    addSorted(target.massOf, was.massOf);
    if (!was.massOf.empty()) effect.massMoves.push_back({label, to});
    ESPALIER_TRY(tree.erase(label));
    recorder.touchFormer(label);
    tree.putFormer({was, index, to, merged});
    return {};
}

/// What other programs are to know of a label that went into another: its names in other languages become alternative
/// ones, codes, notes and links come along. Its URI and statements kept for it stay with the former label.
void addExchange(Label& keep, const Label& was) {
    const auto add = [](auto& list, const auto& more) {
        for (const auto& one : more) {
            if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
        }
    };
    Exchange& kept = keep.exchange;
    std::vector<LanguageText> tagged = was.exchange.alternatives;
    if (!was.exchange.language.empty()) tagged.push_back({was.name, was.exchange.language});
    tagged.insert(tagged.end(), was.exchange.names.begin(), was.exchange.names.end());
    for (const LanguageText& name : tagged) {
        const auto& names = keep.alternativeNames;
        if (name.text != keep.name && std::find(names.begin(), names.end(), name.text) == names.end())
            keep.alternativeNames.push_back(name.text);
        if (name.text != keep.name && !name.language.empty()) add(kept.alternatives, std::vector{name});
    }
    add(kept.hiddenNames, was.exchange.hiddenNames);
    add(kept.notations, was.exchange.notations);
    add(kept.documentation, was.exchange.documentation);
    add(kept.related, was.exchange.related);
    add(kept.alsoUnder, was.exchange.alsoUnder);
}

Status merge(LabelTree& tree, Recorder& recorder, const Edit& edit, EditEffect& effect) {
    ESPALIER_TRY(existing(tree, edit.label));
    if (edit.others.empty()) return refuse("name at least one label to merge into '" + tree.at(edit.label).name + "'");
    std::set<LabelId> seen;
    for (const LabelId other : edit.others) {
        ESPALIER_ASSIGN(const Label* label, existing(tree, other));
        if (other == edit.label || !seen.insert(other).second) {
            return refuse("'" + label->name + "' cannot be merged with itself");
        }
        if (other == tree.root()) return refuse("the root cannot be merged into another label");
        if (tree.inBranch(edit.label, other)) {
            return refuse("'" + label->name + "' cannot be merged into its own branch");
        }
    }
    for (const LabelId other : edit.others) {
        const Label was = tree.at(other);
        ESPALIER_TRY(dissolve(tree, recorder, other, edit.label, true, effect));
        Label& keep = recorder.change(edit.label);
        std::vector<std::string> names{was.name};
        names.insert(names.end(), was.alternativeNames.begin(), was.alternativeNames.end());
        for (auto& name : names) {
            auto& kept = keep.alternativeNames;
            if (name != keep.name && std::find(kept.begin(), kept.end(), name) == kept.end()) kept.push_back(name);
        }
        addExchange(keep, was);
        if (!was.note.empty()) keep.note += (keep.note.empty() ? "" : "\n") + was.note;
        if (keep.note.size() > kMaxNoteBytes) return refuse("the joined notes would be longer than 60,000 bytes");
    }
    return {};
}

Status retire(LabelTree& tree, Recorder& recorder, const Edit& edit, EditEffect& effect) {
    ESPALIER_ASSIGN(const Label* label, existing(tree, edit.label));
    if (edit.label == tree.root()) return refuse("the root cannot be retired");
    const LabelId to = edit.to ? edit.to : label->parent;
    ESPALIER_TRY(existing(tree, to));
    if (tree.inBranch(to, edit.label)) {
        return refuse("'" + label->name + "' cannot be retired into its own branch");
    }
    effect.subject = to;
    return dissolve(tree, recorder, edit.label, to, false, effect);
}

Status restore(LabelTree& tree, Recorder& recorder, const Edit& edit, EditEffect& effect) {
    if (const Label* label = tree.find(edit.label)) {
        return makeError(ErrorCode::InvalidState, "label '" + label->name + "' is not retired");
    }
    const FormerLabel* found = tree.findFormer(edit.label);
    if (found == nullptr) ESPALIER_TRY(existing(tree, edit.label));
    const FormerLabel former = *found;
    if (former.merged) {
        return makeError(ErrorCode::InvalidState,
                         "label '" + former.label.name + "' was merged, not retired; undo the merge to get it back");
    }
    const LabelId keeper = tree.successor(edit.label);
    if (keeper && tree.at(keeper).locked) return lockedError(tree.at(keeper));
    LabelId parent = edit.parent;
    if (parent) {
        ESPALIER_TRY(existing(tree, parent));
    } else {
        parent = tree.successor(former.label.parent);
        if (!parent) parent = tree.root();
    }
    std::size_t index = 0;
    if (edit.index != -1) {
        ESPALIER_ASSIGN(index, position(tree.at(parent), edit.label, edit.index));
    } else {
        const std::size_t siblings = tree.at(parent).children.size();
        index = parent == former.label.parent ? std::min(former.index, siblings) : siblings;
    }
    recorder.touch(parent);
    recorder.touch(edit.label);
    recorder.touchFormer(edit.label);
    Label label = former.label;
    label.parent = parent;
    label.children.clear();
    label.massOf.clear();
    if (tree.contains(former.to)) {
        auto& rests = tree.at(former.to).massOf;
        for (const LabelId source : former.label.massOf) {
            if (std::binary_search(rests.begin(), rests.end(), source)) label.massOf.push_back(source);
        }
        if (!label.massOf.empty()) {
            auto& keeps = recorder.change(former.to).massOf;
            const auto leaves = [&](LabelId id) {
                return std::binary_search(label.massOf.begin(), label.massOf.end(), id);
            };
            keeps.erase(std::remove_if(keeps.begin(), keeps.end(), leaves), keeps.end());
            effect.massMoves.push_back({former.to, edit.label});
        }
    }
    ESPALIER_TRY(tree.insert(std::move(label), index));
    tree.eraseFormer(edit.label);
    for (const LabelId child : former.label.children) {
        const Label* below = tree.find(child);
        // A child that others moved on meanwhile stays where they put it, and so does one that we now stand under.
        if (below == nullptr || below->parent != former.to || tree.inBranch(parent, child)) continue;
        ESPALIER_TRY(moveChild(tree, recorder, child, edit.label, tree.at(edit.label).children.size()));
    }
    return {};
}

Status setNote(LabelTree& tree, Recorder& recorder, const Edit& edit) {
    ESPALIER_TRY(existing(tree, edit.label));
    if (edit.text.size() > kMaxNoteBytes) return refuse("a note may have at most 60,000 bytes");
    if (edit.text.find('\0') != std::string::npos || !validUtf8(edit.text)) return refuse("a note must be valid UTF-8");
    recorder.change(edit.label).note = edit.text;
    return {};
}

Status rename(LabelTree& tree, Recorder& recorder, const Edit& edit) {
    ESPALIER_TRY(existing(tree, edit.label));
    ESPALIER_ASSIGN(std::string name, checkedName(edit.text));
    Label& label = recorder.change(edit.label);
    label.name = std::move(name);
    label.nameByUser = true;
    return {};
}

Status setLock(LabelTree& tree, Recorder& recorder, const Edit& edit) {
    ESPALIER_ASSIGN(const Label* label, existing(tree, edit.label));
    const bool lock = edit.kind == EditKind::Lock;
    if (label->locked == lock) {
        return makeError(ErrorCode::InvalidState,
                         "label '" + label->name + (lock ? "' is locked already" : "' is not locked"));
    }
    recorder.change(edit.label).locked = lock;
    return {};
}

std::string shownDocument(const Edit& edit) {
    return edit.text.empty() ? "document " + std::to_string(edit.document.value) : "'" + edit.text + "'";
}

/// Pins change last and together, so nothing is left to take back when one is refused.
Status setPin(LabelTree& tree, const Edit& edit, EditEffect& effect) {
    ESPALIER_ASSIGN(const Label* label, existing(tree, edit.label));
    if (!edit.document) return refuse("a pin needs a document");
    if (edit.label == tree.root()) return refuse("every document is under the root; pin it under one of the labels");
    if (label->locked) return lockedError(*label);
    std::vector<Pin> inForce, others;
    for (const Pin& pin : tree.pinsOf(edit.document)) {
        const LabelId at = inForceAt(tree, pin);
        if (at == edit.label) {
            inForce.push_back(pin);
        } else if (edit.only && at && !tree.at(at).locked) {
            const bool rival =
                (edit.must && pin.must) || contradict(tree, {at, pin.must, 0}, {edit.label, edit.must, 0});
            if (rival) others.push_back(pin);
        }
    }
    if (edit.kind == EditKind::Unpin) {
        if (inForce.empty()) {
            return makeError(ErrorCode::InvalidState, shownDocument(edit) + " is not pinned to '" + label->name + "'");
        }
    } else {
        const bool said =
            std::all_of(inForce.begin(), inForce.end(), [&](const Pin& pin) { return pin.must == edit.must; });
        if (!inForce.empty() && said && others.empty()) {
            return makeError(ErrorCode::InvalidState, shownDocument(edit) + " is pinned " + (edit.must ? "" : "not ") +
                                                          "under '" + label->name + "' already");
        }
        effect.pinsAfter.push_back({edit.document, edit.label, edit.must, edit.revision});
    }
    inForce.insert(inForce.end(), others.begin(), others.end());
    for (const Pin& pin : inForce) tree.erasePin(pin.document, pin.label);
    for (const Pin& pin : effect.pinsAfter) tree.putPin(pin);
    effect.pinsBefore = std::move(inForce);
    return {};
}
/// Set shares change last and together, as pins do.
Status setShare(LabelTree& tree, const Edit& edit, EditEffect& effect) {
    ESPALIER_ASSIGN(const Label* label, existing(tree, edit.label));
    if (!edit.document) return refuse("a share needs a document");
    if (edit.label == tree.root()) return refuse("a share is set for one of the labels, not for the root");
    if (label->locked) return lockedError(*label);
    for (const SetShare& share : tree.sharesOf(edit.document)) {
        if (inForceAt(tree, share) == edit.label) effect.sharesBefore.push_back(share);
    }
    const auto& before = effect.sharesBefore;
    if (edit.kind == EditKind::Unshare) {
        if (before.empty()) {
            return makeError(ErrorCode::InvalidState,
                             "no share of " + shownDocument(edit) + " is set under '" + label->name + "'");
        }
    } else {
        if (!(edit.share >= 0 && edit.share <= 1)) return refuse("a share is a number from 0 to 1");
        if (before.size() == 1 && before.front().label == edit.label && before.front().value == edit.share) {
            return makeError(ErrorCode::InvalidState, "the share of " + shownDocument(edit) + " under '" + label->name +
                                                          "' is set to " + shareText(edit.share) + " already");
        }
        effect.sharesAfter.push_back({edit.document, edit.label, edit.share, edit.revision});
    }
    for (const SetShare& share : before) tree.eraseShare(share.document, share.label);
    for (const SetShare& share : effect.sharesAfter) tree.putShare(share);
    return {};
}
}  // namespace

Result<EditEffect> apply(LabelTree& tree, const Edit& edit) {
    Recorder recorder(tree);
    EditEffect effect;
    effect.subject = edit.label;
    const Status status = [&]() -> Status {
        switch (edit.kind) {
            case EditKind::New:
                return addLabel(tree, recorder, edit, effect);
            case EditKind::Rename:
                return rename(tree, recorder, edit);
            case EditKind::Move:
                return move(tree, recorder, edit);
            case EditKind::Merge:
                return merge(tree, recorder, edit, effect);
            case EditKind::Retire:
                return retire(tree, recorder, edit, effect);
            case EditKind::Restore:
                return restore(tree, recorder, edit, effect);
            case EditKind::Note:
                return setNote(tree, recorder, edit);
            case EditKind::Lock:
            case EditKind::Unlock:
                return setLock(tree, recorder, edit);
            case EditKind::Pin:
            case EditKind::Unpin:
                return setPin(tree, edit, effect);
            case EditKind::Share:
            case EditKind::Unshare:
                return setShare(tree, edit, effect);
        }
        return makeError(ErrorCode::Internal, "unknown kind of edit");
    }();
    if (!status) {
        recorder.rollBack();
        return status.error();
    }
    return recorder.finish(std::move(effect), edit.kind == EditKind::Unlock);
}

namespace {
/// One side of an effect.
struct Side {
    const std::vector<Label>& labels;
    const std::vector<FormerLabel>& former;
    const std::vector<Pin>& pins;
    const std::vector<SetShare>& shares;
};

Side beforeOf(const EditEffect& effect) {
    return {effect.before, effect.formerBefore, effect.pinsBefore, effect.sharesBefore};
}
Side afterOf(const EditEffect& effect) {
    return {effect.after, effect.formerAfter, effect.pinsAfter, effect.sharesAfter};
}

void swapIn(LabelTree& tree, const Side& out, const Side& in) {
    std::vector<LabelId> ids;
    for (const Label& label : out.labels) ids.push_back(label.id);
    tree.replace(ids, in.labels);
    for (const auto& former : out.former) tree.eraseFormer(former.label.id);
    for (const auto& former : in.former) tree.putFormer(former);
    for (const Pin& pin : out.pins) tree.erasePin(pin.document, pin.label);
    for (const Pin& pin : in.pins) tree.putPin(pin);
    for (const SetShare& share : out.shares) tree.eraseShare(share.document, share.label);
    for (const SetShare& share : in.shares) tree.putShare(share);
}

template <class Said>
Status stillSaid(std::span<const Said> stored, const Said& said, const char* what) {
    if (std::find(stored.begin(), stored.end(), said) != stored.end()) return {};
    return makeError(ErrorCode::Conflict, std::string(what) + " of document " + std::to_string(said.document.value) +
                                              " is not as the journal left it");
}

Status matches(const LabelTree& tree, const Side& expected) {
    for (const Label& label : expected.labels) {
        const Label* found = tree.find(label.id);
        if (found == nullptr || !(*found == label)) {
            return makeError(ErrorCode::Conflict, "label '" + label.name + "' is not as the journal left it");
        }
    }
    for (const Pin& pin : expected.pins) ESPALIER_TRY(stillSaid(tree.pinsOf(pin.document), pin, "a pin"));
    for (const SetShare& share : expected.shares)
        ESPALIER_TRY(stillSaid(tree.sharesOf(share.document), share, "a set share"));
    return {};
}

Status replaceSide(LabelTree& tree, const Side& out, const Side& in) {
    ESPALIER_TRY(matches(tree, out));
    swapIn(tree, out, in);
    return {};
}
}  // namespace

Status revert(LabelTree& tree, const EditEffect& effect) {
    return replaceSide(tree, afterOf(effect), beforeOf(effect));
}

Status reapply(LabelTree& tree, const EditEffect& effect) {
    return replaceSide(tree, beforeOf(effect), afterOf(effect));
}

std::string describe(const LabelTree& tree, const Edit& edit) {
    const auto quoted = [&tree](LabelId id) {
        if (const Label* label = tree.find(id)) return "'" + label->name + "'";
        if (const FormerLabel* former = tree.findFormer(id)) return "'" + former->label.name + "'";
        return "label " + std::to_string(id.value);
    };
    switch (edit.kind) {
        case EditKind::New:
            return "New label '" + edit.text + "' under " + quoted(edit.parent);
        case EditKind::Rename:
            return "Rename " + quoted(edit.label) + " to '" + edit.text + "'";
        case EditKind::Move:
            return "Move " + quoted(edit.label) + " to " + quoted(edit.parent);
        case EditKind::Merge: {
            std::string names;
            for (const LabelId other : edit.others) names += (names.empty() ? "" : ", ") + quoted(other);
            return "Merge " + names + " into " + quoted(edit.label);
        }
        case EditKind::Retire:
            return "Retire " + quoted(edit.label) + (edit.to ? " into " + quoted(edit.to) : std::string());
        case EditKind::Restore:
            return "Restore " + quoted(edit.label);
        case EditKind::Note:
            return (edit.text.empty() ? "Remove the note of " : "Note on ") + quoted(edit.label);
        case EditKind::Lock:
            return "Lock " + quoted(edit.label);
        case EditKind::Unlock:
            return "Unlock " + quoted(edit.label);
        case EditKind::Pin:
            return "Pin " + shownDocument(edit) + (edit.must ? " under " : " not under ") + quoted(edit.label);
        case EditKind::Unpin:
            return "Unpin " + shownDocument(edit) + " from " + quoted(edit.label);
        case EditKind::Share:
            return "Set the share of " + shownDocument(edit) + " under " + quoted(edit.label) + " to " +
                   shareText(edit.share);
        case EditKind::Unshare:
            return "Let the model decide the share of " + shownDocument(edit) + " under " + quoted(edit.label);
    }
    return "Edit";
}

}  // namespace espalier::tree
