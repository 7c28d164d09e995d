// SPDX-License-Identifier: Apache-2.0
/// \file core/project/tree_snapshot.h
/// The tree of one revision with everything counted: an immutable value that any thread may read.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/tree/label_tree.h"

namespace espalier::project {

struct LabelCounts {
    std::int64_t documents = 0;  ///< documents whose hard path goes through the label
    double mass = 0;             ///< sum over the documents of their share of the label's branch
    friend bool operator==(const LabelCounts&, const LabelCounts&) = default;
};

struct TreeSnapshot {
    std::int64_t revision = 0;
    tree::LabelTree tree;
    std::unordered_map<LabelId, LabelCounts> counts;  ///< one entry per label of the tree
    /// JSON of the choice of k, for labels that a build split or tried to; shared by all revisions of one build, never
    /// null. An array, ascending k: {"k", "w_min", "w_mean", "h_min", "h_mean" (silhouettes of terms and documents),
    /// "topic_mean", "stable_share", "threshold", "chosen", "error_mean", "error_sd"}; projects of before lack
    /// "threshold" and "chosen", the oldest "stable_share" too.
    std::shared_ptr<const std::unordered_map<LabelId, std::string>> stability =
        std::make_shared<std::unordered_map<LabelId, std::string>>();
    std::int64_t documents = 0;   ///< all documents of the project
    std::int64_t unassigned = 0;  ///< of these, without a label: no resting mass and no pin
    /// Zeros for a label that is not there.
    LabelCounts countsOf(LabelId id) const {
        const auto found = counts.find(id);
        return found == counts.end() ? LabelCounts{} : found->second;
    }
    /// Whether there is more than an empty root: build then needs "replace".
    bool grown() const noexcept { return tree.size() > 1 || unassigned < documents; }
};

/// A build grows a new tree, in which nothing of the old one stays as it was: a lock forbids that.
/// \retval InvalidState  a label is locked; the sentence names them
Status requireNoLock(const tree::LabelTree& tree);

using TreeSnapshotPtr = std::shared_ptr<const TreeSnapshot>;

}  // namespace espalier::project
