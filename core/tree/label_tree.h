// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/label_tree.h
/// The label tree as a value: labels by id, ordered children, no storage and no thread of its own.
///
/// Level 0 = children of the root; the root itself is level -1. A label is an id for life: name, order and depth are
/// attributes. Copy it freely: copies share their labels until one of them changes a label, so that 5,000 labels copy
/// in well under a millisecond. A copy may be used in another thread than the original.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/tree/exchange.h"
#include "core/tree/pin.h"
#include "core/tree/share.h"

namespace espalier::tree {

struct Term {
    std::string text;
    double weight = 0;  ///< how strongly the term sets the label apart; no unit, descending within a label
    friend bool operator==(const Term&, const Term&) = default;
};

struct Label {
    LabelId id;
    LabelId parent;  ///< none for the root
    std::string name;
    bool nameByUser = false;  ///< a user's name is never replaced
    std::vector<Term> terms;  ///< strongest first
    std::vector<std::string> alternativeNames;
    std::string note;
    std::string stopReason;  ///< why it was not split further; empty when it was, or when a person made it
    bool locked = false;
    std::vector<LabelId> children;  ///< in the order of the outline
    /// Labels whose stored mass rests here: itself, and what was merged or retired into it; ascending. Over the whole
    /// tree every label that ever had mass is named exactly once, so an edit moves mass without rewriting a document.
    std::vector<LabelId> massOf;
    Exchange exchange;  ///< what other programs are to know of it
    friend bool operator==(const Label&, const Label&) = default;
};

/// A label that left the tree by retire or merge: what `restore` needs, and where references to it lead.
struct FormerLabel {
    Label label;            ///< as it was
    std::size_t index = 0;  ///< its place among its siblings then
    LabelId to;             ///< where its mass and children went
    bool merged = false;    ///< a merged label is brought back by undo only
    friend bool operator==(const FormerLabel&, const FormerLabel&) = default;
};

/// Labels of a tree in ascending order of id: for (const auto& [id, label] : tree.labels()).
class LabelRange {
    using Slots = std::map<LabelId, std::shared_ptr<Label>>;

public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::pair<LabelId, const Label&>;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = value_type;
        explicit Iterator(Slots::const_iterator slot) : m_slot(slot) {}
        value_type operator*() const { return {m_slot->first, *m_slot->second}; }
        Iterator& operator++() {
            ++m_slot;
            return *this;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        Slots::const_iterator m_slot;
    };
    explicit LabelRange(const Slots& slots) : m_slots(&slots) {}
    Iterator begin() const { return Iterator(m_slots->begin()); }
    Iterator end() const { return Iterator(m_slots->end()); }
    std::size_t size() const { return m_slots->size(); }

private:
    const Slots* m_slots;
};

class LabelTree {
public:
    /// A root only. \param rootId  not none
    explicit LabelTree(LabelId rootId = LabelId{1}, std::string rootName = "All documents");

    LabelId root() const noexcept { return m_root; }
    LabelRange labels() const noexcept { return LabelRange(m_labels); }  ///< by id; valid while this tree lives
    const std::map<LabelId, FormerLabel>& formerLabels() const noexcept { return m_former; }
    const FormerLabel* findFormer(LabelId id) const;  ///< nullptr when there is no such retired or merged label
    /// The label itself, or the one that took its place by merge or retire; none when nothing leads there.
    LabelId successor(LabelId id) const;
    std::size_t size() const noexcept { return m_labels.size(); }  ///< with the root
    bool contains(LabelId id) const { return m_labels.count(id) > 0; }
    /// nullptr when there is no such label.
    const Label* find(LabelId id) const;
    /// \pre contains(id)
    const Label& at(LabelId id) const;
    int level(LabelId id) const;                  ///< -1 for the root
    int depth() const;                            ///< number of levels below the root
    std::vector<LabelId> path(LabelId id) const;  ///< level 0 first, the label last, without the root
    std::vector<std::string> pathNames(LabelId id) const;
    bool inBranch(LabelId id, LabelId branch) const;  ///< a label is in its own branch
    std::vector<LabelId> branch(LabelId id) const;    ///< depth first, the label first
    std::vector<LabelId> depthFirst() const { return branch(m_root); }
    std::vector<LabelId> labelsAtLevel(int level) const;  ///< outline order
    std::vector<std::int64_t> levelSizes() const;         ///< number of labels at level 0, 1, ...

    /// Text form of the command line: digits = id, else a path "A/B" from the root; "\/" "\\" escape, "/" is the
    /// root, "=123" a name made of digits.
    /// \retval NotFound        no such label
    /// \retval InvalidArgument ambiguous path; the message lists the ids
    Result<LabelId> resolve(std::string_view text) const;
    static std::string formatPath(const std::vector<std::string>& names);

    /// Owner of every label's mass: which label of the tree counts what is stored for a label id.
    std::map<LabelId, LabelId> massOwners() const;

    /// Pins as stored, ascending document, then label.
    std::span<const Pin> pins() const noexcept { return *m_pins; }
    std::span<const Pin> pinsOf(DocumentKey document) const;
    /// Set shares as stored, ascending document, then label.
    std::span<const SetShare> shares() const noexcept { return *m_shares; }
    std::span<const SetShare> sharesOf(DocumentKey document) const;

    /// Every rule a tree must obey (one root, parents and children agree, no cycle, mass owned once, pins and set
    /// shares lead to a label); the first broken one is named. \retval Corrupt
    Status checkInvariants() const;
    /// A tree from its labels as stored. \retval Corrupt  an invariant does not hold
    static Result<LabelTree> fromLabels(LabelId root, std::vector<Label> labels, std::vector<FormerLabel> former = {},
                                        std::vector<Pin> pins = {}, std::vector<SetShare> shares = {});

    // Building blocks of edits (core/tree/edit.h) and of loading; each keeps the invariants or returns an error.
    /// children must be empty; parent must exist; massOf is taken as it is
    Status insert(Label label, std::size_t index);
    Status erase(LabelId id);                                        ///< must be a leaf and not the root
    Status reparent(LabelId id, LabelId parent, std::size_t index);  ///< into its own branch: InvalidArgument
    Label* findMutable(LabelId id);      ///< for attributes; never change id, parent, children
    void putFormer(FormerLabel former);  ///< replaces one of the same id
    void eraseFormer(LabelId id);
    void putPin(const Pin& pin);  ///< replaces that of the same document and label
    void erasePin(DocumentKey document, LabelId label);
    void putShare(const SetShare& share);  ///< replaces that of the same document and label
    void eraseShare(DocumentKey document, LabelId label);
    /// Removes `remove` and puts `put`, as they are, without looking: undo and redo of a recorded effect.
    void replace(const std::vector<LabelId>& remove, const std::vector<Label>& put);

    friend bool operator==(const LabelTree& a, const LabelTree& b);

private:
    LabelId m_root;
    std::map<LabelId, std::shared_ptr<Label>> m_labels;  ///< shared with copies; changed only through findMutable()
    std::map<LabelId, FormerLabel> m_former;
    std::shared_ptr<const std::vector<Pin>> m_pins = std::make_shared<const std::vector<Pin>>();  ///< never null
    std::shared_ptr<const std::vector<SetShare>> m_shares = std::make_shared<const std::vector<SetShare>>();
};

}  // namespace espalier::tree
