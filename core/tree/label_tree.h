// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/label_tree.h
/// The label tree as a value: labels by id, ordered children, no storage and no thread of its own.
///
/// Level 0 = children of the root; the root itself is level -1. A label is an id for life: name, order and depth are
/// attributes. Copy it freely (5,000 labels copy in about a millisecond) and share snapshots as shared_ptr<const>.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"

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
    friend bool operator==(const Label&, const Label&) = default;
};

class LabelTree {
public:
    /// A root only. \param rootId  not none
    explicit LabelTree(LabelId rootId = LabelId{1}, std::string rootName = "All documents");

    LabelId root() const noexcept { return m_root; }
    std::size_t size() const noexcept { return m_labels.size(); }  ///< with the root
    bool contains(LabelId id) const { return m_labels.count(id) > 0; }
    /// nullptr when there is no such label.
    const Label* find(LabelId id) const;
    /// \pre contains(id)
    const Label& at(LabelId id) const;
    int level(LabelId id) const;                              ///< -1 for the root
    int depth() const;                                        ///< number of levels below the root
    std::vector<LabelId> path(LabelId id) const;              ///< level 0 first, the label last, without the root
    std::vector<std::string> pathNames(LabelId id) const;
    bool inBranch(LabelId id, LabelId branch) const;          ///< a label is in its own branch
    std::vector<LabelId> branch(LabelId id) const;            ///< depth first, the label first
    std::vector<LabelId> depthFirst() const { return branch(m_root); }
    std::vector<LabelId> labelsAtLevel(int level) const;      ///< outline order

    /// Text form of the command line: digits = id, else a path "A/B" from the root; "\/" "\\" escape, "/" is the
    /// root, "=123" a name made of digits.
    /// \retval NotFound        no such label
    /// \retval InvalidArgument ambiguous path; the message lists the ids
    Result<LabelId> resolve(std::string_view text) const;
    static std::string formatPath(const std::vector<std::string>& names);

    // Building blocks of edits (core/tree/edit.h) and of loading; each keeps the invariants or returns an error.
    Status insert(Label label, std::size_t index);            ///< children must be empty; parent must exist
    Status erase(LabelId id);                                 ///< must be a leaf and not the root
    Status reparent(LabelId id, LabelId parent, std::size_t index);  ///< into its own branch: InvalidArgument
    Label* findMutable(LabelId id);                           ///< for attributes; never change id, parent, children

    friend bool operator==(const LabelTree&, const LabelTree&) = default;

private:
    LabelId m_root;
    std::map<LabelId, Label> m_labels;
};

}  // namespace espalier::tree
