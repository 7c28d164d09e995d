// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/tree_hash.h
/// What two equal builds have in common whatever their ids, row order and last float bits: the hash of a tree.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/tree/label_tree.h"

namespace espalier::tree {

/// SHA-256 over the labels, depth first from the root: for each the sorted text hashes of the documents whose hard path
/// ends there, one a line, an empty line, its first 10 terms, one a line, an empty line. 64 hex digits.
/// \param documents  text hashes (64 hex digits) by hard label, in any order; labels without documents may be absent
std::string treeHash(const LabelTree& tree, std::map<LabelId, std::vector<std::string>> documents);

}  // namespace espalier::tree
